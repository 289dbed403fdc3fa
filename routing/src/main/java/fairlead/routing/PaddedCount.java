package fairlead.routing;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A word that every call changes, on a cache line of its own, so that those who only read what lies
 * beside it are not slowed down.
 *
 * <p>Thread-safe, lock-free. 150 bytes.
 */
final class PaddedCount {
  private static final int LINE_WORDS = 8;

  private final AtomicLongArray words = new AtomicLongArray(2 * LINE_WORDS);

  long get() {
    return words.get(LINE_WORDS);
  }

  boolean compareAndSet(long expected, long value) {
    return words.compareAndSet(LINE_WORDS, expected, value);
  }

  void add(long amount) {
    words.getAndAdd(LINE_WORDS, amount);
  }
}
