package fairlead.server.gameday;

import fairlead.server.gameday.CallView.Ending;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 request on a connection of its own, read byte for byte: what client libraries hide
 * is what a game day is about.
 *
 * <p>Belongs to one thread until {@link #call} has returned.
 */
final class RawAnswer {
  private static final int BUFFER_BYTES = 8_192;

  private final long limitNanos;
  private final Map<String, String> headers = new HashMap<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;
  private int status;
  private long firstByteNanos = -1;
  private long endNanos;
  private Ending ending = Ending.FINISHED;

  private RawAnswer(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  /**
   * Sends a request to this machine and reads the answer to its end, or up to the limit.
   *
   * @param json the body, or null for a GET
   * @param limitMs for everything
   */
  static RawAnswer call(int port, String path, @Nullable String json, long limitMs) {
    RawAnswer answer = new RawAnswer(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs));
    answer.run(port, path, json);
    answer.endNanos = System.nanoTime();
    return answer;
  }

  int status() {
    return status;
  }

  /** How the transfer ended: FINISHED, CUT, REFUSED or HUNG. */
  Ending ending() {
    return ending;
  }

  Map<String, String> headers() {
    return headers;
  }

  String text() {
    return body.toString(StandardCharsets.UTF_8);
  }

  /** When the first byte of the body came, or -1. */
  long firstByteNanos() {
    return firstByteNanos;
  }

  long endNanos() {
    return endNanos;
  }

  private void run(int port, String path, @Nullable String json) {
    try (Socket socket = new Socket()) {
      try {
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) leftMs());
      } catch (IOException e) {
        ending = Ending.REFUSED;
        return;
      }
      byte[] content = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(head(path, json == null ? -1 : content.length));
      request.writeBytes(content);
      socket.getOutputStream().write(request.toByteArray());
      InputStream in = socket.getInputStream();
      readHead(socket, in);
      readBody(socket, in);
    } catch (SocketTimeoutException e) {
      ending = Ending.HUNG;
    } catch (IOException e) {
      ending = Ending.CUT;
    }
  }

  private static byte[] head(String path, int length) {
    String head =
        (length < 0 ? "GET " : "POST ")
            + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            + (length < 0
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + length + "\r\n")
            + "\r\n";
    return head.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void readHead(Socket socket, InputStream in) throws IOException {
    String line = line(socket, in);
    try {
      status = Integer.parseInt(line.split(" ", 3)[1]);
    } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
      throw new IOException("no status line: " + line, e);
    }
    for (line = line(socket, in); !line.isEmpty(); line = line(socket, in)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
  }

  private void readBody(Socket socket, InputStream in) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      while (true) {
        int size = chunkSize(line(socket, in));
        if (size == 0) {
          while (!line(socket, in).isEmpty()) {
            // trailers
          }
          return;
        }
        copy(socket, in, size);
        if (!line(socket, in).isEmpty()) {
          throw new IOException("no line end after a chunk");
        }
      }
    }
    String length = headers.get("content-length");
    if (length != null) {
      copy(socket, in, Long.parseLong(length));
      return;
    }
    do {
      take(end - next);
    } while (fill(socket, in));
  }

  private static int chunkSize(String line) throws IOException {
    try {
      return Integer.parseInt(line.split(";", 2)[0].strip(), 16);
    } catch (NumberFormatException e) {
      throw new IOException("no chunk size: " + line, e);
    }
  }

  private void copy(Socket socket, InputStream in, long count) throws IOException {
    for (long left = count; left > 0; ) {
      if (next == end && !fill(socket, in)) {
        throw new EOFException(left + " bytes are missing");
      }
      int piece = (int) Math.min(left, end - next);
      take(piece);
      left -= piece;
    }
  }

  private void take(int count) {
    if (firstByteNanos < 0 && count > 0) {
      firstByteNanos = System.nanoTime();
    }
    body.write(buffer, next, count);
    next += count;
  }

  private String line(Socket socket, InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (next == end && !fill(socket, in)) {
        throw new EOFException("closed after \"" + line + "\"");
      }
      char c = (char) (buffer[next++] & 0xff);
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append(c);
      }
    }
  }

  private boolean fill(Socket socket, InputStream in) throws IOException {
    socket.setSoTimeout((int) leftMs());
    next = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    return end > 0;
  }

  private long leftMs() throws SocketTimeoutException {
    long left = TimeUnit.NANOSECONDS.toMillis(limitNanos - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("out of time");
    }
    return left;
  }
}
