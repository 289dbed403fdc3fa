package fairlead.routing;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A count of events that halves every {@value #HALF_LIFE_SECONDS} seconds.
 *
 * <p>Thread-safe, lock-free, allocates nothing. Count and time share one word, the time in ticks of
 * 2²⁴ ns (17 ms) modulo 2³², so events of one tick cost one addition.
 */
final class DecayedCount {
  private static final int HALF_LIFE_SECONDS = 15;
  private static final int TICK_SHIFT = 24;
  private static final double DECAY_PER_TICK =
      Math.log(2) * (1L << TICK_SHIFT) / (HALF_LIFE_SECONDS * 1e9);

  /** From here on a sample is enough: it is right to a few percent. */
  private static final int MANY = 512;

  private static final int SAMPLED_BITS = 3;

  private final AtomicLong word = new AtomicLong();

  /** Counts one event, whatever it takes. */
  void add(long nowNanos) {
    long old;
    do {
      old = word.get();
    } while (!word.compareAndSet(old, more(old, 1, nowNanos)));
  }

  /**
   * Counts one event, roughly: one that races with another may be lost, and of very many every
   * eighth counts as eight, so that busy threads seldom write here.
   */
  void addRoughly(long nowNanos) {
    long old = word.get();
    int events = 1;
    if (count(old) > MANY) {
      if ((nowNanos * Mix.GOLDEN) >>> (Long.SIZE - SAMPLED_BITS) != 0) {
        return;
      }
      events = 1 << SAMPLED_BITS;
    }
    word.compareAndSet(old, more(old, events, nowNanos));
  }

  double get(long nowNanos) {
    return decayed(word.get(), tick(nowNanos));
  }

  void clear() {
    word.set(0);
  }

  private static long more(long word, int events, long nowNanos) {
    int tick = tick(nowNanos);
    return (long) Float.floatToRawIntBits((float) (decayed(word, tick) + events)) << 32
        | (tick & 0xFFFF_FFFFL);
  }

  private static double decayed(long word, int tick) {
    float count = count(word);
    int ticks = tick - (int) word;
    // A count from a moment ahead of ours was made by a thread that read the clock later.
    return ticks <= 0 || count == 0 ? count : count * Math.exp(-ticks * DECAY_PER_TICK);
  }

  private static float count(long word) {
    return Float.intBitsToFloat((int) (word >>> 32));
  }

  private static int tick(long nowNanos) {
    return (int) (nowNanos >> TICK_SHIFT);
  }
}
