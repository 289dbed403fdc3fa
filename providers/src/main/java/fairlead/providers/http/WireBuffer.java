package fairlead.providers.http;

import java.io.IOException;
import java.util.Arrays;

/**
 * The one buffer of a connection: requests are put together in it, then the response is read
 * through it.
 *
 * <p>Belongs to the thread that uses the connection. {@code bytes[0, base)} holds the response's
 * head while its body passes through {@code bytes[base, end of array)}; unread bytes are {@code
 * bytes[pos, limit)}.
 */
final class WireBuffer {
  /** Holds the head and most prompts' worth of request in one write; 10,000 of them are 80 MB. */
  static final int SIZE = 8 * 1024;

  /** Below this much room behind a long head the buffer grows rather than read in small pieces. */
  private static final int MIN_BODY_WINDOW = SIZE / 2;

  final Transport transport;
  byte[] bytes = new byte[SIZE];
  int pos;
  int limit;
  private int base;
  private boolean waiting = true;

  WireBuffer(Transport transport) {
    this.transport = transport;
  }

  /** Empties the buffer and gives back what a long head made it grow. */
  void reset() {
    if (bytes.length > SIZE) {
      bytes = new byte[SIZE];
    }
    pos = 0;
    limit = 0;
    base = 0;
    transport.forgetViews(bytes);
  }

  int available() {
    return limit - pos;
  }

  /** From now on reads return 0 instead of waiting. */
  void stopWaiting() {
    waiting = false;
  }

  void startWaiting() {
    waiting = true;
  }

  /** Keeps {@code bytes[0, end)} until {@link #reset}; what follows is body. */
  void keepHead(int end) {
    base = end;
    if (bytes.length - end < MIN_BODY_WINDOW) {
      bytes = Arrays.copyOf(bytes, end + SIZE);
    }
  }

  /** Moves the unread bytes to the start, over a head that is not needed. */
  void dropRead() {
    System.arraycopy(bytes, pos, bytes, 0, limit - pos);
    limit -= pos;
    pos = 0;
  }

  /** Makes room for {@link #more} up to {@code max} bytes in all; false if they are used up. */
  boolean hasRoom(int max) {
    if (limit < bytes.length) {
      return true;
    }
    if (bytes.length >= max) {
      return false;
    }
    bytes = Arrays.copyOf(bytes, Math.min(max, bytes.length * 2));
    return true;
  }

  /** Reads behind the bytes already there; -1 at the end of the stream. */
  int more() throws IOException {
    int n = read(bytes, limit, bytes.length - limit);
    if (n > 0) {
      limit += n;
    }
    return n;
  }

  /** Reads into the empty buffer; -1 at the end of the stream, 0 only if it must not wait. */
  int refill() throws IOException {
    pos = base;
    limit = base;
    return more();
  }

  /** How much one {@link #refill} can bring. */
  int window() {
    return bytes.length - base;
  }

  /** Takes buffered bytes, or reads past the buffer if there are none. */
  int take(byte[] target, int offset, int length) throws IOException {
    int there = limit - pos;
    if (there == 0) {
      return read(target, offset, length);
    }
    int n = Math.min(there, length);
    System.arraycopy(bytes, pos, target, offset, n);
    pos += n;
    return n;
  }

  private int read(byte[] target, int offset, int length) throws IOException {
    return waiting
        ? transport.read(target, offset, length)
        : transport.readNow(target, offset, length);
  }
}
