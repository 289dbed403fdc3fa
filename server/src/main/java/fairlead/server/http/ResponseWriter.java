package fairlead.server.http;

import fairlead.providers.http.WallClock;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Puts responses together in one array and sends each with as few writes as possible.
 *
 * <p>Belongs to the connection's thread, or to its loop while that thread waits. Borrows an array
 * from the first byte of a head to the end of its write, so that neither an idle connection nor a
 * slow stream holds one. A body goes with its head as far as {@link #MAX_ONE_WRITE} bytes reach, a
 * chunk as far as {@link #MAX_GATHERED}; what is behind that, or was not taken at once, is sent
 * from the caller's array. A write that makes no progress for the stall time closes the connection.
 */
final class ResponseWriter {
  static final int MAX_GATHERED = 16 * 1024;

  /** A write costs more than copying that much, and the channel takes no more at once. */
  private static final int MAX_ONE_WRITE = 64 * 1024;

  private static final int CHUNK_OVERHEAD = 12;
  private static final int LINES_BYTES = 192;

  private static final byte[] NOTHING = {};
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
  private static final byte[] LENGTH = ascii("Content-Length: ");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final byte[] HEX = ascii("0123456789abcdef");

  /** What a response says about the connection. */
  enum Persistence {
    SILENT,
    CLOSE,
    KEEP_ALIVE
  }

  private final Transport transport;
  private final ConnectionClock clock;
  private final FrontState front;
  private byte[] out = NOTHING;
  private int length;

  /** How much of it a write that did not wait has sent already. */
  private int sent;

  ResponseWriter(Transport transport, ConnectionClock clock, FrontState front) {
    this.transport = transport;
    this.clock = clock;
    this.front = front;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  void sendContinue() throws IOException {
    send(CONTINUE, 0, CONTINUE.length);
  }

  /**
   * Appends a head.
   *
   * @param contentLength what to announce; -1 for nothing
   * @param nowNanos a moment of {@link System#nanoTime} for its Date
   */
  void head(
      int status,
      ByteSink headers,
      long contentLength,
      boolean chunked,
      Persistence persistence,
      long nowNanos) {
    reserve(LINES_BYTES + headers.length());
    append(StatusLines.of(status));
    append(front.date.at(WallClock.millisAt(nowNanos)));
    append(headers.array(), 0, headers.length());
    if (contentLength >= 0) {
      append(LENGTH);
      decimal(contentLength);
      append(CRLF);
    }
    if (chunked) {
      append(CHUNKED);
    }
    switch (persistence) {
      case CLOSE -> append(CLOSE);
      case KEEP_ALIVE -> append(KEEP_ALIVE);
      case SILENT -> {
        // persistent is what HTTP/1.1 means anyway
      }
    }
    append(CRLF);
  }

  /**
   * Sends what was appended and the body after it, in one write if they fit into one.
   *
   * @param nowNanos when the writing begins, for the stall clock
   */
  void flush(byte[] body, int offset, int count, long nowNanos) throws IOException {
    int gone = 0;
    if (length > 0) {
      int head = length;
      int gathered = Math.min(count, Math.max(0, MAX_ONE_WRITE - head));
      try {
        reserve(gathered);
        append(body, offset, gathered);
        gone = send(out, 0, length, head, nowNanos) - head;
      } finally {
        release();
      }
    }
    // What the kernel did not take at once goes from where it is: a slow reader must not hold both.
    send(body, offset + gone, count - gone);
  }

  /** Sends what was appended, if anything. */
  void flush() throws IOException {
    try {
      if (length > sent) {
        send(out, sent, length - sent);
      }
    } finally {
      release();
    }
  }

  /** Sends bytes as one chunk, or as several if they are many; each is one write. */
  void chunk(byte[] bytes, int offset, int count) throws IOException {
    int at = offset;
    int end = offset + count;
    while (at < end) {
      int part = Math.min(end - at, Math.max(1024, MAX_GATHERED - CHUNK_OVERHEAD - length));
      appendChunk(bytes, at, part);
      at += part;
      flush();
    }
  }

  /**
   * Sends bytes as one chunk as far as that is possible without waiting; on the transport's loop.
   *
   * @return whether all was sent; the rest waits for {@link #flush()}
   */
  boolean chunkNow(byte[] bytes, int offset, int count) throws IOException {
    appendChunk(bytes, offset, count);
    sent = transport.writeNow(out, 0, length);
    if (sent < length) {
      return false;
    }
    release();
    return true;
  }

  private void appendChunk(byte[] bytes, int offset, int count) {
    reserve(count + CHUNK_OVERHEAD);
    hex(count);
    append(CRLF);
    append(bytes, offset, count);
    append(CRLF);
  }

  /** Sends the end of a chunked body. */
  void lastChunk() throws IOException {
    reserve(LAST_CHUNK.length);
    append(LAST_CHUNK);
    flush();
  }

  private void send(byte[] bytes, int offset, int count) throws IOException {
    if (count > 0) {
      int _ = send(bytes, offset, count, count, System.nanoTime());
    }
  }

  /** Writes until {@code wanted} of {@code count} bytes are taken; answers how many were. */
  private int send(byte[] bytes, int offset, int count, int wanted, long nowNanos)
      throws IOException {
    long stall = front.settings.writeStallNanos();
    int at = offset;
    int end = offset + count;
    boolean intact = false;
    try {
      clock.start(nowNanos + stall);
      while (true) {
        at += transport.write(bytes, at, end - at);
        if (at >= offset + wanted) {
          break;
        }
        clock.start(System.nanoTime() + stall);
      }
    } finally {
      intact = clock.stop();
    }
    if (!intact) {
      throw new IOException("the caller did not read for " + stall / 1_000_000 + " ms");
    }
    return at - offset;
  }

  private void reserve(int more) {
    int needed = length + more;
    if (needed <= out.length) {
      return;
    }
    byte[] old = out;
    byte[] larger = front.pool.lendAlways(needed);
    System.arraycopy(old, 0, larger, 0, length);
    out = larger;
    if (old.length > 0) {
      front.pool.giveBack(old);
    }
  }

  /** Forgets what was appended and not sent. */
  void release() {
    length = 0;
    sent = 0;
    if (out.length > 0) {
      byte[] loan = out;
      out = NOTHING;
      front.pool.giveBack(loan);
    }
  }

  private void append(byte[] bytes) {
    append(bytes, 0, bytes.length);
  }

  private void append(byte[] bytes, int offset, int count) {
    System.arraycopy(bytes, offset, out, length, count);
    length += count;
  }

  private void decimal(long value) {
    int digits = 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      digits++;
    }
    int at = length + digits;
    length = at;
    long rest = value;
    do {
      out[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
  }

  private void hex(int value) {
    int digits = Math.max(1, (35 - Integer.numberOfLeadingZeros(value)) / 4);
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out[length++] = HEX[(value >>> shift) & 15];
    }
  }
}
