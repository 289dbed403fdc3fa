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
 * the sweeper's thread and must not block: closing a plain socket is fine, a TLS close is not. What
 * they throw is logged and ends nothing.
 */
public final class DeadlineSweeper implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(DeadlineSweeper.class.getName());

  private final Set<Deadline> deadlines = ConcurrentHashMap.newKeySet();
  private final long tickNanos;
  private final Thread thread;
  private volatile boolean sleeping;
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
    // The thread writes before it looks for deadlines, so that one of the two sees the other.
    if (sleeping) {
      LockSupport.unpark(thread);
    }
    return deadline;
  }

  void forget(Deadline deadline) {
    deadlines.remove(deadline);
  }

  /** Whether the thread has found no deadline to watch. */
  boolean isSleeping() {
    return sleeping;
  }

  private void run() {
    while (!closed) {
      try {
        await();
        sweep(System.nanoTime());
      } catch (Throwable e) {
        report(e);
      }
    }
  }

  private void await() {
    if (!deadlines.isEmpty()) {
      LockSupport.parkNanos(this, tickNanos);
      return;
    }
    sleeping = true;
    if (deadlines.isEmpty()) {
      LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
    }
    sleeping = false;
  }

  private void sweep(long nowNanos) {
    for (Deadline deadline : deadlines) {
      try {
        deadline.sweep(nowNanos);
      } catch (Throwable e) {
        report(e);
      }
    }
  }

  private static void report(Throwable failure) {
    // Every clock of the process depends on this thread.
    SafeLog.error(LOGGER, "a deadline's action failed", failure);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
