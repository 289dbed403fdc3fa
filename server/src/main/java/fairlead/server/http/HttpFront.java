package fairlead.server.http;

import fairlead.providers.http.DeadlineSweeper;
import io.helidon.webserver.WebServer;
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
  private volatile @Nullable Listener listener;
  private volatile @Nullable WebServer server;
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
    if (server != null || front.draining()) {
      throw new IllegalStateException("a front is started once");
    }
    Listener opener = new Listener(front);
    WebServer opened = opener.open(front.settings.port());
    listener = opener;
    server = opened;
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

  /** How many connections are accepted at once; more wait in the kernel's queue. */
  public int maxConnections() {
    return front.settings.maxConnections();
  }

  /**
   * Helidon's listener ends for good when accept fails, as it does when the process has run out of
   * descriptors; this opens another one on the same port.
   */
  private void watch() {
    while (!front.draining()) {
      LockSupport.parkNanos(WATCH_NANOS);
      Listener opener = listener;
      if (opener == null || front.draining() || opener.isTaken(port)) {
        continue;
      }
      listening = false;
      reopen(opener);
    }
  }

  private synchronized void reopen(Listener opener) {
    if (front.draining()) {
      return;
    }
    try {
      server = opener.open(port);
      listening = true;
      LOGGER.log(System.Logger.Level.WARNING, "listening again on port " + port);
    } catch (IOException | RuntimeException e) {
      LOGGER.log(System.Logger.Level.WARNING, "cannot listen again on port " + port, e);
    }
  }

  /**
   * Stops: no more connections are accepted, idle ones are closed at once, the others after the
   * response they are working on, which says so; what is left after the drain time is aborted.
   * Returns when all connections have ended.
   */
  public synchronized void stop() {
    WebServer stopped = server;
    if (stopped == null || front.draining()) {
      return;
    }
    front.drain();
    listening = false;
    Thread closing =
        Thread.ofPlatform().daemon().name("fairlead-listener-stop").unstarted(stopped::stop);
    closing.start();
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
