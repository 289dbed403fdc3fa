package fairlead.server.http;

import fairlead.providers.http.DeadlineSweeper;
import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server: our protocol on Helidon's listener, one virtual thread per connection.
 *
 * <p>Thread-safe. Lifecycle: 1. {@link #builder}; 2. {@link #start}; 3. {@link #stop}, once. What
 * it refuses and when it gives up is in docs/http-front.md.
 */
public final class HttpFront implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(HttpFront.class.getName());
  private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LAST_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final FrontState front;
  private @Nullable Tls tls;
  private volatile @Nullable Listener listener;
  private volatile int port;
  private volatile boolean listening;

  HttpFront(FrontState front) {
    this.front = front;
  }

  /**
   * @param handlers makes the handler of each connection
   * @param sweeper keeps the deadlines
   */
  public static HttpFrontBuilder builder(HttpHandler.Factory handlers, DeadlineSweeper sweeper) {
    return new HttpFrontBuilder(handlers, sweeper);
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound or the certificate not be read
   */
  public synchronized HttpFront start() throws IOException {
    if (listener != null || front.draining()) {
      throw new IllegalStateException("a front is started once");
    }
    Descriptors.prepare();
    FrontSettings settings = front.settings;
    if (settings.certificates() != null && settings.privateKey() != null) {
      tls = PemFiles.read(settings.certificates(), settings.privateKey());
    }
    Listener opened = new Listener(front, tls, settings.port());
    try {
      front.loops.open();
      opened.open();
    } catch (IOException | RuntimeException | Error e) {
      front.loops.close();
      throw e;
    }
    listener = opened;
    port = opened.port();
    listening = true;
    Thread.ofVirtual().name("fairlead-listener-watchdog").start(this::watch);
    return this;
  }

  /** The port that is listened on. */
  public int port() {
    return port;
  }

  /**
   * Whether new connections are accepted. False for a moment when the process had run out of
   * descriptors.
   */
  public boolean isListening() {
    return listening && !front.draining();
  }

  /** How many connections are open, idle ones among them. */
  public int openConnections() {
    return front.connections.size();
  }

  /** How many requests are being served. */
  public long inFlight() {
    return front.inFlight.sum();
  }

  /** How many bytes of memory requests and responses use beyond each connection's own buffers. */
  public long bufferedBytes() {
    return front.pool.lent();
  }

  /** Lets go of the large arrays that are kept for the next bodies. */
  public void trim() {
    front.pool.trim();
  }

  /** How many connections are accepted at once; more wait in the kernel's queue. */
  public int maxConnections() {
    return front.settings.maxConnections();
  }

  /**
   * Helidon's listener ends for good when accept fails, as it does when the process has run out of
   * descriptors; this opens another one on the same port. Connections are kept: see {@link
   * FrontState#listenerEnded}.
   */
  private void watch() {
    while (!front.draining()) {
      LockSupport.parkNanos(WATCH_NANOS);
      try {
        repair();
      } catch (IOException | RuntimeException | Error e) {
        // out of descriptors, even classes and log files may fail to open: try again later
        listening = false;
      }
    }
  }

  private synchronized void repair() throws IOException {
    Listener current = listener;
    if (current == null || front.draining() || (listening && current.accepts())) {
      return;
    }
    if (listening) {
      listening = false;
      Thread _ = current.close();
    }
    if (current.portIsFree()) {
      Listener next = new Listener(front, tls, port);
      next.open();
      listener = next;
      listening = true;
      LOGGER.log(System.Logger.Level.WARNING, "listening again on port " + port);
    }
  }

  /**
   * Stops: no more connections are accepted, idle ones are closed at once, the others after the
   * response they are working on, which says so; what is left after the drain time is aborted.
   * Returns when all connections have ended.
   */
  public synchronized void stop() {
    Listener stopped = listener;
    if (stopped == null || front.draining()) {
      return;
    }
    front.drain();
    listening = false;
    Thread closing = stopped.close();
    front.connections.forEach(Connection::closeIfIdle);
    if (!await(front.settings.drainNanos())) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          openConnections() + " connections did not end in time and are aborted");
      front.connections.forEach(Connection::abort);
      if (!await(LAST_GRACE_NANOS)) {
        LOGGER.log(System.Logger.Level.ERROR, openConnections() + " connections do not end");
      }
    }
    front.loops.close();
    try {
      closing.join(TimeUnit.NANOSECONDS.toMillis(LAST_GRACE_NANOS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until there are no connections; false if that takes longer. */
  private boolean await(long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (!front.connections.isEmpty()) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /** Same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }
}
