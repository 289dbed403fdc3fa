package fairlead.server.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Closing without a fuss; stateless. */
final class Channels {
  private static final System.Logger LOGGER = System.getLogger(Channels.class.getName());

  private Channels() {}

  static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "closing a connection failed", e);
    }
  }
}
