package fairlead.server.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends bytes as they are and reads responses; every wait ends after ten seconds. */
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  record Response(int status, Map<String, String> headers, String body, boolean interim) {
    boolean closes() {
      return "close".equals(headers.get("connection"));
    }
  }

  Socket socket() {
    return socket;
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** The next byte, or -1 at the end. */
  int read() throws IOException {
    return in.read();
  }

  /** Whether the server has closed; a reset counts, since the bytes have been read. */
  boolean atEnd() throws IOException {
    return in.read() < 0;
  }

  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the connection ended before a response");
    }
    while (b != '\n') {
      if (b < 0) {
        throw new EOFException("the connection ended in the line " + line);
      }
      if (b != '\r') {
        line.write(b);
      }
      b = in.read();
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  Response response() throws IOException {
    return response("GET");
  }

  /** Reads one response to a request with that method. */
  Response response(String method) throws IOException {
    String statusLine = line();
    if (!statusLine.matches("HTTP/1\\.1 \\d{3} .*")) {
      throw new IOException("not a status line: " + statusLine);
    }
    int status = Integer.parseInt(statusLine.substring(9, 12));
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      if (headers.put(name, line.substring(colon + 1).trim()) != null) {
        throw new IOException("repeated: " + name);
      }
    }
    String length = headers.get("content-length");
    String body = "";
    if (status >= 200 && status != 204 && status != 304 && !method.equals("HEAD")) {
      if (length != null) {
        body = text(in.readNBytes(Integer.parseInt(length)));
        if (body.length() != Integer.parseInt(length)) {
          throw new EOFException("body cut after " + body.length() + " of " + length);
        }
      } else if ("chunked".equals(headers.get("transfer-encoding"))) {
        body = chunks();
      } else {
        body = text(in.readAllBytes());
      }
    }
    return new Response(status, headers, body, status < 200);
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      int size = Integer.parseInt(line(), 16);
      body.append(text(in.readNBytes(size)));
      if (!line().isEmpty()) {
        throw new IOException("chunk without an end");
      }
      if (size == 0) {
        return body.toString();
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Everything up to the end of the connection. */
  String rest() throws IOException {
    return text(in.readAllBytes());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
