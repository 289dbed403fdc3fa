package fairlead.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection with TLS: Helidon's socket for the records, the channel below it for closing.
 *
 * <p>The record layer reads and writes under locks of their own, so that one of each may go on at
 * once. Closing it writes an alert and may wait for the peer's; closing the channel below does not,
 * which is why timers do only that. Costs an array per record read.
 *
 * <p>The record layer does not close the channel. Once writing is finished it can no longer be read
 * from; reading then drops what the peer still sends as it is, encrypted, since closing with unread
 * input would reset the connection and take the last answer with it.
 */
final class TlsTransport implements Transport {
  /** One record: each write is progress of its own for the clock that watches for stalls. */
  private static final int MAX_WRITE_BYTES = 16 * 1024;

  private final HelidonSocket socket;
  private final SocketChannel channel;
  private byte @Nullable [] record;
  private int recordAt;
  private volatile boolean finished;

  TlsTransport(HelidonSocket socket, SocketChannel channel) {
    this.socket = socket;
    this.channel = channel;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (finished) {
      return channel.read(ByteBuffer.wrap(bytes, offset, length));
    }
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
    int count = Math.min(length, MAX_WRITE_BYTES);
    try {
      socket.write(BufferData.create(bytes, offset, count));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return count;
  }

  @Override
  public void stopReading() {
    close();
  }

  /**
   * Sends the closing alert and may wait for the peer's, or for {@link #close}; what is read from
   * now on is good for nothing but dropping.
   */
  @Override
  public void finishWriting() throws IOException {
    finished = true;
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
