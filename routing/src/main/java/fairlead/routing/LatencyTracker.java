package fairlead.routing;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a target takes to its first content: percentiles of recent calls, and an average that
 * rises at once and falls slowly.
 *
 * <p>Thread-safe, lock-free, allocates nothing after construction (700 bytes). The histogram has
 * eight buckets per doubling, so percentiles are exact to 7 % from 1 ms to 10 minutes. Recording
 * costs two atomic additions.
 */
public final class LatencyTracker {
  private static final int MIN_RECORDS = 20;

  /** After so many records all counts are halved: old times fade. */
  private static final int RECORDS_PER_FADE = 1_000;

  private static final int RECORDS_PER_PERCENTILE = 16;
  private static final int UNIT_SHIFT = 17; // 0.13 ms
  private static final int BUCKETS_PER_DOUBLING_BITS = 3;
  private static final long MAX_UNITS = 600_000_000_000L >> UNIT_SHIFT;
  private static final int BUCKETS = bucket(MAX_UNITS) + 1;
  private static final int TICK_SHIFT = 24; // 17 ms
  private static final double DECAY_PER_TICK = (1L << TICK_SHIFT) / 10e9;

  private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong cached = new AtomicLong(); // record number << 16 | percent << 8 | bucket
  private final AtomicLong average = new AtomicLong(); // float of ns << 32 | tick of its time

  /** A call took {@code nanos} to its first content. */
  public void record(long nanos, long nowNanos) {
    counts.getAndIncrement(bucket(Math.clamp(nanos >> UNIT_SHIFT, 0, MAX_UNITS)));
    if (records.incrementAndGet() % RECORDS_PER_FADE == 0) {
      fade();
    }
    averageIn(nanos, nowNanos);
  }

  /**
   * The time that {@code percent} of recent calls did not exceed, or -1 while too few are known. It
   * may be behind by a few calls.
   *
   * @param percent 1 to 100
   */
  public long percentile(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("1 to 100 percent: " + percent);
    }
    long known = records.get();
    if (known < MIN_RECORDS) {
      return -1;
    }
    long last = cached.get();
    if ((last >>> 8 & 0xFF) == percent && known - (last >>> 16) < RECORDS_PER_PERCENTILE) {
      return middleNanos((int) last & 0xFF);
    }
    int bucket = find(percent);
    cached.set(known << 16 | (long) percent << 8 | bucket);
    return middleNanos(bucket);
  }

  /** The average as of the last record; 0 if there was none. */
  public double ewmaNanos() {
    return Float.intBitsToFloat((int) (average.get() >>> 32));
  }

  /**
   * The average as of now: it keeps falling while nothing is recorded, so that a target nobody asks
   * for being slow is asked again some day.
   */
  double ewmaNanos(long nowNanos) {
    long word = average.get();
    float known = Float.intBitsToFloat((int) (word >>> 32));
    int ticks = tick(nowNanos) - (int) word;
    return ticks <= 0 || known == 0 ? known : known * Math.exp(-ticks * DECAY_PER_TICK);
  }

  private void averageIn(long nanos, long nowNanos) {
    int tick = tick(nowNanos);
    while (true) {
      long word = average.get();
      float known = Float.intBitsToFloat((int) (word >>> 32));
      int ticks = tick - (int) word;
      double changed = nanos;
      if (nanos < known) {
        if (ticks <= 0) {
          return;
        }
        double old = Math.exp(-ticks * DECAY_PER_TICK);
        changed = known * old + nanos * (1 - old);
      }
      long next = (long) Float.floatToRawIntBits((float) changed) << 32 | (tick & 0xFFFF_FFFFL);
      if (average.compareAndSet(word, next)) {
        return;
      }
    }
  }

  private int find(int percent) {
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      total += counts.get(i);
    }
    long rank = Math.max(1, (total * percent + 99) / 100);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts.get(i);
      if (seen >= rank) {
        return i;
      }
    }
    return BUCKETS - 1; // halved while being read
  }

  private void fade() {
    for (int i = 0; i < BUCKETS; i++) {
      int present = counts.get(i);
      while (present != 0 && !counts.compareAndSet(i, present, present / 2)) {
        present = counts.get(i);
      }
    }
  }

  private static int bucket(long units) {
    if (units < 1 << BUCKETS_PER_DOUBLING_BITS) {
      return (int) units;
    }
    int shift = 63 - BUCKETS_PER_DOUBLING_BITS - Long.numberOfLeadingZeros(units);
    return (shift << BUCKETS_PER_DOUBLING_BITS) + (int) (units >>> shift);
  }

  private static long middleNanos(int bucket) {
    int shift = Math.max(0, (bucket >>> BUCKETS_PER_DOUBLING_BITS) - 1);
    long first = (long) (bucket - (shift << BUCKETS_PER_DOUBLING_BITS)) << shift;
    return ((2 * first + (1L << shift)) << UNIT_SHIFT) / 2;
  }

  private static int tick(long nowNanos) {
    return (int) (nowNanos >> TICK_SHIFT);
  }
}
