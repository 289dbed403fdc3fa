package fairlead.jmh;

import java.util.concurrent.atomic.LongAdder;

/**
 * How often the benchmark's own threads have asked for locks, as far as {@link LockCounting} made
 * them count. Thread-safe; a count costs some ten nanoseconds and allocates nothing.
 */
public final class LockCount {
  /** What JMH has in the names of the threads that run a benchmark. */
  private static final String WORKER = "-jmh-worker-";

  private static final LongAdder COUNT = new LongAdder();

  private LockCount() {}

  /** A lock is about to be asked for; called by transformed code. */
  public static void count() {
    if (Thread.currentThread().getName().contains(WORKER)) {
      COUNT.increment();
    }
  }

  /** How often so far. */
  public static long total() {
    return COUNT.sum();
  }
}
