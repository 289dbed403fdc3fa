package fairlead.providers.http;

import fairlead.providers.UpstreamRequest;
import fairlead.providers.wire.ByteSink;
import java.util.Map;
import java.util.Set;

/**
 * Encodes what is constant in the head of a request, once when the configuration is loaded.
 *
 * <p>Stateless. Content-Length and what differs from call to call are added when sending; framing
 * and connection headers belong to the client and are refused here.
 */
public final class RequestHead {
  private static final Set<String> OURS =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "expect",
          "te",
          "trailer",
          "upgrade",
          "proxy-authorization",
          "proxy-connection");

  private RequestHead() {}

  /**
   * The head for {@link UpstreamRequest#reset}.
   *
   * <p>Adds {@code User-Agent} and {@code Accept-Encoding: identity} unless {@code headers} have
   * them: answers are relayed byte for byte, and compressed event streams come late.
   *
   * @param method such as POST
   * @param target path and query, beginning with a slash
   * @param hostHeader see {@link Endpoint#hostHeader}
   * @param headers in the order to send
   */
  public static byte[] encode(
      String method, String target, String hostHeader, Map<String, String> headers) {
    checkName(method);
    if (!target.startsWith("/")) {
      throw new IllegalArgumentException("a request target must begin with '/': '" + target + "'");
    }
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c > '~') {
        throw new IllegalArgumentException(
            "a request target must be percent-encoded ASCII; character "
                + i
                + " of '"
                + target
                + "' is not");
      }
    }
    ByteSink sink = new ByteSink(512);
    sink.ascii(method).append(' ').ascii(target).ascii(" HTTP/1.1\r\n");
    line(sink, "Host", hostHeader);
    boolean agent = false;
    boolean encoding = false;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = Ascii.lower(header.getKey());
      if (OURS.contains(name)) {
        throw new IllegalArgumentException(
            "the header '" + header.getKey() + "' is set by the client itself");
      }
      agent |= name.equals("user-agent");
      encoding |= name.equals("accept-encoding");
      line(sink, header.getKey(), header.getValue());
    }
    if (!agent) {
      line(sink, "User-Agent", "fairlead");
    }
    if (!encoding) {
      line(sink, "Accept-Encoding", "identity");
    }
    return sink.toByteArray();
  }

  private static void line(ByteSink sink, String name, String value) {
    checkName(name);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        // The value may be a credential: name the place, not the value.
        throw new IllegalArgumentException(
            "the value of the header '"
                + name
                + "' must be printable ASCII; its character "
                + i
                + " has code "
                + (int) c);
      }
    }
    sink.ascii(name).ascii(": ").ascii(value).ascii("\r\n");
  }

  private static void checkName(String name) {
    boolean fine = !name.isEmpty();
    for (int i = 0; i < name.length() && fine; i++) {
      fine = name.charAt(i) < 128 && Ascii.isToken(name.charAt(i));
    }
    if (!fine) {
      throw new IllegalArgumentException(
          "a method or header name must be a token (RFC 9110 section 5.6.2): '" + name + "'");
    }
  }
}
