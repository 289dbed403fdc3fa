package fairlead.server.observe;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Gives memory back to the system when a load is over.
 *
 * <p>The serial collector shrinks its heap only in a full collection, and starts one only when the
 * heap cannot grow any more: without this, a process would keep what its worst minute has needed.
 * The collection stops all threads for about 1 ms per MB of what is in use, some tens of
 * milliseconds; {@link LoadOver} has the rule.
 *
 * <p>Thread-safe. Lifecycle: 1. {@link #start}; 2. {@link #close}. One platform thread that looks
 * once a second.
 */
public final class MemoryReturn implements AutoCloseable {
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier calls;
  private final LongSupplier kept;
  private final Runnable letGo;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param calls how many are being served now
   * @param kept how many bytes of answers are in memory, which stay
   * @param letGo drops what is kept for the next call
   */
  public MemoryReturn(LongSupplier calls, LongSupplier kept, Runnable letGo) {
    this.calls = calls;
    this.kept = kept;
    this.letGo = letGo;
    thread = Thread.ofPlatform().daemon().name("fairlead-memory").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    Runtime runtime = Runtime.getRuntime();
    LoadOver load = new LoadOver(System.nanoTime(), runtime.totalMemory());
    while (!closed) {
      LockSupport.parkNanos(this, EVERY_NANOS);
      if (load.due(System.nanoTime(), calls.getAsLong(), runtime.totalMemory(), kept.getAsLong())) {
        letGo.run();
        System.gc();
        load.collected(System.nanoTime(), runtime.totalMemory());
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
