package fairlead.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Calls of every kind at a gateway that is trained, one after the other on one connection.
 *
 * <p>Not thread-safe. Reads answers as far as it must to know their end.
 */
final class TrainingCalls implements AutoCloseable {
  private static final String SYSTEM = "You explain failed builds in two sentences.";
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String LENGTH = "\r\ncontent-length:";

  /** Of so many rounds, one has calls that are no chats. */
  private static final int RARELY = 8;

  private static final List<String> ROUTES = List.of("same", "other", "failover", "remembered");

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final String key;
  private final byte[] buffer = new byte[16 * 1024];
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private long calls;

  TrainingCalls(int port, String key) throws IOException {
    this.key = key;
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /**
   * Makes calls for so long.
   *
   * @return how many
   * @throws IOException if the gateway ends the connection or answers otherwise than it should
   */
  long make(long nanos) throws IOException {
    long until = System.nanoTime() + nanos;
    int round = 0;
    do {
      for (String route : ROUTES) {
        chat(route, false);
        chat(route, true);
      }
      get("/v1/models");
      if (round++ % RARELY == 0) {
        get("/livez");
        get("/readyz");
        get("/metrics");
        get("/admin/v1/cache");
        post("/v1/embeddings", "{\"model\":\"same\",\"input\":\"Why did it fail?\"}", 200);
        post("/v1/chat/completions", "{\"model\":\"nowhere\",\"messages\":[]}", 404);
        post("/v1/chat/completions", "{\"model\":", 400);
      }
    } while (System.nanoTime() - until < 0);
    return calls;
  }

  private void chat(String route, boolean stream) throws IOException {
    post(
        "/v1/chat/completions",
        "{\"model\":\""
            + route
            + "\",\"temperature\":0.2,"
            + (stream ? "\"stream\":true,\"stream_options\":{\"include_usage\":true}," : "")
            + "\"messages\":[{\"role\":\"system\",\"content\":\""
            + SYSTEM
            + "\"},{\"role\":\"user\",\"content\":\"Why did job "
            + calls % 500
            + " of the nightly build fail on Linux?\"}]}",
        200);
  }

  private void get(String path) throws IOException {
    send(
        "GET "
            + path
            + " HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer "
            + key
            + "\r\n\r\n");
    int _ = read();
  }

  private void post(String path, String body, int expected) throws IOException {
    send(
        "POST "
            + path
            + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            + "authorization: Bearer "
            + key
            + "\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body);
    int status = read();
    if (status != expected) {
      throw new IOException(
          path + " was answered with " + status + ": " + answer.toString(StandardCharsets.UTF_8));
    }
  }

  private void send(String request) throws IOException {
    calls++;
    out.write(request.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads one answer to its end; its status. */
  private int read() throws IOException {
    answer.reset();
    int whole = -1;
    while (true) {
      int n = in.read(buffer);
      if (n < 0) {
        throw new EOFException("the gateway closed the connection");
      }
      answer.write(buffer, 0, n);
      byte[] all = answer.toByteArray();
      if (whole < 0) {
        whole = end(all);
      }
      if (whole == Integer.MAX_VALUE ? endsWith(all) : whole >= 0 && all.length >= whole) {
        return Integer.parseInt(
            new String(all, "HTTP/1.1 ".length(), 3, StandardCharsets.US_ASCII));
      }
    }
  }

  /** How long the answer is; the largest number if its last chunk says so, -1 if not known yet. */
  private static int end(byte[] all) {
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int head = text.indexOf(new String(HEAD_END, StandardCharsets.ISO_8859_1));
    if (head < 0) {
      return -1;
    }
    String lines = text.substring(0, head + 2).toLowerCase(Locale.ROOT);
    int length = lines.indexOf(LENGTH);
    if (length < 0) {
      return Integer.MAX_VALUE;
    }
    int from = length + LENGTH.length();
    return head
        + HEAD_END.length
        + Integer.parseInt(lines.substring(from, lines.indexOf('\r', from)).strip());
  }

  private static boolean endsWith(byte[] all) {
    int from = all.length - LAST_CHUNK.length;
    for (int i = 0; i < LAST_CHUNK.length; i++) {
      if (from < 0 || all[from + i] != LAST_CHUNK[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
