package fairlead.cache.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue from many threads to one.
 *
 * <p>{@link #offer} from any thread, lock-free; {@link #drain} from one thread at a time,
 * wait-free. An offer is one contended exchange, some 20 ns. After Vyukov's bounded queue: a
 * producer claims a number, then fills that cell; the consumer stops at a cell that is claimed and
 * not yet filled.
 */
final class TaskQueue<T> {
  // Each on a cache line of its own.
  private static final int TAIL = 8; // the next number to claim
  private static final int HEAD = 24; // the next number to take
  private static final int HEAD_SEEN = 40; // a head of earlier, for producers

  private final AtomicReferenceArray<@Nullable T> cells;
  private final int mask;
  private final AtomicLongArray numbers = new AtomicLongArray(48);

  /**
   * @param capacity a power of two
   */
  TaskQueue(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity must be a power of two: " + capacity);
    }
    cells = new AtomicReferenceArray<>(capacity);
    mask = capacity - 1;
  }

  boolean offer(T task) {
    long number;
    do {
      number = numbers.get(TAIL);
      if (number - numbers.getPlain(HEAD_SEEN) > mask) {
        long head = numbers.get(HEAD);
        numbers.setPlain(HEAD_SEEN, head);
        if (number - head > mask) {
          return false;
        }
      }
    } while (!numbers.compareAndSet(TAIL, number, number + 1));
    cells.setRelease((int) number & mask, task);
    return true;
  }

  /** How many were ever taken in. */
  long offered() {
    return numbers.get(TAIL);
  }

  /** Moves tasks to the end of a list; how many. */
  int drain(List<T> to, int most) {
    long head = numbers.getPlain(HEAD);
    int taken = 0;
    while (taken < most) {
      int cell = (int) head & mask;
      T task = cells.getAcquire(cell);
      if (task == null) {
        break;
      }
      cells.setPlain(cell, null);
      to.add(task);
      head++;
      taken++;
    }
    numbers.setRelease(HEAD, head);
    return taken;
  }
}
