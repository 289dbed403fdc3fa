package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Appends records to one segment, many with one write.
 *
 * <p>Not thread-safe. Holds 1 MB outside of the heap, or as much as the largest record.
 */
final class SegmentWriter implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private long written;
  private boolean unforced;

  SegmentWriter(FileChannel channel, long secretMark) {
    this.channel = channel;
    Records.segmentHead(secretMark, buffer);
  }

  /** What an entry takes on disk. */
  static long bytes(CacheEntry entry) {
    return Records.RECORD_HEAD + EntryCoding.size(entry);
  }

  /** Records of more than {@link Records#MAX_BODY} are left out: false. */
  boolean insert(CacheEntry entry) throws IOException {
    long size = EntryCoding.size(entry);
    if (size > Records.MAX_BODY) {
      return false;
    }
    int start = begin((int) size);
    try {
      EntryCoding.write(entry, buffer);
    } catch (RuntimeException defect) {
      buffer.position(start); // half a record would cost all that follow it
      throw defect;
    }
    Records.seal(buffer, start, Records.INSERT);
    return true;
  }

  void delete(long keyHigh, long keyLow, long untilMillis) throws IOException {
    int start = begin(Records.IDENTITY_BYTES);
    buffer.putLong(keyHigh).putLong(keyLow).putLong(untilMillis);
    Records.seal(buffer, start, Records.DELETE);
  }

  void lift(CacheEntry entry) throws IOException {
    int start = begin(Records.IDENTITY_BYTES + Float.BYTES);
    Records.identity(entry, buffer);
    buffer.putFloat(entry.ownThreshold());
    Records.seal(buffer, start, Records.LIFT);
  }

  void blocker(CacheEntry entry, int[] facts) throws IOException {
    int start = begin(Records.IDENTITY_BYTES + facts.length * Integer.BYTES);
    Records.identity(entry, buffer);
    for (int fact : facts) {
      buffer.putInt(fact);
    }
    Records.seal(buffer, start, Records.BLOCKER);
  }

  /** Gives all records to the operating system: from here on a kill does not lose them. */
  void write() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      written += channel.write(buffer);
      unforced = true;
    }
    buffer.clear();
  }

  /** Gives all that is written to the disk: from here on a power cut does not lose it. */
  void force() throws IOException {
    if (unforced) {
      channel.force(false);
      unforced = false;
    }
  }

  /** Written or about to be. */
  long bytes() {
    return written + buffer.position();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private int begin(int bodyBytes) throws IOException {
    int needed = Records.RECORD_HEAD + bodyBytes;
    if (buffer.remaining() < needed) {
      write();
      if (needed > BUFFER_BYTES) {
        buffer = ByteBuffer.allocateDirect(needed);
      } else if (buffer.capacity() > BUFFER_BYTES) {
        buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      }
    }
    int start = buffer.position();
    buffer.position(start + Records.RECORD_HEAD);
    return start;
  }
}
