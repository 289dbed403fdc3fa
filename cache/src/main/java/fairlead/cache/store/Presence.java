package fairlead.cache.store;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells of most keys that are not in the store that they are not: one bit for all keys that share
 * their lower bits (a Bloom filter with one function, as the keys are digests).
 *
 * <p>A map of hundreds of megabytes is in no cache of the processor, and who asks it for what it
 * does not have waits for memory once or twice. This is a thousandth of its size. Of the keys that
 * are not there about one in ten is taken for one that is, after many have gone up to one in six.
 *
 * <p>Thread-safe, lock-free. A key that was marked is known until {@link #renew} finds it gone.
 */
final class Presence {
  /** Of memory; an entry has ten times as many. */
  private static final int BYTES_PER_BIT = 128;

  /** One bit in so many may be set before those of keys that have gone are worth clearing. */
  private static final int FULL = 6;

  private static final int LEAST_WORDS = 64;

  private final int words;
  private volatile AtomicLongArray bits;

  /** What is being made instead, if anything is. */
  private volatile @Nullable AtomicLongArray next;

  private final AtomicBoolean renewing = new AtomicBoolean();
  private final AtomicInteger marked = new AtomicInteger();
  private volatile int most;

  /**
   * @param maxBytes of the store
   */
  Presence(long maxBytes) {
    long wanted = Long.highestOneBit(maxBytes / BYTES_PER_BIT / Long.SIZE);
    words = Math.clamp(wanted, LEAST_WORDS, 1 << 24);
    bits = new AtomicLongArray(words);
    most = words * Long.SIZE / FULL;
  }

  /** Whether a key with that lower half may be there; if it was marked, it may. */
  boolean mayHold(long low) {
    return (bits.get(word(low)) & bit(low)) != 0;
  }

  /** Takes note of a key, once it is in the map and before anybody is told so. */
  void mark(long low) {
    // In this order: the other way round, one that is renewed in between would miss the key.
    AtomicLongArray soon = next;
    if (soon != null) {
      set(soon, low);
    }
    if (set(bits, low)) {
      marked.getAndIncrement();
    }
  }

  /** Whether so many keys were marked that {@link #renew} may help. */
  boolean isFull() {
    return marked.get() > most;
  }

  /**
   * Forgets keys that have gone. Takes some ten ns for each that is there.
   *
   * @param keys hands over each key that is in the map
   */
  void renew(Consumer<Consumer<Key>> keys) {
    if (!renewing.compareAndSet(false, true)) {
      return;
    }
    try {
      AtomicLongArray fresh = new AtomicLongArray(words);
      next = fresh; // from here on keys are marked in both, so that none is missed that comes now
      int[] count = {0};
      keys.accept(key -> count[0] += set(fresh, key.low()) ? 1 : 0);
      most = Math.max(words * Long.SIZE / FULL, 2 * count[0]); // if all are there it does not help
      marked.set(count[0]);
      bits = fresh;
    } finally {
      next = null;
      renewing.set(false);
    }
  }

  /** Whether that is news. */
  private boolean set(AtomicLongArray in, long low) {
    long bit = bit(low);
    return (in.getAndAccumulate(word(low), bit, (all, more) -> all | more) & bit) == 0;
  }

  private int word(long low) {
    return (int) (low >>> 6) & (words - 1);
  }

  private static long bit(long low) {
    return 1L << low;
  }
}
