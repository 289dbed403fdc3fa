package fairlead.cache.onnx;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One text on its way through the pool, settled once: by a worker, by the pool's end, or by time.
 *
 * <p>Made and awaited by one thread, settled by any. The vector is written before the state and
 * read after it.
 */
final class Question {
  private static final int OPEN = 0;
  static final int ANSWERED = 1;
  static final int FAILED = 2;
  static final int REFUSED = 3;
  static final int LATE = 4;

  private final Thread caller = Thread.currentThread();
  private final int[] ids;
  private final int count;
  private final long deadlineNanos;
  private final AtomicInteger state = new AtomicInteger(OPEN);
  private float @Nullable [] vector;

  Question(int[] ids, int count, long deadlineNanos) {
    this.ids = ids;
    this.count = count;
    this.deadlineNanos = deadlineNanos;
  }

  int[] ids() {
    return ids;
  }

  int count() {
    return count;
  }

  /** Whether it is still worth a run of the model. */
  boolean begin() {
    return state.get() == OPEN && deadlineNanos - System.nanoTime() > 0;
  }

  /** The first to settle decides; only one worker has the question, so only it writes a vector. */
  void settle(int how, float @Nullable [] found) {
    if (found != null) {
      vector = found;
    }
    if (state.compareAndSet(OPEN, how)) {
      LockSupport.unpark(caller);
    }
  }

  /** Waits until it is settled, at most until its deadline. An interrupt is time as well. */
  int await() {
    while (state.get() == OPEN) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0 || caller.isInterrupted()) {
        state.compareAndSet(OPEN, LATE);
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    return state.get();
  }

  float @Nullable [] vector() {
    return vector;
  }
}
