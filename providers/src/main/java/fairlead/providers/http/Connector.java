package fairlead.providers.http;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * Opens connections: name look-up, TCP, proxy, TLS, all under the connect clock of one call.
 *
 * <p>Thread-safe. On failure nothing stays open. The addresses of a name are tried in turn, each
 * with an equal share of the time left, so that a dead first one leaves time for the next.
 */
final class Connector {
  private static final System.Logger LOGGER = System.getLogger(Connector.class.getName());

  private final Resolver resolver;
  private final TlsContexts tls;

  Connector(Resolver resolver, TlsContexts tls) {
    this.resolver = resolver;
    this.tls = tls;
  }

  /** Opens a connection to where requests for {@code endpoint} go. */
  Transport connect(Endpoint endpoint, CallControl control, long deadlineNanos)
      throws UpstreamException {
    control.clock(UpstreamException.Kind.CONNECT_TIMEOUT, deadlineNanos);
    ProxyAddress proxy = endpoint.proxy();
    String host = proxy == null ? endpoint.host() : proxy.host();
    int port = proxy == null ? endpoint.port() : proxy.port();
    try {
      InetAddress[] addresses = addresses(host, endpoint, control);
      Transport transport = first(addresses, port, endpoint, control, deadlineNanos);
      boolean done = false;
      try {
        if (proxy != null) {
          tunnel(transport, proxy, endpoint);
        }
        if (endpoint.tls()) {
          handshake(transport, endpoint);
        }
        done = control.failure() == null;
      } finally {
        control.detach();
        if (!done) {
          transport.close();
        }
      }
      if (!done) {
        throw Failures.stopped(endpoint, control, null);
      }
      return transport;
    } catch (UpstreamException e) {
      throw control.failure() == null || control.failure() == e.kind()
          ? e
          : Failures.stopped(endpoint, control, e);
    }
  }

  private InetAddress[] addresses(String host, Endpoint endpoint, CallControl control)
      throws UpstreamException {
    CompletableFuture<InetAddress[]> answer = resolver.resolve(host);
    try {
      control.attach(() -> answer.cancel(false));
      return answer.get();
    } catch (CancellationException e) {
      throw Failures.stopped(endpoint, control, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.stopped(endpoint, control, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() instanceof CompletionException c ? c.getCause() : e.getCause();
      if (cause instanceof UnknownHostException) {
        throw new UpstreamException(
            endpoint.proxy() == null
                ? UpstreamException.Kind.UNKNOWN_HOST
                : UpstreamException.Kind.PROXY,
            "the name '" + host + "' cannot be resolved; check the base URL and the name server",
            e);
      }
      throw new IllegalStateException("the look-up of '" + host + "' failed", e);
    } finally {
      control.detach();
    }
  }

  private static Transport first(
      InetAddress[] addresses, int port, Endpoint endpoint, CallControl control, long deadlineNanos)
      throws UpstreamException {
    IOException last = new IOException("the name has no address");
    for (int i = 0; i < addresses.length; i++) {
      long left = deadlineNanos - System.nanoTime();
      long share = left / (addresses.length - i);
      boolean timed = i + 1 < addresses.length; // the connect clock watches the last one
      InetSocketAddress address = new InetSocketAddress(addresses[i], port);
      try {
        return tcp(address, control, timed ? Math.max(1, toMillis(share)) : 0);
      } catch (IOException e) {
        if (control.failure() != null || Thread.currentThread().isInterrupted()) {
          throw Failures.stopped(endpoint, control, e);
        }
        LOGGER.log(System.Logger.Level.DEBUG, "no connection to {0}: {1}", address, e);
        last = e;
      }
    }
    UpstreamException.Kind kind =
        endpoint.proxy() != null
            ? UpstreamException.Kind.PROXY
            : last instanceof SocketTimeoutException
                ? UpstreamException.Kind.CONNECT_TIMEOUT
                : UpstreamException.Kind.CONNECT_REFUSED;
    throw new UpstreamException(
        kind,
        "no connection to "
            + (endpoint.proxy() == null ? endpoint.authority() : "the proxy " + endpoint.proxy())
            + (addresses.length == 1 ? ": " : " (" + addresses.length + " addresses tried): ")
            + last.getMessage(),
        last);
  }

  private static int toMillis(long nanos) {
    return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private static Transport tcp(InetSocketAddress address, CallControl control, int timeoutMillis)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean connected = false;
    try {
      // From here to the end of the handshake: closing the raw socket wakes whatever waits.
      control.attach(() -> Transport.closeQuietly(channel));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (timeoutMillis > 0) {
        channel.socket().connect(address, timeoutMillis);
      } else {
        boolean _ = channel.connect(address);
      }
      connected = true;
      return new Transport(channel);
    } finally {
      if (!connected) {
        Transport.closeQuietly(channel);
      }
    }
  }

  private static void tunnel(Transport transport, ProxyAddress proxy, Endpoint endpoint)
      throws UpstreamException {
    try {
      ProxyTunnel.open(transport, proxy, endpoint);
    } catch (UpstreamException e) {
      throw e;
    } catch (IOException e) {
      throw new UpstreamException(
          UpstreamException.Kind.PROXY,
          "the proxy " + proxy.authority() + " broke the connection: " + e.getMessage(),
          e);
    }
  }

  private void handshake(Transport transport, Endpoint endpoint) throws UpstreamException {
    try {
      SSLSocket socket = tls.wrap(transport.channel(), endpoint);
      socket.startHandshake();
      transport.secure(socket);
    } catch (IOException | IllegalArgumentException e) {
      // The second is how the JDK refuses names and settings that it cannot use.
      throw new UpstreamException(
          UpstreamException.Kind.TLS,
          "the TLS handshake with " + endpoint.authority() + " failed: " + e.getMessage(),
          e);
    }
  }
}
