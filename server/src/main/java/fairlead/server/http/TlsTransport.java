package fairlead.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection with TLS: Helidon's socket for the records, the channel below it for closing.
 *
 * <p>The record layer reads and writes under locks of their own, so that one of each may go on at
 * once. Closing it writes an alert and may wait for the peer's; closing the channel below does not,
 * which is why timers do only that. Costs an array per record read.
 */
final class TlsTransport implements Transport {
  private final HelidonSocket socket;
  private final SocketChannel channel;
  private byte @Nullable [] record;
  private int recordAt;

  TlsTransport(HelidonSocket socket, SocketChannel channel) {
    this.socket = socket;
    this.channel = channel;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    byte[] current = record;
    if (current == null) {
      try {
        current = socket.get();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      if (current == null) {
        return -1;
      }
      recordAt = 0;
    }
    int count = Math.min(length, current.length - recordAt);
    System.arraycopy(current, recordAt, bytes, offset, count);
    recordAt += count;
    record = recordAt == current.length ? null : current;
    return count;
  }

  @Override
  public int write(byte[] bytes, int offset, int length) throws IOException {
    try {
      socket.write(BufferData.create(bytes, offset, length));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return length;
  }

  @Override
  public void stopReading() {
    close();
  }

  /** Sends the closing alert and waits for the peer's, or for {@link #close}. */
  @Override
  public void finishWriting() throws IOException {
    try {
      socket.close();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() {
    Channels.closeQuietly(channel);
  }
}
