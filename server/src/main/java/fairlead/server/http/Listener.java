package fairlead.server.http;

import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One Helidon listener that hands every connection to the front.
 *
 * <p>Thread-safe. Lifecycle: 1. constructed; 2. {@link #open}, once; 3. {@link #close}.
 *
 * <p>Byte sockets instead of NIO ones, since they cost 8 KiB less per connection, the channel below
 * is used directly anyway, and the NIO kind looks up the caller's name when TLS is on.
 */
final class Listener {
  /** Helidon's own waiting at the end; {@link HttpFront#stop} ends connections long before. */
  private static final Duration NEVER = Duration.ofDays(1);

  private static final int PROBE_TIMEOUT_MILLIS = 1_000;

  /** Kept, since java.util.logging would forget the level of a logger that nobody holds. */
  private static final Logger HELIDON = Logger.getLogger("io.helidon");

  private final FrontState front;
  private final AcceptedSockets accepted;
  private final @Nullable Tls tls;
  private final InetSocketAddress address;
  private volatile @Nullable WebServer server;
  private volatile int port;

  /**
   * @param tls null for plain connections
   * @param port 0 for any
   */
  Listener(FrontState front, @Nullable Tls tls, int port) throws IOException {
    this.front = front;
    this.tls = tls;
    address = new InetSocketAddress(InetAddress.getByName(front.settings.host()), port);
    accepted =
        new AcceptedSockets(front.sweeper, tls == null ? 0 : front.settings.headTimeoutNanos());
    if (HELIDON.getLevel() == null) {
      HELIDON.setLevel(Level.WARNING);
    }
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound
   */
  void open() throws IOException {
    if (address.getPort() != 0) {
      bind(address);
    }
    FrontSettings settings = front.settings;
    WebServerConfig.Builder builder =
        WebServer.builder()
            .bindAddress(address)
            .port(address.getPort())
            .backlog(settings.backlog())
            .maxTcpConnections(settings.maxConnections())
            .useNio(false)
            .connectionOptions(accepted)
            .protocolsDiscoverServices(false)
            .featuresDiscoverServices(false)
            .shutdownHook(false)
            .shutdownGracePeriod(NEVER)
            .addConnectionSelector(new ConnectionSelector(front, accepted));
    if (tls != null) {
      builder.tls(tls);
    }
    WebServer opened = builder.build().start();
    if (!opened.isRunning()) {
      throw new IOException("cannot listen on " + address + "; see the log for the reason");
    }
    port = opened.port();
    server = opened;
  }

  int port() {
    return port;
  }

  /** Binds and closes again, since Helidon only logs why it cannot. */
  private static void bind(InetSocketAddress address) throws IOException {
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(address, 1);
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  /**
   * Whether connections are still accepted. Binding the port fails while somebody listens on it,
   * but not because of connections that still use it; without descriptors it cannot be found out.
   */
  boolean accepts() {
    Thread acceptor = accepted.acceptor();
    if (acceptor == null) {
      probe();
    } else if (!acceptor.isAlive()) {
      return false;
    }
    return !portIsFree();
  }

  boolean portIsFree() {
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(new InetSocketAddress(address.getAddress(), port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Connects once, so that the accepting thread shows itself. */
  private void probe() {
    InetAddress host =
        address.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : address.getAddress();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PROBE_TIMEOUT_MILLIS);
    } catch (IOException e) {
      // the next probe tells more
    }
  }

  /**
   * Ends the listener on a thread of its own, since Helidon waits for all connections, and after a
   * failure for ever.
   */
  Thread close() {
    WebServer stopped = server;
    return Thread.ofPlatform()
        .daemon()
        .name("fairlead-listener-close")
        .start(
            () -> {
              if (stopped != null) {
                stopped.stop();
              }
            });
  }
}
