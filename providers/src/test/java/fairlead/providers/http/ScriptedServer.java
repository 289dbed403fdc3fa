package fairlead.providers.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server on a real loopback socket that does with each connection exactly what a script says.
 *
 * <p>Thread-safe; one thread per connection. Counts connections and whole requests.
 */
public final class ScriptedServer implements AutoCloseable {
  /** What to do with one connection; when it returns, the connection is closed. */
  public interface Script {
    void serve(Peer peer) throws Exception;
  }

  /** A request as it came; {@code length} counts the bytes of the body. */
  public record Request(String line, List<String> headers, String text, int length) {
    /** The header's value, or null. */
    public @Nullable String header(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      for (String header : headers) {
        if (header.toLowerCase(Locale.ROOT).startsWith(prefix)) {
          return header.substring(prefix.length()).strip();
        }
      }
      return null;
    }
  }

  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  /** Listens on a free loopback port. */
  public ScriptedServer(Script script) {
    this(plainListener(), script);
  }

  /** Accepts from {@code listener}, which may be one for TLS. */
  public ScriptedServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    Thread _ = Thread.ofVirtual().name("scripted-server").start(this::accept);
  }

  private static ServerSocket plainListener() {
    try {
      return new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A script that answers each request with {@code response} and keeps the connection. */
  public static Script always(String response) {
    return peer -> {
      while (peer.readRequest() != null) {
        peer.write(response);
      }
    };
  }

  /** A 200 with that body and a Content-Length. */
  public static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public int connections() {
    return connections.get();
  }

  /** Requests that {@link Peer#readRequest} has read whole. */
  public int requests() {
    return requests.get();
  }

  /** What scripts threw, apart from broken connections. */
  public List<Throwable> failures() {
    return failures;
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException e) {
        return;
      }
      sockets.add(socket);
      int number = connections.incrementAndGet();
      Thread _ = Thread.ofVirtual().name("scripted-" + number).start(() -> run(socket, number));
    }
  }

  private void run(Socket socket, int number) {
    try (socket) {
      socket.setTcpNoDelay(true);
      script.serve(new Peer(this, socket, number));
    } catch (IOException e) {
      // The client went away, as many scripts want it to.
    } catch (Exception | AssertionError e) {
      failures.add(e);
    } finally {
      sockets.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** The server's end of one connection; belongs to the script. */
  public static final class Peer {
    private final ScriptedServer server;
    private final Socket socket;
    private final int number;
    private final InputStream in;
    private final OutputStream out;

    Peer(ScriptedServer server, Socket socket, int number) throws IOException {
      this.server = server;
      this.socket = socket;
      this.number = number;
      in = socket.getInputStream();
      out = socket.getOutputStream();
    }

    /** 1 for the first connection the server accepted. */
    public int number() {
      return number;
    }

    public Socket socket() {
      return socket;
    }

    public InputStream in() {
      return in;
    }

    /** The next request with its body, or null when the client has closed. */
    public @Nullable Request readRequest() throws IOException {
      String line = readLine();
      if (line == null) {
        return null;
      }
      List<String> headers = new CopyOnWriteArrayList<>();
      int length = 0;
      while (true) {
        String header = readLine();
        if (header == null) {
          throw new EOFException("in the head");
        }
        if (header.isEmpty()) {
          break;
        }
        headers.add(header);
        if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(header.substring(15).strip());
        }
      }
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new EOFException("in the body");
      }
      server.requests.incrementAndGet();
      return new Request(line, headers, new String(body, StandardCharsets.UTF_8), length);
    }

    /** A line without its end, or null at the end of the stream. */
    public @Nullable String readLine() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      while (true) {
        int b = in.read();
        if (b < 0) {
          return null;
        }
        if (b == '\n') {
          String text = line.toString(StandardCharsets.ISO_8859_1);
          return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
        line.write(b);
      }
    }

    public void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.UTF_8));
    }

    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Closes with a reset instead of an orderly end. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Waits until the client has closed, reading and dropping what it sends. */
    public void awaitClientClose() {
      try {
        while (in.read() >= 0) {
          // dropped
        }
      } catch (IOException e) {
        // A reset is a close as well.
      }
    }

    /** Waits for a test to say so, 20 s at most. */
    public static void await(CountDownLatch latch) throws InterruptedException {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the test never released the server");
      }
    }
  }
}
