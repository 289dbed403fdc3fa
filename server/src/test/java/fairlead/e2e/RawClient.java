package fairlead.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection that shows every byte: what client libraries hide is what these tests are
 * about.
 *
 * <p>Belongs to one thread, but for {@link #close}.
 */
final class RawClient implements Closeable {
  private static final int READ_TIMEOUT_MS = 30_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private @Nullable Map<String, String> headers;
  private long left;
  private boolean chunked;

  /** A whole answer; {@code complete} is false if its framing was broken off. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  record Response(int status, Map<String, String> headers, byte[] body, boolean complete) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String header(String lowerCaseName) {
      return headers.getOrDefault(lowerCaseName, "");
    }
  }

  RawClient(int port) throws IOException {
    this(port, 0);
  }

  /**
   * @param receiveBuffer the kernel's buffer for this socket in bytes, 0: the default
   */
  RawClient(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_TIMEOUT_MS);
    socket.setSoTimeout(READ_TIMEOUT_MS);
    in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
  }

  static Response get(int port, String path) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send("GET", path, "", new byte[0]);
      return client.response();
    }
  }

  static Response post(int port, String path, byte[] body) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.post(path, body);
      return client.response();
    }
  }

  static Response post(int port, String path, String body) throws IOException {
    return post(port, path, body.getBytes(StandardCharsets.UTF_8));
  }

  void post(String path, byte[] body) throws IOException {
    send("POST", path, "Content-Type: application/json\r\n", body);
  }

  void post(String path, String body) throws IOException {
    post(path, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a request in one write. */
  void send(String method, String path, String headerLines, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 256);
    String length = body.length == 0 ? "" : "Content-Length: " + body.length + "\r\n";
    String head =
        method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headerLines + length + "\r\n";
    bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(body);
    socket.getOutputStream().write(bytes.toByteArray());
  }

  /** Reads the whole response; one that breaks off is returned as far as it came. */
  Response response() throws IOException {
    int status = head();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] piece = new byte[16 << 10];
    try {
      for (int n = read(piece); n >= 0; n = read(piece)) {
        body.write(piece, 0, n);
      }
    } catch (IOException e) {
      return new Response(status, responseHeaders(), body.toByteArray(), false);
    }
    return new Response(status, responseHeaders(), body.toByteArray(), true);
  }

  /** Reads the head of the response, after any 1xx, and returns its status. */
  int head() throws IOException {
    while (true) {
      String line = line();
      int status = Integer.parseInt(line.substring(9, 12));
      Map<String, String> lines = new LinkedHashMap<>();
      for (String header = line(); !header.isEmpty(); header = line()) {
        int colon = header.indexOf(':');
        lines.put(
            header.substring(0, colon).toLowerCase(Locale.ROOT),
            header.substring(colon + 1).strip());
      }
      if (status >= 200) {
        headers = lines;
        chunked = "chunked".equalsIgnoreCase(lines.get("transfer-encoding"));
        left = chunked ? 0 : Long.parseLong(lines.getOrDefault("content-length", "-1"));
        return status;
      }
    }
  }

  Map<String, String> responseHeaders() {
    return headers == null ? Map.of() : headers;
  }

  /**
   * Reads bytes of the body, without framing.
   *
   * @return -1 after the proper end
   * @throws EOFException if the body broke off
   */
  int read(byte[] target) throws IOException {
    if (chunked && left == 0) {
      left = Long.parseLong(line().split(";")[0].strip(), 16);
      if (left == 0) {
        while (!line().isEmpty()) {
          // trailers
        }
        chunked = false;
        left = 0;
        return -1;
      }
    }
    if (left == 0) {
      return -1;
    }
    int most = left < 0 ? target.length : (int) Math.min(left, target.length);
    int n = in.read(target, 0, most);
    if (n < 0) {
      if (left < 0) {
        return -1;
      }
      throw new EOFException("the body broke off, " + left + " bytes were missing");
    }
    if (left > 0) {
      left -= n;
      if (chunked && left == 0 && !line().isEmpty()) {
        throw new IOException("no line end after a chunk");
      }
    }
    return n;
  }

  /** Reads body bytes until they contain the text, and returns them. */
  String readUntil(String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    byte[] piece = new byte[4096];
    while (seen.indexOf(text) < 0) {
      int n = read(piece);
      if (n < 0) {
        throw new EOFException("ended without " + text + ": " + seen);
      }
      seen.append(new String(piece, 0, n, StandardCharsets.ISO_8859_1));
    }
    return seen.toString();
  }

  /** Reads the rest of the body, to its end or to where it breaks off. */
  String rest() {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    byte[] piece = new byte[4096];
    try {
      for (int n = read(piece); n >= 0; n = read(piece)) {
        rest.write(piece, 0, n);
      }
    } catch (IOException e) {
      // what came is what counts
    }
    return rest.toString(StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection was closed after \"" + line + "\"");
      }
      line.append((char) b);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  /**
   * Closes the connection.
   *
   * @param reset with RST, as a killed client with unread bytes does
   */
  void leave(boolean reset) throws IOException {
    if (reset) {
      socket.setSoLinger(true, 0);
    }
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
