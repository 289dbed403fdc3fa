package fairlead.server.observe;

import java.util.concurrent.atomic.LongAdder;

/**
 * One histogram series of durations. Thread-safe, striped: a record costs a short scan over the
 * bucket bounds and two striped additions, no allocation.
 */
public final class Timer {
  private final long[] boundsNanos;
  private final LongAdder[] buckets;
  private final LongAdder sumNanos = new LongAdder();

  /**
   * @param boundsNanos upper bounds of the buckets in ascending order; a last bucket without bound
   *     is added
   */
  Timer(long[] boundsNanos) {
    this.boundsNanos = boundsNanos;
    buckets = new LongAdder[boundsNanos.length + 1];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  /** Records one duration; negative ones count as 0. */
  public void record(long nanos) {
    int i = 0;
    while (i < boundsNanos.length && nanos > boundsNanos[i]) {
      i++;
    }
    buckets[i].increment();
    sumNanos.add(Math.max(0, nanos));
  }

  public long count() {
    long count = 0;
    for (LongAdder bucket : buckets) {
      count += bucket.sum();
    }
    return count;
  }

  long bucket(int i) {
    return buckets[i].sum();
  }

  long sumNanos() {
    return sumNanos.sum();
  }
}
