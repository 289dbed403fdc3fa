package fairlead.server.http;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lends byte arrays beyond the small one each connection owns, and counts them against a budget.
 *
 * <p>Thread-safe, and lock-free for arrays of 8 to 64 KiB, of which at most 2.5 MiB are kept for
 * the next borrower: borrowing one costs two compare-and-sets. Larger ones are kept while the
 * budget has room for them beside what is lent; {@link #trim} lets them go.
 */
final class BufferPool {
  private static final int SMALLEST = 8 * 1024;
  private static final int LARGEST_KEPT = 64 * 1024;
  private static final int ROUNDING = 4 * 1024;
  private static final int[] KEPT = {64, 32, 16, 16};
  private static final int PROBES = 4;

  private final AtomicLong lent = new AtomicLong();
  private final long budget;
  private final AtomicReferenceArray<byte @Nullable []>[] shelves;
  private final LargeArrays large;
  private final IntFunction<byte[]> allocator;

  BufferPool(long budget) {
    this(budget, byte[]::new);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generics cannot be made otherwise
  BufferPool(long budget, IntFunction<byte[]> allocator) {
    this.budget = budget;
    this.allocator = allocator;
    large = new LargeArrays(LARGEST_KEPT);
    shelves = new AtomicReferenceArray[KEPT.length];
    for (int i = 0; i < KEPT.length; i++) {
      shelves[i] = new AtomicReferenceArray<>(KEPT[i]);
    }
  }

  /**
   * Lends an array of at least {@code size} bytes for input.
   *
   * @throws HttpFailure 503 if that would exceed the budget
   */
  byte[] lend(int size) throws HttpFailure {
    int capacity = capacity(size);
    if (lent.addAndGet(capacity) > budget) {
      lent.addAndGet(-capacity);
      throw Rejection.OVERLOADED.failure(budget + " bytes");
    }
    return find(capacity);
  }

  /** Lends an array for output: counted, but never refused, since an answer frees memory. */
  byte[] lendAlways(int size) {
    int capacity = capacity(size);
    lent.addAndGet(capacity);
    return find(capacity);
  }

  void giveBack(byte[] array) {
    lent.addAndGet(-array.length);
    if (array.length > LARGEST_KEPT) {
      large.keep(array, budget - lent.get());
      return;
    }
    AtomicReferenceArray<byte @Nullable []> shelf = shelf(array.length);
    int at = start(shelf);
    for (int i = 0; i < PROBES; i++) {
      if (shelf.get(at) == null && shelf.compareAndSet(at, null, array)) {
        return;
      }
      at = (at + 1) % shelf.length();
    }
  }

  /** Leaves the large arrays that are kept to the collector. */
  void trim() {
    large.clear();
  }

  /** How many bytes are lent now. */
  long lent() {
    return lent.get();
  }

  private static int capacity(int size) {
    if (size <= SMALLEST) {
      return SMALLEST;
    }
    if (size <= LARGEST_KEPT) {
      return Integer.highestOneBit(size - 1) << 1;
    }
    return size <= LargeArrays.LARGEST
        ? LargeArrays.capacity(size)
        : Math.addExact(size, ROUNDING - 1) & -ROUNDING;
  }

  /** An array whose capacity has been counted already. */
  private byte[] find(int capacity) {
    if (capacity <= LARGEST_KEPT) {
      AtomicReferenceArray<byte @Nullable []> shelf = shelf(capacity);
      int at = start(shelf);
      for (int i = 0; i < PROBES; i++) {
        byte[] array = shelf.get(at);
        if (array != null && shelf.compareAndSet(at, array, null)) {
          return array;
        }
        at = (at + 1) % shelf.length();
      }
    } else {
      byte[] array = large.take(capacity);
      if (array != null) {
        return array;
      }
      if (large.keptBytes() > budget - lent.get()) {
        large.clear(); // bodies have another size now
      }
    }
    try {
      return allocator.apply(capacity);
    } catch (OutOfMemoryError e) {
      lent.addAndGet(-capacity);
      throw e;
    }
  }

  private AtomicReferenceArray<byte @Nullable []> shelf(int capacity) {
    return shelves[Integer.numberOfTrailingZeros(capacity / SMALLEST)];
  }

  private static int start(AtomicReferenceArray<?> shelf) {
    return (int) (Thread.currentThread().threadId() % shelf.length());
  }
}
