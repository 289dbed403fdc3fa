package fairlead.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * A provider on a real socket that answers what a test tells it and keeps exactly the bytes it got.
 *
 * <p>The first segment of a request's path says which {@link Script} answers, so that one process
 * of the gateway with one provider per segment serves a whole test class. Thread-safe; one virtual
 * thread per connection.
 */
final class ReplayUpstream implements AutoCloseable {
  private final ServerSocket listener;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final Map<String, LinkedBlockingQueue<Received>> received = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();

  /** How one request is answered; runs on the connection's thread. */
  interface Script {
    void answer(Received request, Connection connection) throws IOException;
  }

  /** What came in: the head as sent and the body without its framing. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  record Received(String head, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String path() {
      return head.split(" ", 3)[1];
    }

    String header(String lowerCaseName) {
      for (String line : head.split("\r\n")) {
        if (line.toLowerCase(Locale.ROOT).startsWith(lowerCaseName + ":")) {
          return line.substring(lowerCaseName.length() + 1).strip();
        }
      }
      return "";
    }
  }

  /** How a recorded body is framed. */
  enum Framing {
    LENGTH,
    CHUNKED,
    /** Neither: the end of the connection is the end of the body. */
    CLOSE
  }

  private ReplayUpstream(ServerSocket listener) {
    this.listener = listener;
  }

  static ReplayUpstream start() {
    try {
      ServerSocket listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
      ReplayUpstream upstream = new ReplayUpstream(listener);
      Thread.ofVirtual().name("replay-accept").start(upstream::accept);
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The base address whose calls the script of that name answers, ended by {@code /v1}. */
  String baseUrl(String name) {
    return origin(name) + "/v1";
  }

  /** The same without a version segment, as Anthropic's own SDK takes it. */
  String origin(String name) {
    return "http://127.0.0.1:" + listener.getLocalPort() + "/" + name;
  }

  void on(String name, Script script) {
    scripts.put(name, script);
  }

  /** Answers with a recorded response. */
  void on(String name, Recordings.Exchange exchange, Framing framing, int pieceBytes) {
    on(name, replay(exchange, framing, pieceBytes));
  }

  /**
   * A recorded response.
   *
   * @param pieceBytes how many bytes are written at once, each a chunk when chunked; 0: all
   */
  static Script replay(Recordings.Exchange exchange, Framing framing, int pieceBytes) {
    return (_, connection) ->
        connection.respond(
            exchange.status(), exchange.contentType(), exchange.response(), framing, pieceBytes);
  }

  /** Waits for the next request that came to that name. */
  Received take(String name) {
    try {
      Received next = queue(name).poll(10, TimeUnit.SECONDS);
      if (next != null) {
        return next;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionFailedError("no request came to " + name);
  }

  /** How many requests came to that name and were not taken. */
  int waiting(String name) {
    return queue(name).size();
  }

  /** How many connections are open now. */
  int connections() {
    return connections.get();
  }

  private LinkedBlockingQueue<Received> queue(String name) {
    return received.computeIfAbsent(name, _ -> new LinkedBlockingQueue<>());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    connections.incrementAndGet();
    try (socket) {
      socket.setTcpNoDelay(true);
      Connection connection = new Connection(socket);
      for (Received next = connection.next(); next != null; next = connection.next()) {
        String name = next.path().split("/", 3)[1];
        queue(name).add(next);
        Script script = scripts.get(name);
        if (script == null) {
          connection.respond(
              404,
              "application/json",
              "{\"error\":{\"message\":\"no script\"}}".getBytes(StandardCharsets.UTF_8),
              Framing.LENGTH,
              0);
        } else {
          script.answer(next, connection);
        }
        if (connection.ended) {
          return;
        }
      }
    } catch (IOException e) {
      // The gateway closed it, which some tests are about.
    } finally {
      connections.decrementAndGet();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** The provider's side of one connection; belongs to its thread. */
  static final class Connection {
    private final Socket socket;
    private final InputStream in;
    private boolean ended;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
    }

    /** Sends a whole response. */
    void respond(int status, String contentType, byte[] body, Framing framing, int pieceBytes)
        throws IOException {
      boolean inOne = pieceBytes <= 0 || pieceBytes >= body.length;
      String framed =
          switch (framing) {
            case LENGTH -> "Content-Length: " + body.length + "\r\n";
            case CHUNKED -> "Transfer-Encoding: chunked\r\n";
            case CLOSE -> "Connection: close\r\n";
          };
      head(status, contentType, framed);
      int step = inOne ? Math.max(1, body.length) : pieceBytes;
      for (int at = 0; at < body.length; at += step) {
        int length = Math.min(step, body.length - at);
        if (framing == Framing.CHUNKED) {
          chunk(body, at, length);
        } else {
          raw(body, at, length);
        }
      }
      switch (framing) {
        case LENGTH -> {}
        case CHUNKED -> endChunks();
        case CLOSE -> close();
      }
    }

    void head(int status, String contentType, String framingLines) throws IOException {
      raw(
          ("HTTP/1.1 "
                  + status
                  + " Recorded\r\nContent-Type: "
                  + contentType
                  + "\r\n"
                  + framingLines
                  + "\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The head of a chunked event stream. */
    void beginEvents() throws IOException {
      head(200, "text/event-stream", "Transfer-Encoding: chunked\r\n");
    }

    /** One event as one chunk. */
    void event(String data) throws IOException {
      chunkOf("data: " + data + "\n\n");
    }

    /** Those characters as one chunk. */
    void chunkOf(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      chunk(bytes, 0, bytes.length);
    }

    /** One chat chunk with that text. */
    void delta(String content) throws IOException {
      event(chatChunk("{\"content\":\"" + content + "\"}", "null"));
    }

    /** Pieces of text, one each few milliseconds, as a steady stream has them. */
    void deltas(int count, int everyMillis) throws IOException {
      for (int i = 0; i < count; i++) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(everyMillis));
        delta("flow");
      }
    }

    /** The finish, {@code [DONE]} and the end of the body. */
    void finishEvents() throws IOException {
      event(chatChunk("{}", "\"stop\""));
      event("[DONE]");
      endChunks();
    }

    /** The JSON of a chat chunk. */
    static String chatChunk(String delta, String finish) {
      return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
          + "\"choices\":[{\"index\":0,\"delta\":"
          + delta
          + ",\"finish_reason\":"
          + finish
          + "}]}";
    }

    private void chunk(byte[] bytes, int from, int length) throws IOException {
      byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
      byte[] whole = new byte[size.length + length + 2];
      System.arraycopy(size, 0, whole, 0, size.length);
      System.arraycopy(bytes, from, whole, size.length, length);
      whole[whole.length - 2] = '\r';
      whole[whole.length - 1] = '\n';
      raw(whole);
    }

    void endChunks() throws IOException {
      raw("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    private void raw(byte[] bytes) throws IOException {
      raw(bytes, 0, bytes.length);
    }

    private void raw(byte[] bytes, int from, int length) throws IOException {
      socket.getOutputStream().write(bytes, from, length);
    }

    /** Ends the connection, in the middle of a body if there is one. */
    void close() throws IOException {
      ended = true;
      socket.close();
    }

    /** Sends keep-alive comments, one every 100 ms, until the gateway closes the connection. */
    void commentsUntilClosed() throws IOException {
      byte[] comment = ": keep-alive\n\n".getBytes(StandardCharsets.UTF_8);
      socket.setSoTimeout(100);
      while (true) {
        chunk(comment, 0, comment.length);
        try {
          if (in.read() < 0) {
            ended = true;
            return;
          }
        } catch (SocketTimeoutException e) {
          // still there: the next comment
        }
      }
    }

    /** Sends content, a delta every so many milliseconds, until the gateway closes. */
    void deltasUntilClosed(int everyMillis) {
      try {
        socket.setSoTimeout(everyMillis);
        while (true) {
          delta("more");
          try {
            if (in.read() < 0) {
              return;
            }
          } catch (SocketTimeoutException e) {
            // still there: the next delta
          }
        }
      } catch (IOException e) {
        // closed while writing
      }
    }

    /** Waits until the gateway closes the connection and returns when that was seen. */
    long awaitClosedByPeer() {
      try {
        while (in.read() >= 0) {
          // a pipelined request would be a fault, but not this test's
        }
      } catch (IOException e) {
        // reset: closed too
      }
      ended = true;
      return System.nanoTime();
    }

    private @Nullable Received next() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream(1024);
      int matched = 0;
      while (matched < 4) {
        int b = in.read();
        if (b < 0) {
          if (head.size() == 0) {
            return null;
          }
          throw new EOFException("in the head");
        }
        head.write(b);
        boolean fits = b == ((matched & 1) == 0 ? '\r' : '\n');
        matched = fits ? matched + 1 : b == '\r' ? 1 : 0;
      }
      Received bare = new Received(head.toString(StandardCharsets.ISO_8859_1), new byte[0]);
      if (bare.header("transfer-encoding").equalsIgnoreCase("chunked")) {
        return new Received(bare.head(), chunkedBody());
      }
      String length = bare.header("content-length");
      return length.isEmpty() ? bare : new Received(bare.head(), exactly(Integer.parseInt(length)));
    }

    private byte[] chunkedBody() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        StringBuilder size = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
          if (b < 0) {
            throw new EOFException("in a chunk's size");
          }
          size.append((char) b);
        }
        int length = Integer.parseInt(size.toString().strip(), 16);
        body.writeBytes(exactly(length));
        exactly(2);
        if (length == 0) {
          return body.toByteArray();
        }
      }
    }

    private byte[] exactly(int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException(length + " bytes were announced, " + bytes.length + " came");
      }
      return bytes;
    }
  }
}
