package fairlead.providers.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the deadlines of all connections and calls with one thread, so that reads need no timeouts
 * of their own.
 *
 * <p>Thread-safe. Every {@code tick} the thread looks at each registered deadline, about 5 ns each;
 * without any it sleeps. A deadline fires at most one tick late (plus scheduling). Actions run on
 * the sweeper's thread and must not block: closing a plain socket is fine, a TLS close is not.
 */
public final class DeadlineSweeper implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(DeadlineSweeper.class.getName());

  private final Set<Deadline> deadlines = ConcurrentHashMap.newKeySet();
  private final long tickNanos;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param tickMillis how often deadlines are looked at, 1 to 1,000 ms
   */
  public DeadlineSweeper(long tickMillis) {
    if (tickMillis < 1 || tickMillis > 1_000) {
      throw new IllegalArgumentException("tickMillis must be 1 to 1000: " + tickMillis);
    }
    tickNanos = TimeUnit.MILLISECONDS.toNanos(tickMillis);
    thread = Thread.ofPlatform().daemon().name("fairlead-deadlines").unstarted(this::run);
    thread.start();
  }

  /** A new deadline, not armed; {@link Deadline#close} it when its owner ends. */
  public Deadline register(Runnable action) {
    Deadline deadline = new Deadline(this, action);
    deadlines.add(deadline);
    if (deadlines.size() == 1) {
      LockSupport.unpark(thread);
    }
    return deadline;
  }

  void forget(Deadline deadline) {
    deadlines.remove(deadline);
  }

  private void run() {
    while (!closed) {
      if (deadlines.isEmpty()) {
        LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
      } else {
        LockSupport.parkNanos(this, tickNanos);
      }
      long now = System.nanoTime();
      for (Deadline deadline : deadlines) {
        try {
          deadline.sweep(now);
        } catch (RuntimeException e) {
          LOGGER.log(System.Logger.Level.ERROR, "a deadline's action failed", e);
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
