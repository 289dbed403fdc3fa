package fairlead.cache.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads the records of one segment, front to back, whatever its bytes are.
 *
 * <p>Not thread-safe. Holds 1 MB, or as much as the largest record.
 */
final class SegmentReader implements Closeable {
  /** How a segment ends. */
  enum End {
    /** With its last record. */
    WHOLE,
    /** In the middle of a record: whoever wrote it was stopped. */
    TORN,
    /** At bytes that are no record's head. */
    BROKEN,
    /** Before its first record: another format, or another secret. */
    FOREIGN
  }

  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final long secretMark;
  private final long fileBytes;
  private ByteBuffer buffer;
  private long bufferAt; // the file's offset of the buffer's first byte
  private long goodBytes; // the file's offset behind the last record read
  private int type;
  private int damaged;
  private boolean begun;
  private End end = End.WHOLE;

  SegmentReader(Path segment, long secretMark) throws IOException {
    this.channel = FileChannel.open(segment, StandardOpenOption.READ);
    this.secretMark = secretMark;
    this.fileBytes = channel.size();
    this.buffer = ByteBuffer.allocate((int) Math.min(fileBytes, BUFFER_BYTES)).limit(0);
  }

  /** Whether there is another record; damaged ones are passed over. */
  boolean next() throws IOException {
    if (!begun) {
      begun = true;
      if (!readHead()) {
        return false;
      }
    }
    while (true) {
      skipTo(goodBytes);
      if (!fill(Records.RECORD_HEAD)) {
        end = goodBytes == fileBytes ? End.WHOLE : End.TORN;
        return false;
      }
      int at = buffer.position();
      int length = buffer.getInt(at);
      if (buffer.getInt(at + 12) != Records.crc(buffer, at, 12)
          || length < 0
          || length > Records.MAX_BODY) {
        end = End.BROKEN;
        return false;
      }
      if (!fill(Records.RECORD_HEAD + length)) {
        end = End.TORN;
        return false;
      }
      at = buffer.position();
      goodBytes += Records.RECORD_HEAD + length;
      if (buffer.getInt(at + 8) == Records.crc(buffer, at + Records.RECORD_HEAD, length)) {
        type = buffer.getInt(at + 4);
        buffer.position(at + Records.RECORD_HEAD);
        return true;
      }
      damaged++;
    }
  }

  /** Of the record that {@link #next} has found. */
  int type() {
    return type;
  }

  /** The record's body and nothing else; valid until the next call of {@link #next}. */
  ByteBuffer body() {
    return buffer.slice(buffer.position(), (int) (goodBytes - bufferAt) - buffer.position());
  }

  /** Only after {@link #next} has said no. */
  End end() {
    return end;
  }

  /** Records that were passed over. */
  int damaged() {
    return damaged;
  }

  /** Up to where there are records. */
  long goodBytes() {
    return goodBytes;
  }

  private boolean readHead() throws IOException {
    if (!fill(Records.SEGMENT_HEAD)) {
      end = fileBytes == 0 ? End.WHOLE : End.TORN;
      return false;
    }
    if (buffer.getLong(0) != Records.MAGIC || buffer.getLong(8) != secretMark) {
      end = End.FOREIGN;
      return false;
    }
    goodBytes = Records.SEGMENT_HEAD;
    return true;
  }

  private void skipTo(long fileOffset) {
    buffer.position((int) (fileOffset - bufferAt));
  }

  /** Whether so many bytes could be had from the buffer's position on. */
  private boolean fill(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return true;
    }
    if (bufferAt + buffer.position() + bytes > fileBytes) {
      return false;
    }
    bufferAt += buffer.position();
    if (bytes > buffer.capacity()) {
      buffer = ByteBuffer.allocate(bytes).put(buffer);
    } else {
      buffer.compact();
    }
    while (buffer.position() < bytes) {
      if (channel.read(buffer) < 0) {
        buffer.flip();
        return false; // shorter than it was
      }
    }
    buffer.flip();
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
