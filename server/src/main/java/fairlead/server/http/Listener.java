package fairlead.server.http;

import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Opens Helidon listeners that hand every connection to the front.
 *
 * <p>Thread-safe; each call of {@link #open} makes another listener.
 *
 * <p>Byte sockets instead of NIO ones, since they cost 8 KiB less per connection, the channel below
 * is used directly anyway, and the NIO kind looks up the caller's name when TLS is on.
 */
final class Listener {
  /** Helidon's own waiting at the end; {@link HttpFront#stop} ends connections long before. */
  private static final Duration NEVER = Duration.ofDays(1);

  /** Kept, since java.util.logging would forget the level of a logger that nobody holds. */
  private static final Logger HELIDON = Logger.getLogger("io.helidon");

  private final FrontState front;
  private final AcceptedSockets accepted;
  private final @Nullable Tls tls;

  Listener(FrontState front) throws IOException {
    this.front = front;
    FrontSettings settings = front.settings;
    if (settings.certificates() != null && settings.privateKey() != null) {
      tls = PemFiles.read(settings.certificates(), settings.privateKey());
      accepted = new AcceptedSockets(front.sweeper, settings.headTimeoutNanos());
    } else {
      tls = null;
      accepted = new AcceptedSockets(front.sweeper, 0);
    }
    if (HELIDON.getLevel() == null) {
      HELIDON.setLevel(Level.WARNING);
    }
  }

  /**
   * Listens.
   *
   * @param port 0 for any
   * @throws IOException if the address cannot be bound
   */
  WebServer open(int port) throws IOException {
    InetSocketAddress address = address(port);
    tryBind(address);
    FrontSettings settings = front.settings;
    WebServerConfig.Builder builder =
        WebServer.builder()
            .bindAddress(address)
            .port(port)
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
    WebServer server = builder.build().start();
    if (!server.isRunning()) {
      throw new IOException("cannot listen on " + address + "; see the log for the reason");
    }
    return server;
  }

  /**
   * Whether somebody listens on the port: binding fails then, but not because of connections that
   * still use it.
   *
   * @return true, too, if it cannot be found out for lack of descriptors
   */
  boolean isTaken(int port) {
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(address(port), 1);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static void tryBind(InetSocketAddress address) throws IOException {
    if (address.getPort() == 0) {
      return;
    }
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(address, 1);
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  private InetSocketAddress address(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(front.settings.host()), port);
  }
}
