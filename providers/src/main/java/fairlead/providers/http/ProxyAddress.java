package fairlead.providers.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A forward proxy: {@code http://[user:password@]host:port} or {@code socks5://…}.
 *
 * <p>Immutable. {@link #toString} leaves the password out.
 *
 * @param socks SOCKS5 (RFC 1928) if true, HTTP otherwise
 * @param user null without credentials
 * @param password null without credentials
 */
public record ProxyAddress(
    boolean socks, String host, int port, @Nullable String user, @Nullable String password) {

  public ProxyAddress {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("proxy host must not be empty");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("proxy port must be 1 to 65535: " + port);
    }
  }

  /** Parses a proxy URL; user and password may be percent-encoded. */
  public static ProxyAddress parse(String url) {
    int schemeEnd = url.indexOf("://");
    String scheme = schemeEnd < 0 ? "" : Ascii.lower(url.substring(0, schemeEnd));
    // The message shows the scheme only: what follows may hold a password.
    boolean socks =
        switch (scheme) {
          case "http" -> false;
          case "socks5", "socks5h" -> true;
          default ->
              throw new IllegalArgumentException(
                  "a proxy must be http://[user:password@]host:port or socks5://…, not a URL of"
                      + " scheme '"
                      + scheme
                      + "'");
        };
    String authority = url.substring(schemeEnd + 3);
    if (authority.endsWith("/")) {
      authority = authority.substring(0, authority.length() - 1);
    }
    int at = authority.lastIndexOf('@');
    String user = null;
    String password = null;
    if (at >= 0) {
      int colon = authority.indexOf(':');
      boolean both = colon >= 0 && colon < at;
      user = percentDecoded(authority.substring(0, both ? colon : at));
      password = both ? percentDecoded(authority.substring(colon + 1, at)) : "";
      if (utf8Length(user) > 255 || utf8Length(password) > 255) {
        throw new IllegalArgumentException("proxy user and password must be at most 255 bytes");
      }
    }
    Authority parsed = Authority.parse(authority.substring(at + 1), socks ? 1080 : 8080);
    return new ProxyAddress(socks, parsed.host(), parsed.port(), user, password);
  }

  /** Host and port, for messages. */
  public String authority() {
    return Authority.format(host, port);
  }

  @Override
  public String toString() {
    return (socks ? "socks5://" : "http://") + (user == null ? "" : user + ":***@") + authority();
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String percentDecoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%') {
        int high = i + 2 <= bytes.length - 1 ? Character.digit(bytes[i + 1], 16) : -1;
        int low = i + 2 <= bytes.length - 1 ? Character.digit(bytes[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw new IllegalArgumentException(
              "proxy credentials: '%' must be followed by two hexadecimal digits");
        }
        out.write(high << 4 | low);
        i += 2;
      } else {
        out.write(bytes[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
