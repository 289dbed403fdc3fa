package fairlead.providers.http;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider answers and how to get there; connections are shared between equal endpoints.
 *
 * <p>Immutable.
 *
 * @param host name or address, in lower case; an IPv6 address without brackets
 * @param tls whether to speak TLS
 * @param proxy the proxy to go through, or null to connect straight
 * @param connectTimeoutMillis clock 1: waiting for a place in the pool, name look-up, connecting,
 *     proxy and TLS handshake together
 * @param headTimeoutMillis clock 2: from the first byte sent to the end of the response's head
 * @param caFile PEM certificates that alone are trusted, or null for the system's trust store
 */
public record Endpoint(
    String host,
    int port,
    boolean tls,
    @Nullable ProxyAddress proxy,
    int connectTimeoutMillis,
    int headTimeoutMillis,
    @Nullable Path caFile) {

  /** Two lost SYN packets (1 s + 2 s) and a TLS handshake across the world still fit. */
  public static final int DEFAULT_CONNECT_TIMEOUT_MILLIS = 4_000;

  /** Answers that are not streamed send their head when the whole answer is there: minutes. */
  public static final int DEFAULT_HEAD_TIMEOUT_MILLIS = 300_000;

  public Endpoint {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host must not be empty");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be 1 to 65535: " + port);
    }
    if (connectTimeoutMillis < 1) {
      throw new IllegalArgumentException(
          "connectTimeoutMillis must be at least 1: " + connectTimeoutMillis);
    }
    if (headTimeoutMillis < 1) {
      throw new IllegalArgumentException(
          "headTimeoutMillis must be at least 1: " + headTimeoutMillis);
    }
  }

  /**
   * The endpoint of a base URL with default clocks, the system's trust and no proxy; the URL's path
   * is for {@link #basePath}.
   *
   * @throws IllegalArgumentException with the reason, without credentials
   */
  public static Endpoint parse(String baseUrl) {
    int schemeEnd = baseUrl.indexOf("://");
    String scheme = schemeEnd < 0 ? "" : Ascii.lower(baseUrl.substring(0, schemeEnd));
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(
          "a base URL must begin with http:// or https://, not with scheme '" + scheme + "'");
    }
    boolean tls = scheme.equals("https");
    String authority = baseUrl.substring(schemeEnd + 3, authorityEnd(baseUrl));
    if (authority.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "a base URL must not contain credentials; configure them as the provider's key");
    }
    Authority parsed = Authority.parse(authority, tls ? 443 : 80);
    return new Endpoint(
        parsed.host(),
        parsed.port(),
        tls,
        null,
        DEFAULT_CONNECT_TIMEOUT_MILLIS,
        DEFAULT_HEAD_TIMEOUT_MILLIS,
        null);
  }

  /** The path of a base URL without a slash at its end: {@code /v1}, or empty. */
  public static String basePath(String baseUrl) {
    String path = baseUrl.substring(authorityEnd(baseUrl));
    if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      throw new IllegalArgumentException("a base URL must have no query and no fragment: " + path);
    }
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return path;
  }

  private static int authorityEnd(String url) {
    int end = url.indexOf("://") + 3;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  public Endpoint withTimeouts(int connectMillis, int headMillis) {
    return new Endpoint(host, port, tls, proxy, connectMillis, headMillis, caFile);
  }

  public Endpoint withProxy(@Nullable ProxyAddress newProxy) {
    return new Endpoint(host, port, tls, newProxy, connectTimeoutMillis, headTimeoutMillis, caFile);
  }

  public Endpoint withCaFile(@Nullable Path newCaFile) {
    return new Endpoint(host, port, tls, proxy, connectTimeoutMillis, headTimeoutMillis, newCaFile);
  }

  /** The value of the Host header: without the port where it is the scheme's own. */
  public String hostHeader() {
    return port == (tls ? 443 : 80) ? Authority.bracketed(host) : authority();
  }

  /** Host and port, for messages. */
  public String authority() {
    return Authority.format(host, port);
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority() + (proxy == null ? "" : " via " + proxy);
  }
}
