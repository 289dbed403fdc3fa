package fairlead.routing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many calls one target gets at once: grows by one per round of answers, shrinks by a factor
 * when the target says or shows that it has too many, and doubles per round once it has not said so
 * for a while.
 *
 * <p>Thread-safe, lock-free, allocates nothing. Additive increase and multiplicative decrease (Chiu
 * and Jain, 1989). The signs are refusals for overload, and a time to the first token that has
 * tripled against its own long average.
 */
public final class ConcurrencyLimit {
  private static final double REFUSED_FACTOR = 0.75;
  private static final double SLOW_FACTOR = 0.9;

  /** A burst of refusals is one event. */
  private static final long BETWEEN_REFUSALS_NANOS = 100_000_000L;

  private static final long BETWEEN_SLOW_NANOS = 1_000_000_000L;

  /**
   * After so long without a sign the limit is no longer what holds the target back. Growing by one
   * per round, a target that was refused all calls for a minute would take hours to come back.
   */
  private static final long QUIET_NANOS = 10_000_000_000L;

  private static final int SAMPLES_FOR_BASELINE = 32;
  private static final int BASELINE_SAMPLES = 128;
  private static final double FAST_WEIGHT = 0.25;
  private static final double SLOW_RATIO = 3;
  private static final int CAUTION = 8;

  private final int min;
  private final int max;
  private final PaddedCount inFlight = new PaddedCount();
  private final AtomicLong limit; // bits of a double
  private final AtomicLong refusedAt;
  private final AtomicLong slowAt;
  private final AtomicLong averages = new AtomicLong(); // two floats: slow, fast; in ns
  private final AtomicInteger samples = new AtomicInteger();
  private volatile boolean answeredSinceCut = true;

  /**
   * @param min the limit never falls below it; at least 1
   * @param max where the limit begins and what it never exceeds; 0: no limit, only a count
   */
  public ConcurrencyLimit(int min, int max, long nowNanos) {
    if (min < 1 || max < 0 || (max > 0 && max < min)) {
      throw new IllegalArgumentException("concurrency out of range: min " + min + ", max " + max);
    }
    this.min = min;
    this.max = max;
    this.limit = new AtomicLong(Double.doubleToRawLongBits(max == 0 ? Integer.MAX_VALUE : max));
    this.refusedAt = new AtomicLong(nowNanos - BETWEEN_REFUSALS_NANOS);
    this.slowAt = new AtomicLong(nowNanos - BETWEEN_SLOW_NANOS);
  }

  /** Takes a place if there is one. */
  public boolean tryAcquire() {
    if (max == 0) {
      inFlight.add(1);
      return true;
    }
    long present = inFlight.get();
    while (present < limit()) {
      if (inFlight.compareAndSet(present, present + 1)) {
        return true;
      }
      present = inFlight.get();
    }
    return false;
  }

  /** Takes a place whether there is one or not. */
  void acquire() {
    inFlight.add(1);
  }

  /** Gives a place back. */
  public void release() {
    inFlight.add(-1);
  }

  /**
   * The answer to a call has begun, so the target had room for it; to be told before its place is
   * given back. Not its end: that of a long stream would come too late.
   *
   * @param startedNanos when the call began
   */
  public void answered(long startedNanos, long nowNanos) {
    if (!answeredSinceCut && startedNanos - refusedAt.get() >= 0) {
      answeredSinceCut = true;
    }
    long bits = limit.get();
    double present = Double.longBitsToDouble(bits);
    if (present < max && inFlight.get() * 2 >= present) {
      double more = isQuiet(nowNanos) ? 1 : 1 / present;
      // Lost to a race: one answer of many did not count.
      limit.compareAndSet(bits, Double.doubleToRawLongBits(Math.min(max, present + more)));
    }
  }

  private boolean isQuiet(long nowNanos) {
    return nowNanos - refusedAt.get() >= QUIET_NANOS && nowNanos - slowAt.get() >= QUIET_NANOS;
  }

  /**
   * The target refused a call because it has too many; to be told before the place is given back.
   * One that answers no new call in between refuses whatever their number is: that takes a breaker,
   * or another key, and not a limit that would have to grow from its floor afterwards.
   */
  public void overloaded(long nowNanos) {
    if (answeredSinceCut && shrink(refusedAt, BETWEEN_REFUSALS_NANOS, REFUSED_FACTOR, nowNanos)) {
      answeredSinceCut = false;
    }
  }

  /** How long a call waited for its first token. */
  public void firstToken(long waitedNanos, long nowNanos) {
    int known = samples.get();
    if (known < BASELINE_SAMPLES) {
      samples.compareAndSet(known, known + 1);
    }
    long word = averages.get();
    float slow = Float.intBitsToFloat((int) (word >>> 32));
    float fast = Float.intBitsToFloat((int) word);
    boolean tripled = known >= SAMPLES_FOR_BASELINE && fast > SLOW_RATIO * slow;
    // A baseline that learnt the overload at full speed would soon call it normal.
    int weight = (Math.min(known, BASELINE_SAMPLES - 1) + 1) * (tripled ? CAUTION : 1);
    slow += (waitedNanos - slow) / weight;
    fast += known == 0 ? waitedNanos - fast : (float) (FAST_WEIGHT * (waitedNanos - fast));
    long changed =
        (long) Float.floatToRawIntBits(slow) << 32 | (Float.floatToRawIntBits(fast) & 0xFFFF_FFFFL);
    averages.compareAndSet(word, changed); // lost to a race: one sample of many
    if (known >= SAMPLES_FOR_BASELINE
        && fast > SLOW_RATIO * slow
        && inFlight.get() * 2 >= limit()) {
      boolean _ = shrink(slowAt, BETWEEN_SLOW_NANOS, SLOW_FACTOR, nowNanos);
    }
  }

  /** Calls that hold a place. */
  public int inFlight() {
    return (int) inFlight.get();
  }

  /** Calls that may hold a place; {@link Integer#MAX_VALUE} if there is no limit. */
  public int limit() {
    return (int) Double.longBitsToDouble(limit.get());
  }

  /** Whether all places are taken. */
  public boolean full() {
    return max != 0 && inFlight.get() >= limit();
  }

  private boolean shrink(AtomicLong lastAt, long atLeastNanos, double factor, long nowNanos) {
    long last = lastAt.get();
    long present = inFlight.get();
    // A target that refuses so few calls refuses for another reason than their number; and one that
    // has still more than the limit of today has not shown yet what it does at that.
    if (present <= min || present > limit() + 1) {
      return false;
    }
    if (max == 0 || nowNanos - last < atLeastNanos || !lastAt.compareAndSet(last, nowNanos)) {
      return false;
    }
    long bits;
    double smaller;
    do {
      bits = limit.get();
      // What is in flight is what the target has too many of, however high the limit was.
      smaller = factor * Math.min(Double.longBitsToDouble(bits), (double) present);
    } while (!limit.compareAndSet(bits, Double.doubleToRawLongBits(Math.max(min, smaller))));
    return true;
  }
}
