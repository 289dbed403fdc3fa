package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All entries in an array, to count their bytes and to draw random ones from.
 *
 * <p>Thread-safe by a lock that is held for some ten ns, or for the drawing of {@link #SAMPLE}
 * entries while one must go. 12 bytes per entry.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // all updates are under the lock
final class Ledger {
  /**
   * Entries drawn to find one to let go: 32 save 2 % more money than 16, and 16 4 % more than 8.
   */
  private static final int SAMPLE = 32;

  private static final int FIRST_LENGTH = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Held[] all = new @Nullable Held[FIRST_LENGTH];
  // What the score of an unused entry is made of: dollars per byte as the bits of a float above,
  // seconds of storing below. So most of the drawn are judged without being touched.
  private long[] briefs = new long[FIRST_LENGTH];
  private long random;
  private volatile int count;
  private volatile long bytes;

  Ledger(long seed) {
    random = seed;
  }

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  /** Does nothing if it is gone already. */
  void add(Held held) {
    lock.lock();
    try {
      if (held.position != Held.NOT_YET) {
        return;
      }
      int at = count;
      if (at == all.length) {
        all = Arrays.copyOf(all, 2 * at);
        briefs = Arrays.copyOf(briefs, 2 * at);
      }
      all[at] = held;
      briefs[at] = brief(held.entry);
      held.position = at;
      count = at + 1;
      bytes += held.weight;
    } finally {
      lock.unlock();
    }
  }

  /** More bytes because of it. */
  void charge(Held held, int more) {
    lock.lock();
    try {
      held.weight += more;
      if (held.position >= 0) {
        bytes += more;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was still there; it can not come back. */
  boolean remove(Held held) {
    lock.lock();
    try {
      return take(held);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the one of a few random entries that is worth least, if there are too many bytes. */
  @Nullable Held takeLeastAbove(long maxBytes, long nowMillis) {
    if (bytes <= maxBytes) {
      return null;
    }
    lock.lock();
    try {
      if (bytes <= maxBytes || count == 0) {
        return null;
      }
      Held least = at(draw());
      double leastScore = EvictionScore.of(least.entry, nowMillis);
      for (int i = 1; i < SAMPLE; i++) {
        int position = draw();
        if (unused(briefs[position], nowMillis) < leastScore) {
          Held other = at(position);
          double score = EvictionScore.of(other.entry, nowMillis);
          if (score < leastScore) {
            least = other;
            leastScore = score;
          }
        }
      }
      take(least);
      return least;
    } finally {
      lock.unlock();
    }
  }

  CacheEntry[] copy() {
    lock.lock();
    try {
      CacheEntry[] copy = new CacheEntry[count];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = at(i).entry;
      }
      return copy;
    } finally {
      lock.unlock();
    }
  }

  private boolean take(Held held) {
    int at = held.position;
    held.position = Held.GONE;
    if (at < 0) {
      return false;
    }
    int last = count - 1;
    Held moved = at(last);
    all[last] = null;
    if (moved != held) {
      all[at] = moved;
      briefs[at] = briefs[last];
      moved.position = at;
    }
    count = last;
    bytes -= held.weight;
    return true;
  }

  private static long brief(CacheEntry entry) {
    long upper = Float.floatToRawIntBits((float) EvictionScore.perByte(entry));
    return upper << 32 | (entry.storedAtMillis() / 1_000 & 0xFFFFFFFFL);
  }

  private static double unused(long brief, long nowMillis) {
    double perByte = Float.intBitsToFloat((int) (brief >>> 32));
    return EvictionScore.unused(perByte, (brief & 0xFFFFFFFFL) * 1_000, nowMillis);
  }

  /** SplitMix64, reduced by multiplication. */
  private int draw() {
    random += 0x9E3779B97F4A7C15L;
    long z = random;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    long bits = (z ^ (z >>> 31)) >>> 32;
    return (int) ((bits * count) >>> 32);
  }

  private Held at(int position) {
    Held held = all[position];
    if (held == null) {
      throw new IllegalStateException("hole at " + position + " of " + count);
    }
    return held;
  }
}
