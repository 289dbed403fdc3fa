package fairlead.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * Where Helidon hands accepted connections over: all of them are ours.
 *
 * <p>Thread-safe.
 */
final class ConnectionSelector implements ServerConnectionSelector {
  private final FrontState front;
  private final AcceptedSockets accepted;

  ConnectionSelector(FrontState front, AcceptedSockets accepted) {
    this.front = front;
    this.accepted = accepted;
  }

  @Override
  public int bytesToIdentifyConnection() {
    return 0;
  }

  @Override
  public Support supports(BufferData data) {
    return Support.SUPPORTED;
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return Set.of("http/1.1");
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    SocketChannel channel = accepted.take(context);
    if (channel == null) {
      throw new io.helidon.webserver.CloseConnectionException("the handshake took too long");
    }
    Transport transport =
        context.isSecure()
            ? new TlsTransport(context.serverSocket(), channel)
            : new PlainTransport(channel, front.loops.next());
    return new Connection(front, transport, Connection.isLoopback(channel));
  }
}
