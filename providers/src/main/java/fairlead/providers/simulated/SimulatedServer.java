package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A simulated provider behind a real socket: HTTP/1.1 with OpenAI's and Anthropic's wire, and every
 * fault a {@link SimulatedBehaviour} can name.
 *
 * <p>Thread-safe. One virtual thread per connection. Addresses, each with any prefix such as {@code
 * /v1}: {@code POST /chat/completions}, {@code /completions}, {@code /embeddings}, {@code
 * /messages}, {@code /messages/count_tokens}; {@code GET /models}; and for tests {@code GET
 * /_stats}, {@code GET /_log}, {@code POST /_behaviour} ({@code knob=value;…}, replaces all),
 * {@code POST /_reset}. A request may carry knobs of its own, in the header {@code x-simulate:
 * knob=value;knob=value} or after a {@code #} in its model's name.
 *
 * <p>It trusts its clients and is meant for tests and measurements only.
 */
public final class SimulatedServer implements AutoCloseable {
  private static final int BACKLOG = 4_096;
  private static final int MAX_OVERRIDES = 256;
  private static final int REFUSAL_TICK_MS = 5;
  private static final int DEFAULT_CAPTURE_BYTES = 65_536;

  /**
   * One request as the server saw it.
   *
   * @param number from 1, in order of arrival
   * @param arrivalNanos since the server started (or was reset), when the request was read whole
   * @param path below the base address
   * @param key the credential's position in order of first use; 0 for none
   * @param status 0 until known, or when there was no response
   * @param outcome open, complete, closed, reset (both by the server) or cancelled (by the client)
   * @param durationNanos from arrival to the outcome
   * @param head request line and headers, and {@code body}, as far as they are captured
   */
  public record Seen(
      long number,
      long arrivalNanos,
      String path,
      int key,
      String model,
      int status,
      String outcome,
      long durationNanos,
      String head,
      String body) {}

  /** The behaviour in use and its variants for single requests, each with counts of its own. */
  record Active(SimulatedState state, Map<String, SimulatedState> variants) {
    SimulatedState with(String overrides, long nowNanos) {
      SimulatedState known = variants.get(overrides);
      if (known != null) {
        return known;
      }
      SimulatedBehaviour behaviour = state.behaviour().with(overrides);
      if (variants.size() >= MAX_OVERRIDES) {
        variants.clear();
      }
      return variants.computeIfAbsent(overrides, o -> new SimulatedState(behaviour, nowNanos));
    }
  }

  private final InetAddress host;
  private final int port;
  private final int captureBytes;
  private final SimulatedKeys keys = new SimulatedKeys();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private volatile ServerLog log = new ServerLog(System.nanoTime());
  private volatile Active active;
  private volatile ServerSocket listener;
  private volatile boolean accepting;

  /** Held to change the behaviour and to open the listener, so that a refusal is never undone. */
  private final ReentrantLock listening = new ReentrantLock();

  private volatile boolean closed;

  private SimulatedServer(
      InetAddress host, int port, SimulatedBehaviour behaviour, int captureBytes)
      throws IOException {
    this.host = host;
    this.captureBytes = captureBytes;
    active = activate(behaviour);
    listener = listen(host, port);
    this.port = listener.getLocalPort();
    acceptor = Thread.ofPlatform().daemon().name("simulated-" + this.port).unstarted(this::accept);
  }

  /** Starts on a free port of the loopback address and captures requests. */
  public static SimulatedServer start(SimulatedBehaviour behaviour) {
    return start("127.0.0.1", 0, behaviour, DEFAULT_CAPTURE_BYTES);
  }

  /**
   * Starts.
   *
   * @param port 0 for a free one
   * @param captureBytes how much of each request's head and of its body to keep for {@link
   *     #requests}; 0 to be fast
   */
  public static SimulatedServer start(
      String host, int port, SimulatedBehaviour behaviour, int captureBytes) {
    try {
      SimulatedServer server =
          new SimulatedServer(InetAddress.getByName(host), port, behaviour, captureBytes);
      server.acceptor.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the simulated server cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  public int port() {
    return port;
  }

  /** The base address for OpenAI's wire, with {@code /v1}. */
  public String baseUrl() {
    return "http://" + host.getHostAddress() + ":" + port + "/v1";
  }

  public SimulatedBehaviour behaviour() {
    return active.state().behaviour();
  }

  /**
   * Behaves differently from now on; counts of requests and times of the behaviour start anew, the
   * log and the order of keys stay.
   */
  public void behaviour(SimulatedBehaviour behaviour) {
    listening.lock();
    try {
      active = activate(behaviour);
      if (behaviour.on(Knob.REFUSE)) {
        closeQuietly(listener); // the acceptor listens again if this behaviour is not down now
      }
    } finally {
      listening.unlock();
    }
    LockSupport.unpark(acceptor);
    // A closed listener lives on in the kernel until the thread that waits on it has returned.
    boolean refuse = behaviour.on(Knob.REFUSE);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while ((refuse ? accepting && listener.isClosed() : listener.isClosed())
        && !closed
        && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(this, 1_000_000);
    }
  }

  /** Forgets the log and the counters. */
  public void reset() {
    log = new ServerLog(System.nanoTime());
  }

  /** The last requests, at most 4,096, oldest first. */
  public List<Seen> requests() {
    return log.last(Integer.MAX_VALUE);
  }

  /** How many requests came, without those for the server's own addresses. */
  public long requestCount() {
    return log.requests();
  }

  /** How many requests are being answered. */
  public long inFlight() {
    return log.inFlight.sum();
  }

  /** How many requests ended because the client left. */
  public long cancelled() {
    return log.cancelled.sum();
  }

  /** How many connections are open now. */
  public int openConnections() {
    return connections.size();
  }

  /** Closes every open connection, as a restart would. */
  public void closeConnections() {
    for (Socket socket : connections) {
      closeQuietly(socket);
    }
  }

  @Override
  public void close() {
    closed = true;
    closeQuietly(listener);
    LockSupport.unpark(acceptor);
    closeConnections();
  }

  ServerLog log() {
    return log;
  }

  SimulatedKeys keys() {
    return keys;
  }

  Active active() {
    return active;
  }

  int captureBytes() {
    return captureBytes;
  }

  void closed(Socket socket) {
    connections.remove(socket);
  }

  /** Answers the server's own addresses. */
  byte[] control(ServerRequest request) {
    ByteSink body = new ByteSink();
    String path = request.path();
    String method = request.isPost() ? "POST " : "GET ";
    switch (method + path.substring(path.lastIndexOf('/') + 1)) {
      case "GET _stats" -> log.stats(body, keys, connections.size());
      case "GET _log" -> log.log(body, Integer.MAX_VALUE);
      case "GET models" -> models(body);
      case "POST _reset" -> {
        reset();
        body.ascii("{}\n");
      }
      case "POST _behaviour" -> {
        try {
          behaviour(SimulatedBehaviour.parse(request.body(Integer.MAX_VALUE)));
          body.ascii("{}\n");
        } catch (IllegalArgumentException e) {
          SimulatedError.badRequest(String.valueOf(e.getMessage())).body(body, false);
          return ServerConnection.response(400, "application/json", body);
        }
      }
      default -> {
        new SimulatedError(404, "invalid_request_error", "unknown_url", "unknown path: " + path)
            .body(body, false);
        return ServerConnection.response(404, "application/json", body);
      }
    }
    return ServerConnection.response(200, "application/json", body);
  }

  private void models(ByteSink out) {
    out.ascii("{\"object\":\"list\",\"data\":[");
    String separator = "";
    for (String model : behaviour().textOr(Knob.MODELS, "simulated").split(",")) {
      out.ascii(separator).ascii("{\"id\":").jsonString(model.strip());
      out.ascii(",\"object\":\"model\",\"created\":1767225600,\"owned_by\":\"simulated\"}");
      separator = ",";
    }
    out.ascii("]}");
  }

  private void accept() {
    while (!closed) {
      try {
        if (refuses()) {
          closeQuietly(listener);
          closeConnections();
          while (!closed && refuses()) {
            LockSupport.parkNanos(this, REFUSAL_TICK_MS * 1_000_000L);
          }
        }
        ServerSocket current = listenAgainIfClosed();
        if (closed) {
          closeQuietly(current);
          return;
        }
        current.setSoTimeout(behaviour().on(Knob.REFUSE) ? REFUSAL_TICK_MS : 0);
        serve(next(current));
      } catch (SocketTimeoutException _) {
        // time to see again whether connections shall be refused
      } catch (IOException _) {
        // closed by a change of behaviour or for good; or out of descriptors: try again
        LockSupport.parkNanos(this, 1_000_000);
      }
    }
  }

  /** The open listener; still the closed one if a change of behaviour came in between. */
  private ServerSocket listenAgainIfClosed() throws IOException {
    listening.lock();
    try {
      if (listener.isClosed() && !closed && !refuses()) {
        listener = listen(host, port);
      }
      return listener;
    } finally {
      listening.unlock();
    }
  }

  private Socket next(ServerSocket current) throws IOException {
    accepting = true;
    try {
      return current.accept();
    } finally {
      accepting = false;
    }
  }

  private void serve(Socket socket) {
    connections.add(socket);
    Thread.ofVirtual().name("simulated-connection").start(new ServerConnection(this, socket));
    if (closed) {
      closeQuietly(socket);
    }
  }

  /** Whether the listener shall be closed now. */
  private boolean refuses() {
    SimulatedState state = active.state();
    return state.behaviour().on(Knob.REFUSE)
        && (!state.behaviour().choosesRequests() || state.isDown(System.nanoTime()));
  }

  private static Active activate(SimulatedBehaviour behaviour) {
    return new Active(new SimulatedState(behaviour, System.nanoTime()), new ConcurrentHashMap<>());
  }

  private static ServerSocket listen(InetAddress host, int port) throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(host, port), BACKLOG);
      return listener;
    } catch (IOException e) {
      closeQuietly(listener);
      throw e;
    }
  }

  private static void closeQuietly(@Nullable AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception _) {
      // nothing depends on it
    }
  }

  /**
   * Runs a server as a process: {@code [--host H] [--port N] [--capture BYTES] [--knob
   * NAME=VALUE]…}. Prints its base address when it is ready.
   */
  public static void main(String[] arguments) throws InterruptedException {
    System.exit(SimulatedServerMain.run(List.of(arguments)));
  }
}
