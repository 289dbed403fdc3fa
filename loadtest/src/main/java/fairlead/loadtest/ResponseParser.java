package fairlead.loadtest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Follows one HTTP/1.1 response through a connection's bytes: status, framing, number of events.
 *
 * <p>Not thread-safe, reusable after {@link #reset}, allocates nothing. Strict about framing: what
 * is not as announced is a broken answer, never a short one.
 */
public final class ResponseParser {
  private enum Part {
    HEAD,
    FIXED,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    DONE
  }

  private static final int MAX_HEAD_BYTES = 32_768;
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CODING = "transfer-encoding:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CLOSE = "connection: close".getBytes(StandardCharsets.US_ASCII);

  /** Longer than the end mark with its blank line. */
  private static final int TAIL_BYTES = 24;

  private final boolean countsEvents;
  private final byte[] head = new byte[MAX_HEAD_BYTES];
  private final byte[] tail = new byte[TAIL_BYTES];
  private Part part = Part.HEAD;
  private int headLength;
  private int status;
  private long left;
  private boolean sizeSeen;
  private boolean sizeEnded;
  private int lineLength;
  private byte lastByte;
  private int events;
  private int tailLength;
  private byte first;
  private boolean closes;

  /**
   * A parser of plain answers or of streams.
   *
   * @param countsEvents whether to look for events, which costs a look at each byte
   */
  public ResponseParser(boolean countsEvents) {
    this.countsEvents = countsEvents;
  }

  /** Begins anew with the next response. */
  public void reset() {
    part = Part.HEAD;
    headLength = 0;
    status = 0;
    left = 0;
    lastByte = 0;
    events = 0;
    tailLength = 0;
    first = 0;
    closes = false;
  }

  /** The response's status, once its head is there. */
  public int status() {
    return status;
  }

  /** Empty lines after text in the body so far: server-sent events that are complete. */
  int events() {
    return events;
  }

  /** Whether the bytes so far end inside of an event. */
  boolean isInsideEvent() {
    return lastByte != 0;
  }

  /** Whether the last event is the end mark of a stream, and is complete. */
  boolean endsWithDone() {
    if (isInsideEvent()) {
      return false;
    }
    String end = new String(tail, 0, tailLength, StandardCharsets.ISO_8859_1).strip();
    return end.endsWith("data: [DONE]") || end.endsWith("data:[DONE]");
  }

  /** Whether the body begins and ends as an object does. */
  boolean looksLikeJson() {
    int end = tailLength;
    while (end > 0 && tail[end - 1] <= ' ') {
      end--;
    }
    return first == '{' && end > 0 && tail[end - 1] == '}';
  }

  /** Whether the other side closes the connection after this response. */
  boolean closes() {
    return closes;
  }

  /** Whether nothing of a response was seen. */
  boolean isFresh() {
    return part == Part.HEAD && headLength == 0;
  }

  /**
   * Takes bytes until they or the response end.
   *
   * @return whether the response is complete
   * @throws IllegalStateException if the bytes are not a response
   */
  public boolean accept(ByteBuffer bytes) {
    while (bytes.hasRemaining() && part != Part.DONE) {
      switch (part) {
        case HEAD -> head(bytes.get());
        case FIXED, CHUNK_DATA -> data(bytes);
        case CHUNK_SIZE -> chunkSize(bytes.get());
        case CHUNK_END -> {
          if (bytes.get() == '\n') {
            startChunk();
          }
        }
        case TRAILER -> trailer(bytes.get());
        case DONE -> throw new AssertionError(part);
      }
    }
    return part == Part.DONE;
  }

  private void head(byte b) {
    if (headLength == head.length) {
      throw new IllegalStateException("a response head is longer than " + head.length + " bytes");
    }
    head[headLength++] = b;
    int n = headLength;
    if (b == '\n' && n >= 4 && head[n - 2] == '\r' && head[n - 3] == '\n' && head[n - 4] == '\r') {
      headEnd();
    }
  }

  private void headEnd() {
    if (headLength < 16 || head[0] != 'H' || head[4] != '/') {
      throw new IllegalStateException("the answer does not begin with a status line");
    }
    status = (head[9] - '0') * 100 + (head[10] - '0') * 10 + head[11] - '0';
    long length = -1;
    boolean chunked = false;
    for (int i = 0; i < headLength; i++) {
      if (head[i] == '\n') {
        if (startsWith(i + 1, LENGTH)) {
          length = number(i + 1 + LENGTH.length);
        } else if (startsWith(i + 1, CODING)) {
          chunked = true;
        } else if (startsWith(i + 1, CLOSE)) {
          closes = true;
        }
      }
    }
    if (chunked) {
      startChunk();
    } else if (length >= 0) {
      left = length;
      part = length == 0 ? Part.DONE : Part.FIXED;
    } else {
      throw new IllegalStateException("status " + status + " without length or chunked coding");
    }
  }

  private boolean startsWith(int at, byte[] lowerCase) {
    for (int i = 0; i < lowerCase.length; i++) {
      if (at + i >= headLength || (head[at + i] | 0x20) != (lowerCase[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }

  private long number(int at) {
    while (head[at] == ' ') {
      at++;
    }
    long number = 0;
    for (; head[at] >= '0' && head[at] <= '9'; at++) {
      number = number * 10 + head[at] - '0';
    }
    return number;
  }

  private void startChunk() {
    part = Part.CHUNK_SIZE;
    left = 0;
    sizeSeen = false;
    sizeEnded = false;
  }

  private void chunkSize(byte b) {
    int digit = Character.digit(b, 16);
    if (digit >= 0 && !sizeEnded) {
      left = left * 16 + digit;
      sizeSeen = true;
    } else if (b == '\n') {
      if (!sizeSeen) {
        throw new IllegalStateException("a chunk has no size");
      }
      part = left == 0 ? Part.TRAILER : Part.CHUNK_DATA;
      lineLength = 0;
    } else if (b == '\r' || b == ';' || sizeEnded) {
      sizeEnded = true;
    } else {
      throw new IllegalStateException("not a chunk size: byte " + b);
    }
  }

  private void data(ByteBuffer bytes) {
    int count = (int) Math.min(left, bytes.remaining());
    int start = bytes.position();
    int end = start + count;
    if (first == 0 && count > 0) {
      first = bytes.get(start);
    }
    if (countsEvents) {
      count(bytes, start, end);
    }
    keepTail(bytes, start, count);
    bytes.position(end);
    left -= count;
    if (left == 0) {
      part = part == Part.FIXED ? Part.DONE : Part.CHUNK_END;
    }
  }

  private void count(ByteBuffer bytes, int start, int end) {
    byte last = lastByte;
    for (int i = start; i < end; i++) {
      byte b = bytes.get(i);
      if (b == '\n' && last == '\n') {
        events++;
        last = 0;
      } else if (b != '\r') {
        last = b;
      }
    }
    lastByte = last;
  }

  private void keepTail(ByteBuffer bytes, int start, int count) {
    int more = Math.min(count, TAIL_BYTES);
    int kept = Math.min(tailLength, TAIL_BYTES - more);
    System.arraycopy(tail, tailLength - kept, tail, 0, kept);
    bytes.get(start + count - more, tail, kept, more);
    tailLength = kept + more;
  }

  private void trailer(byte b) {
    if (b == '\n') {
      if (lineLength == 0) {
        part = Part.DONE;
      }
      lineLength = 0;
    } else if (b != '\r') {
      lineLength++;
    }
  }
}
