package fairlead.providers.simulated;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads HTTP/1.1 requests from one connection into one buffer.
 *
 * <p>Not thread-safe; reusable for each request of the connection. Understands what clients under
 * test send: Content-Length, chunked bodies, {@code Expect: 100-continue}, pipelining. It is not a
 * guard and refuses only what it cannot read. Bounds: head 64 KiB, body 256 MiB.
 */
final class ServerRequest {
  private static final int INITIAL_BYTES = 8_192;
  private static final int KEPT_BYTES = 262_144;
  private static final int MAX_HEAD_BYTES = 65_536;
  private static final long MAX_BODY_BYTES = 256L << 20;
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Socket socket;
  private final InputStream in;
  private byte[] buffer = new byte[INITIAL_BYTES];
  private int end;
  private int next;

  private int headStart;
  private int headEnd;
  private boolean post;
  private int pathStart;
  private int pathEnd;
  private int bodyStart;
  private int bodyEnd;
  private boolean keepAlive;
  private boolean http10;
  private long contentLength;
  private boolean chunked;
  private boolean expectsContinue;
  private int keyStart;
  private int keyEnd;
  private int simulateStart;
  private int simulateEnd;

  ServerRequest(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /**
   * Reads the next request whole.
   *
   * @return false if the client closed the connection between requests
   */
  boolean read() throws IOException {
    recycle();
    int at = 0;
    int lineStart = 0;
    while (true) {
      while (at < end) {
        if (buffer[at++] == '\n') {
          if (at - lineStart <= 2 && lineStart > 0) {
            return readBody(at);
          }
          lineStart = at - lineStart <= 2 ? 0 : at;
        }
      }
      if (end > MAX_HEAD_BYTES) {
        throw new IOException("the head of the request is longer than " + MAX_HEAD_BYTES);
      }
      if (!fill()) {
        if (end == 0) {
          return false;
        }
        throw new EOFException("the connection closed within the head of a request");
      }
    }
  }

  private void recycle() {
    int left = end - next;
    if (buffer.length > KEPT_BYTES && left <= KEPT_BYTES) {
      buffer = Arrays.copyOf(Arrays.copyOfRange(buffer, next, end), KEPT_BYTES);
    } else if (left > 0) {
      System.arraycopy(buffer, next, buffer, 0, left);
    }
    end = left;
    next = 0;
  }

  private boolean fill() throws IOException {
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = in.read(buffer, end, buffer.length - end);
    if (count < 0) {
      return false;
    }
    end += count;
    return true;
  }

  private boolean readBody(int headersEnd) throws IOException {
    parseHead(headersEnd);
    bodyStart = headersEnd;
    if (expectsContinue && end == headersEnd) {
      socket.getOutputStream().write(CONTINUE);
    }
    if (chunked) {
      readChunks();
      return true;
    }
    if (contentLength < 0 || contentLength > MAX_BODY_BYTES) {
      throw new IOException("Content-Length is not 0 to " + MAX_BODY_BYTES + ": " + contentLength);
    }
    bodyEnd = bodyStart + (int) contentLength;
    if (bodyEnd > buffer.length) {
      buffer = Arrays.copyOf(buffer, bodyEnd);
    }
    while (end < bodyEnd) {
      if (!fill()) {
        throw new EOFException("the connection closed within the body of a request");
      }
    }
    next = bodyEnd;
    return true;
  }

  /** Joins the chunks in place (RFC 9112 section 7.1); trailers are dropped. */
  private void readChunks() throws IOException {
    int from = bodyStart;
    int to = bodyStart;
    while (true) {
      int lineEnd = line(from);
      int size = 0;
      for (int i = from; i < lineEnd && Character.digit(buffer[i], 16) >= 0; i++) {
        size = size * 16 + Character.digit(buffer[i], 16);
        if (size > MAX_BODY_BYTES) {
          throw new IOException("the body is longer than " + MAX_BODY_BYTES);
        }
      }
      from = lineEnd;
      if (size == 0) {
        while (true) {
          int trailerEnd = line(from);
          boolean last = trailerEnd - from <= 2;
          from = trailerEnd;
          if (last) {
            break;
          }
        }
        bodyEnd = to;
        next = from;
        return;
      }
      while (end < from + size + 2) {
        if (!fill()) {
          throw new EOFException("the connection closed within a chunk");
        }
      }
      System.arraycopy(buffer, from, buffer, to, size);
      to += size;
      from += size + 2;
    }
  }

  /** The index after the line that begins at {@code from}. */
  private int line(int from) throws IOException {
    int at = from;
    while (true) {
      while (at < end) {
        if (buffer[at++] == '\n') {
          return at;
        }
      }
      if (!fill()) {
        throw new EOFException("the connection closed within the body of a request");
      }
    }
  }

  private void parseHead(int headersEnd) {
    headStart = 0;
    while (buffer[headStart] == '\r' || buffer[headStart] == '\n') {
      headStart++;
    }
    headEnd = headersEnd;
    contentLength = 0;
    chunked = false;
    expectsContinue = false;
    keyStart = 0;
    keyEnd = 0;
    simulateStart = 0;
    simulateEnd = 0;
    int at = headStart;
    while (buffer[at] != '\n') {
      at++;
    }
    int lineEnd = at > 0 && buffer[at - 1] == '\r' ? at - 1 : at;
    post = buffer[headStart] == 'P';
    pathStart = headStart;
    while (pathStart < lineEnd && buffer[pathStart] != ' ') {
      pathStart++;
    }
    pathStart++;
    pathEnd = Math.min(pathStart, lineEnd);
    while (pathEnd < lineEnd && buffer[pathEnd] != ' ' && buffer[pathEnd] != '?') {
      pathEnd++;
    }
    http10 = buffer[lineEnd - 1] == '0';
    keepAlive = !http10;
    at++;
    while (at < headersEnd) {
      int nameStart = at;
      int colon = -1;
      while (buffer[at] != '\n') {
        if (colon < 0 && buffer[at] == ':') {
          colon = at;
        }
        at++;
      }
      if (colon > 0) {
        int valueEnd = at;
        int valueStart = colon + 1;
        while (valueStart < valueEnd && buffer[valueStart] <= ' ') {
          valueStart++;
        }
        while (valueEnd > valueStart && buffer[valueEnd - 1] <= ' ') {
          valueEnd--;
        }
        header(nameStart, colon, valueStart, valueEnd);
      }
      at++;
    }
  }

  private void header(int nameStart, int nameEnd, int valueStart, int valueEnd) {
    switch (nameEnd - nameStart) {
      case 6 -> expectsContinue |= is("expect", nameStart);
      case 7 -> {
        if (is("api-key", nameStart)) {
          keyStart = valueStart;
          keyEnd = valueEnd;
        }
      }
      case 9 -> {
        if (is("x-api-key", nameStart)) {
          keyStart = valueStart;
          keyEnd = valueEnd;
        }
      }
      case 10 -> {
        if (is("connection", nameStart)) {
          if (valueEnd - valueStart == 5 && is("close", valueStart)) {
            keepAlive = false;
          } else if (http10 && valueEnd - valueStart == 10 && is("keep-alive", valueStart)) {
            keepAlive = true;
          }
        } else if (is("x-simulate", nameStart)) {
          simulateStart = valueStart;
          simulateEnd = valueEnd;
        }
      }
      case 13 -> {
        if (is("authorization", nameStart)) {
          keyStart = valueStart;
          keyEnd = valueEnd;
        }
      }
      case 14 -> {
        if (is("content-length", nameStart)) {
          for (int i = valueStart; i < valueEnd && contentLength <= MAX_BODY_BYTES; i++) {
            contentLength = contentLength * 10 + (buffer[i] - '0');
          }
        }
      }
      case 17 -> chunked |= is("transfer-encoding", nameStart);
      default -> {}
    }
  }

  private boolean is(String lowerCase, int at) {
    for (int i = 0; i < lowerCase.length(); i++) {
      if ((buffer[at + i] | 0x20) != lowerCase.charAt(i) && buffer[at + i] != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits while watching the client.
   *
   * @return false if it closed or reset the connection
   */
  boolean watch(long nanos) {
    long until = System.nanoTime() + nanos;
    try {
      for (long left = nanos; left > 0; left = until - System.nanoTime()) {
        socket.setSoTimeout(Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE));
        try {
          if (!fill()) {
            return false;
          }
          if (end - next > MAX_HEAD_BYTES) {
            return false; // a client that floods while it is answered
          }
        } catch (SocketTimeoutException _) {
          // nothing came, which is what is wished for
        }
      }
      socket.setSoTimeout(0);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  boolean isPost() {
    return post;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  boolean isHttp10() {
    return http10;
  }

  byte[] buffer() {
    return buffer;
  }

  int pathStart() {
    return pathStart;
  }

  int pathEnd() {
    return pathEnd;
  }

  int bodyStart() {
    return bodyStart;
  }

  int bodyEnd() {
    return bodyEnd;
  }

  int keyStart() {
    return keyStart;
  }

  int keyEnd() {
    return keyEnd;
  }

  /** The value of {@code x-simulate}; empty when there was none. */
  String simulate() {
    return text(simulateStart, simulateEnd);
  }

  String path() {
    return text(pathStart, pathEnd);
  }

  String key() {
    return text(keyStart, keyEnd);
  }

  String head(int most) {
    return text(headStart, headStart + Math.min(most, headEnd - headStart));
  }

  String body(int most) {
    int length = Math.min(most, bodyEnd - bodyStart);
    return new String(buffer, bodyStart, length, StandardCharsets.UTF_8);
  }

  private String text(int start, int stop) {
    return start == stop
        ? ""
        : new String(buffer, start, stop - start, StandardCharsets.ISO_8859_1);
  }
}
