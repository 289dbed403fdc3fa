package fairlead.providers.http;

import fairlead.providers.wire.ByteGather;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A few direct buffers in which requests too long for a connection's own buffer are put together,
 * so that each leaves in one write.
 *
 * <p>Thread-safe and lock-free. A buffer is lent for one write of the first {@link #BUFFER_BYTES}
 * of a request; what is behind them, or what the kernel did not take, is the caller's to send from
 * where it is. So a buffer is held while bytes are copied, and by a writer that waits only where
 * the kernel has not room for a single byte. When none is free the answer is 0, never a wait.
 *
 * <p>Cost: one copy, which the JDK would make of a heap array as well; 64 KiB outside the heap for
 * each buffer once it was needed, and none per connection.
 */
final class SendBuffers {
  private static final System.Logger LOGGER = System.getLogger(SendBuffers.class.getName());

  /** As long as the slices of long bodies: a system call per 64 KiB is not worth saving. */
  static final int BUFFER_BYTES = 64 * 1024;

  /** Those who copy run on a processor; twice as many leave some for the few that wait. */
  private static final int PER_PROCESSOR = 2;

  private static final int MIN_BUFFERS = 4;
  private static final int MAX_BUFFERS = 64;

  private final AtomicReferenceArray<@Nullable ByteBuffer> free;
  private final AtomicInteger made = new AtomicInteger();

  /** As many as this machine's processors can use: 4 to 64. */
  SendBuffers() {
    this(
        Math.clamp(
            (long) PER_PROCESSOR * Runtime.getRuntime().availableProcessors(),
            MIN_BUFFERS,
            MAX_BUFFERS));
  }

  SendBuffers(int count) {
    free = new AtomicReferenceArray<>(count);
  }

  /**
   * Writes {@code head[0, headLength)} and the content behind it with one write, as far as they fit
   * into a buffer.
   *
   * @return how many bytes the channel has taken; 0 if no buffer is free
   */
  int write(WritableByteChannel channel, byte[] head, int headLength, ByteGather content)
      throws IOException {
    ByteBuffer buffer = lend();
    if (buffer == null) {
      return 0;
    }
    try {
      buffer.clear();
      append(buffer, head, 0, headLength);
      for (int i = 0; i < content.parts() && buffer.hasRemaining(); i++) {
        append(buffer, content.array(i), content.start(i), content.end(i));
      }
      return channel.write(buffer.flip());
    } finally {
      giveBack(buffer);
    }
  }

  private static void append(ByteBuffer buffer, byte[] source, int start, int end) {
    buffer.put(source, start, Math.min(end - start, buffer.remaining()));
  }

  private @Nullable ByteBuffer lend() {
    // From the front: what was just given back is still in the processor's cache.
    for (int i = 0; i < free.length(); i++) {
      ByteBuffer buffer = free.get(i);
      if (buffer != null && free.compareAndSet(i, buffer, null)) {
        return buffer;
      }
    }
    int n = made.get();
    return n < free.length() && made.compareAndSet(n, n + 1) ? allocate() : null;
  }

  private static @Nullable ByteBuffer allocate() {
    try {
      return ByteBuffer.allocateDirect(BUFFER_BYTES);
    } catch (OutOfMemoryError e) {
      // The JVM's limit of direct memory. It counts as made: asking again would wait for the
      // collector each time, and without a buffer requests are only slower.
      LOGGER.log(
          System.Logger.Level.WARNING,
          "no memory for a send buffer of {0} bytes; raise -XX:MaxDirectMemorySize",
          BUFFER_BYTES);
      return null;
    }
  }

  private void giveBack(ByteBuffer buffer) {
    // No more are made than there are places, so that one of them is free.
    int i = 0;
    while (!free.compareAndSet(i, null, buffer)) {
      i = (i + 1) % free.length();
    }
  }

  /** How many of those made so far are not lent now. */
  int free() {
    int count = 0;
    for (int i = 0; i < free.length(); i++) {
      count += free.get(i) == null ? 0 : 1;
    }
    return count;
  }
}
