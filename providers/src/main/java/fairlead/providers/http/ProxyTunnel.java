package fairlead.providers.http;

import fairlead.providers.UpstreamException;
import fairlead.providers.wire.ByteSink;
import java.io.EOFException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Asks a proxy for a tunnel to an endpoint: CONNECT (RFC 9110 section 9.3.6) or SOCKS5 (RFC 1928,
 * password RFC 1929).
 *
 * <p>Stateless; runs on the calling thread, under the connect clock. Names are resolved by the
 * proxy. Credentials and what the proxy says about them stay out of messages.
 */
final class ProxyTunnel {
  private static final int MAX_ANSWER_BYTES = 8 * 1024;
  private static final int SOCKS_VERSION = 5;
  private static final int NO_AUTHENTICATION = 0;
  private static final int BY_PASSWORD = 2;
  private static final String[] SOCKS_ERRORS = {
    "succeeded",
    "general failure",
    "not allowed by its rules",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "time to live expired",
    "command not supported",
    "address type not supported"
  };

  private ProxyTunnel() {}

  /** Opens the tunnel, unless plain HTTP goes to an HTTP proxy, which needs none. */
  static void open(Transport transport, ProxyAddress proxy, Endpoint endpoint) throws IOException {
    try {
      if (proxy.socks()) {
        socks(transport, proxy, endpoint);
      } else if (endpoint.tls()) {
        connect(transport, proxy, endpoint);
      }
    } catch (EOFException e) {
      throw refused(proxy, endpoint, "closed the connection", e);
    }
  }

  private static void connect(Transport transport, ProxyAddress proxy, Endpoint endpoint)
      throws IOException {
    String target = endpoint.authority();
    ByteSink request = new ByteSink(256);
    request.ascii("CONNECT ").ascii(target).ascii(" HTTP/1.1\r\nHost: ").ascii(target);
    request.ascii("\r\n").append(Route.proxyAuthorization(proxy)).ascii("\r\n");
    transport.write(request.array(), 0, request.length());

    ResponseHead head = new ResponseHead();
    head.reset();
    byte[] answer = new byte[MAX_ANSWER_BYTES];
    int length = 0;
    int end;
    try {
      while ((end = head.parse(answer, length)) < 0) {
        int n =
            length == answer.length ? -1 : transport.read(answer, length, answer.length - length);
        if (n < 0) {
          throw new EOFException("after " + length + " bytes of its answer");
        }
        length += n;
      }
    } catch (UpstreamException e) {
      throw refused(proxy, endpoint, "did not answer in HTTP", e);
    }
    if (head.status() / 100 != 2) {
      throw refused(
          proxy,
          endpoint,
          "answered "
              + head.status()
              + (head.status() == 407 ? ": it wants (other) credentials" : ""),
          null);
    }
    if (end != length) {
      throw refused(proxy, endpoint, "sent data before TLS began", null);
    }
  }

  private static void socks(Transport transport, ProxyAddress proxy, Endpoint endpoint)
      throws IOException {
    String user = proxy.user();
    ByteSink out = new ByteSink(600);
    out.append((byte) SOCKS_VERSION);
    if (user == null) {
      out.append((byte) 1).append((byte) NO_AUTHENTICATION);
    } else {
      out.append((byte) 2).append((byte) NO_AUTHENTICATION).append((byte) BY_PASSWORD);
    }
    byte[] answer = exchange(transport, out, 2);
    if (answer[0] != SOCKS_VERSION) {
      throw refused(proxy, endpoint, "does not speak SOCKS5", null);
    }
    if (answer[1] == BY_PASSWORD && user != null) {
      out.clear();
      out.append((byte) 1);
      counted(out, user);
      counted(out, proxy.password() == null ? "" : proxy.password());
      if (exchange(transport, out, 2)[1] != 0) {
        throw refused(proxy, endpoint, "does not accept the credentials", null);
      }
    } else if (answer[1] != NO_AUTHENTICATION) {
      throw refused(proxy, endpoint, "wants another way of authentication", null);
    }
    out.clear();
    out.append((byte) SOCKS_VERSION).append((byte) 1).append((byte) 0);
    address(out, endpoint.host());
    out.append((byte) (endpoint.port() >> 8)).append((byte) endpoint.port());
    byte[] reply = exchange(transport, out, 4);
    if (reply[0] != SOCKS_VERSION) {
      throw refused(proxy, endpoint, "does not speak SOCKS5", null);
    }
    if (reply[1] != 0) {
      int code = reply[1] & 255;
      throw refused(
          proxy,
          endpoint,
          "answered " + (code < SOCKS_ERRORS.length ? SOCKS_ERRORS[code] : "error " + code),
          null);
    }
    int bound =
        switch (reply[3]) {
          case 1 -> 4;
          case 4 -> 16;
          case 3 -> read(transport, 1)[0] & 255;
          default -> throw refused(proxy, endpoint, "answered with address type " + reply[3], null);
        };
    byte[] _ = read(transport, bound + 2);
  }

  private static void address(ByteSink out, String host) {
    InetAddress literal = null;
    try {
      literal = InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      // A name, for the proxy to resolve.
    }
    if (literal == null) {
      out.append((byte) 3);
      counted(out, host);
    } else {
      out.append((byte) (literal instanceof Inet6Address ? 4 : 1)).append(literal.getAddress());
    }
  }

  private static void counted(ByteSink out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 255) {
      throw new IllegalArgumentException(
          "SOCKS5 takes at most 255 bytes, not " + bytes.length + ", of a name or credential");
    }
    out.append((byte) bytes.length).append(bytes);
  }

  private static byte[] exchange(Transport transport, ByteSink request, int answerBytes)
      throws IOException {
    transport.write(request.array(), 0, request.length());
    return read(transport, answerBytes);
  }

  private static byte[] read(Transport transport, int count) throws IOException {
    byte[] bytes = new byte[count];
    int length = 0;
    while (length < count) {
      int n = transport.read(bytes, length, count - length);
      if (n < 0) {
        throw new EOFException();
      }
      length += n;
    }
    return bytes;
  }

  private static UpstreamException refused(
      ProxyAddress proxy, Endpoint endpoint, String what, @Nullable Throwable cause) {
    String message =
        "the proxy " + proxy.authority() + ", asked for " + endpoint.authority() + ", " + what;
    return cause == null
        ? new UpstreamException(UpstreamException.Kind.PROXY, message)
        : new UpstreamException(UpstreamException.Kind.PROXY, message, cause);
  }
}
