package fairlead.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection without TLS: the channel itself.
 *
 * <p>Reads and writes allocate nothing as long as the arrays stay the same. They are sliced, since
 * the JDK copies each through a direct buffer of its size that it then keeps.
 */
@SuppressWarnings({"ReferenceEquality", "ByteBufferBackingArray"}) // which array a buffer wraps
final class PlainTransport implements Transport {
  private static final int SLICE_BYTES = 64 * 1024;
  private static final int KEPT_BYTES = 4 * 1024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private ByteBuffer input = NOTHING;
  private ByteBuffer output = NOTHING;

  PlainTransport(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = input;
    if (buffer.array() != bytes) {
      buffer = ByteBuffer.wrap(bytes);
      input = buffer;
    }
    buffer.limit(offset + Math.min(length, SLICE_BYTES)).position(offset);
    return channel.read(buffer);
  }

  @Override
  public int write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = output;
    if (buffer.array() != bytes) {
      buffer = ByteBuffer.wrap(bytes);
      output = buffer;
    }
    buffer.limit(offset + Math.min(length, SLICE_BYTES)).position(offset);
    int written = channel.write(buffer);
    if (bytes.length > KEPT_BYTES) {
      // a large array belongs to somebody else: an idle connection must not keep it alive
      output = NOTHING;
    }
    return written;
  }

  @Override
  public void stopReading() {
    try {
      channel.shutdownInput();
    } catch (IOException e) {
      close();
    }
  }

  @Override
  public void finishWriting() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() {
    Channels.closeQuietly(channel);
  }
}
