package fairlead.server.cli;

import fairlead.loadtest.ResponseParser;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Calls of every kind at a gateway that is trained, one after the other on one connection.
 *
 * <p>Not thread-safe.
 */
final class TrainingCalls implements AutoCloseable {
  private static final String SYSTEM = "You explain failed builds in two sentences.";

  /** Of so many rounds, one has calls that are no chats. */
  private static final int RARELY = 8;

  private static final List<String> ROUTES = List.of("same", "other", "failover", "remembered");

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final String key;
  private final byte[] buffer = new byte[16 * 1024];
  private final ResponseParser answer = new ResponseParser(false);
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
      throw new IOException(path + " was answered with " + status);
    }
  }

  private void send(String request) throws IOException {
    calls++;
    out.write(request.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads one answer to its end; its status. */
  private int read() throws IOException {
    answer.reset();
    int n;
    do {
      n = in.read(buffer);
      if (n < 0) {
        throw new EOFException("the gateway closed the connection");
      }
    } while (!answer.accept(ByteBuffer.wrap(buffer, 0, n)));
    return answer.status();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
