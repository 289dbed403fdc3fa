package fairlead.cache.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key without asking the map: whether it may be in the store, and whether an
 * answer to it was turned away lately.
 *
 * <p>A map of hundreds of megabytes is in no cache of the processor, and who asks it for what it
 * does not have waits for memory two or three times. Here both answers are in one word: it is
 * waited for once.
 *
 * <p>Thread-safe, lock-free. A key that was marked is known until {@link #renew} finds it gone. Of
 * the keys that are not there one in a hundred is taken for one that is, after many have gone up to
 * one in twenty. A thousandth to a five-hundredth of the store's size.
 */
final class KeySketch {
  /*
   * The lower bits of a word are a Bloom filter for the keys that have this word (a blocked Bloom
   * filter: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", section 3,
   * with blocks of one word). Keys are digests, so that their own bits do for hash functions. The
   * upper bits are some of the key that was turned away last.
   */
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int KEY_BITS = 48;

  private static final long KEYS = (1L << KEY_BITS) - 1;

  /** Of memory; a word has two or three entries. */
  private static final int BYTES_PER_WORD = 4_096;

  private static final int LEAST_WORDS = 1 << 12;
  private static final int MOST_WORDS = 1 << 24;

  /** Keys a word may have seen before those that have gone are worth clearing. */
  private static final int FULL = 6;

  private final int words;
  private volatile long[] sketch;

  /** What is being made instead, if anything is. */
  private volatile long @Nullable [] next;

  private final AtomicBoolean renewing = new AtomicBoolean();
  private final AtomicInteger marked = new AtomicInteger();
  private volatile int most;

  /**
   * @param maxBytes of the store
   */
  KeySketch(long maxBytes) {
    words = Math.clamp(Long.highestOneBit(maxBytes / BYTES_PER_WORD), LEAST_WORDS, MOST_WORDS);
    sketch = new long[words];
    most = words * FULL;
  }

  /** Whether this key may be there; if it was marked, it may. */
  boolean mayHold(long high, long low) {
    long bits = bits(low);
    return (get(sketch, word(high)) & bits) == bits;
  }

  /** Takes note of a key, once it is in the map and before anybody is told so. */
  void mark(long high, long low) {
    // In this order: the other way round, one that is renewed in between would miss the key.
    long[] soon = next;
    if (soon != null) {
      set(soon, high, low);
    }
    if (set(sketch, high, low)) {
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
      long[] old = sketch;
      long[] fresh = new long[words];
      for (int i = 0; i < words; i++) {
        fresh[i] = get(old, i) & ~KEYS;
      }
      next = fresh; // from here on keys are marked in both, so that none is missed that comes now
      int[] count = {0};
      keys.accept(key -> count[0] += set(fresh, key.high(), key.low()) ? 1 : 0);
      most = Math.max(words * FULL, 2 * count[0]); // if all are there it does not help
      marked.set(count[0]);
      sketch = fresh;
    } finally {
      next = null;
      renewing.set(false);
    }
  }

  /**
   * Whether the answer to this key is the last that was turned away of those that share its word.
   * One key in 32,768 is taken for it.
   */
  boolean wasTurnedAway(long high, long low) {
    return get(sketch, word(high)) >>> KEY_BITS == stamp(low);
  }

  /** Takes note that the answer to this key was turned away, unless another note comes between. */
  void turnAway(long high, long low) {
    long[] in = sketch;
    int word = word(high);
    long seen = get(in, word);
    WORDS.compareAndSet(in, word, seen, (seen & KEYS) | (stamp(low) << KEY_BITS));
  }

  /** Whether that is news. */
  private boolean set(long[] in, long high, long low) {
    long bits = bits(low);
    long before = (long) WORDS.getAndBitwiseOr(in, word(high), bits);
    return (before & bits) != bits;
  }

  private static long get(long[] in, int word) {
    return (long) WORDS.getVolatile(in, word);
  }

  private int word(long high) {
    return (int) high & (words - 1);
  }

  /** Three bits of a word, by three parts of the key. */
  private static long bits(long low) {
    return 1L << bit(low) | 1L << bit(low >>> 16) | 1L << bit(low >>> 32);
  }

  private static int bit(long part) {
    return (((int) part & 0xffff) * KEY_BITS) >>> 16;
  }

  /** Some bits of the key that do not choose the other ones, and never 0, which is nobody's. */
  private static long stamp(long low) {
    return low >>> KEY_BITS | 1;
  }
}
