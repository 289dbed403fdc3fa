package fairlead.providers.http;

import java.net.IDN;

/**
 * Host and port of a URL (RFC 3986 section 3.2).
 *
 * <p>Immutable. Parsed by hand because {@link java.net.URI} has no host for names with underscores,
 * which container networks use.
 *
 * @param host in lower case and ASCII; an IPv6 address without brackets
 * @param port the port, or the given default
 */
record Authority(String host, int port) {

  static Authority parse(String text, int defaultPort) {
    String host;
    String port;
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      if (close < 0) {
        throw new IllegalArgumentException("an IPv6 address needs its ']': " + text);
      }
      host = text.substring(1, close);
      port = text.substring(close + 1);
      if (!port.isEmpty() && !port.startsWith(":")) {
        throw new IllegalArgumentException("after ']' only ':port' may follow: " + text);
      }
    } else {
      int colon = text.indexOf(':');
      host = colon < 0 ? text : text.substring(0, colon);
      port = colon < 0 ? "" : text.substring(colon);
    }
    return new Authority(checkedHost(host, text), portNumber(port, defaultPort, text));
  }

  private static String checkedHost(String host, String text) {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a host is missing in '" + text + "'");
    }
    String ascii = Ascii.lower(Ascii.isAscii(host) ? host : IDN.toASCII(host));
    for (int i = 0; i < ascii.length(); i++) {
      char c = ascii.charAt(i);
      boolean fine =
          (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == '_'
              || c == ':'
              || c == '%';
      if (!fine) {
        throw new IllegalArgumentException(
            "a host name cannot contain '" + c + "': '" + host + "'");
      }
    }
    return ascii;
  }

  private static int portNumber(String colonAndPort, int defaultPort, String text) {
    if (colonAndPort.length() <= 1) {
      return defaultPort;
    }
    int port = 0;
    for (int i = 1; i < colonAndPort.length() && port <= 65_535; i++) {
      int digit = Character.digit(colonAndPort.charAt(i), 10);
      if (digit < 0) {
        throw new IllegalArgumentException("the port must be a number: '" + text + "'");
      }
      port = port * 10 + digit;
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("the port must be 1 to 65535: '" + text + "'");
    }
    return port;
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  static String format(String host, int port) {
    return bracketed(host) + ":" + port;
  }

  /** The host as it stands in a URL: an IPv6 address in brackets. */
  static String bracketed(String host) {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }
}
