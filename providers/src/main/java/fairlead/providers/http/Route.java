package fairlead.providers.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * How requests to an endpoint are addressed: as encoded, or in absolute form to an HTTP proxy (RFC
 * 9112 section 3.2.2).
 *
 * <p>Immutable. Allocates nothing per request.
 */
final class Route {
  private final byte @Nullable [] prefix;
  private final byte[] proxyHeader;

  Route(Endpoint endpoint) {
    ProxyAddress proxy = endpoint.proxy();
    boolean absolute = proxy != null && !proxy.socks() && !endpoint.tls();
    prefix = absolute ? ascii("http://" + endpoint.hostHeader()) : null;
    proxyHeader = absolute && proxy != null ? proxyAuthorization(proxy) : new byte[0];
  }

  /**
   * Writes what must be different from the beginning of {@code head}.
   *
   * @return where the part of {@code head} begins that is sent as it is
   */
  int writeTarget(byte[] head, Connection connection) throws IOException {
    byte[] absolute = prefix;
    if (absolute == null) {
      return 0;
    }
    int space = indexOf(head, (byte) ' ', 0) + 1;
    int lineEnd = indexOf(head, (byte) '\n', space) + 1;
    connection.put(head, 0, space);
    connection.put(absolute, 0, absolute.length);
    connection.put(head, space, lineEnd);
    connection.put(proxyHeader, 0, proxyHeader.length);
    return lineEnd;
  }

  /** The header line with the proxy's credentials, or nothing. */
  static byte[] proxyAuthorization(ProxyAddress proxy) {
    if (proxy.user() == null) {
      return new byte[0];
    }
    String password = proxy.password() == null ? "" : proxy.password();
    byte[] pair = (proxy.user() + ":" + password).getBytes(StandardCharsets.UTF_8);
    return ascii("Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(pair) + "\r\n");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static int indexOf(byte[] bytes, byte wanted, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw new IllegalArgumentException("the request's head has no whole request line");
  }
}
