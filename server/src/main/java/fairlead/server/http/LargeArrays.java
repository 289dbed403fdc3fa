package fairlead.server.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the arrays of large bodies for the next borrower, so that a load of large bodies does not
 * fill the heap with garbage of their size, for whose sake the collector stops everything.
 *
 * <p>Thread-safe; one lock, held for nanoseconds, where a body of this size costs tens of
 * microseconds. Four sizes between two powers of two. What exceeds the room, or is larger than
 * {@link #LARGEST}, is left to the collector.
 */
final class LargeArrays {
  /** Of larger bodies there are few at a time. */
  static final int LARGEST = 2 * 1024 * 1024;

  private static final int STEPS_PER_DOUBLING = 4;
  private static final int STEP_BITS = 2;

  private final int smallestExponent;
  private final List<ArrayDeque<byte[]>> shelves = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private long keptBytes; // guarded by lock

  /**
   * @param above a power of two; all arrays are larger
   */
  LargeArrays(int above) {
    smallestExponent = Integer.numberOfTrailingZeros(above);
    int doublings = Integer.numberOfTrailingZeros(LARGEST) - smallestExponent;
    for (int i = 0; i < doublings * STEPS_PER_DOUBLING; i++) {
      shelves.add(new ArrayDeque<>(0));
    }
  }

  /** What is lent to whom needs {@code size} bytes: less than a quarter more. */
  static int capacity(int size) {
    int step = Integer.highestOneBit(size - 1) / STEPS_PER_DOUBLING;
    return (size + step - 1) & -step;
  }

  /** An array of just that capacity, or null. */
  byte @Nullable [] take(int capacity) {
    if (capacity > LARGEST) {
      return null;
    }
    lock.lock();
    try {
      byte[] array = shelf(capacity).pollLast();
      if (array != null) {
        keptBytes -= capacity;
      }
      return array;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps an array that was lent.
   *
   * @param room how many bytes all that are kept may have
   */
  void keep(byte[] array, long room) {
    if (array.length > LARGEST) {
      return;
    }
    lock.lock();
    try {
      if (keptBytes + array.length <= room) {
        shelf(array.length).addLast(array);
        keptBytes += array.length;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Leaves everything to the collector. */
  void clear() {
    lock.lock();
    try {
      shelves.replaceAll(_ -> new ArrayDeque<>(0));
      keptBytes = 0;
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes are kept now. */
  long keptBytes() {
    lock.lock();
    try {
      return keptBytes;
    } finally {
      lock.unlock();
    }
  }

  private ArrayDeque<byte[]> shelf(int capacity) {
    int exponent = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(capacity - 1);
    int step = ((capacity - 1) >>> (exponent - STEP_BITS)) & (STEPS_PER_DOUBLING - 1);
    return shelves.get((exponent - smallestExponent) * STEPS_PER_DOUBLING + step);
  }
}
