package fairlead.routing;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Chooses among the keys of one provider and remembers which of them must rest.
 *
 * <p>Thread-safe, lock-free. At most 64 keys, so that the keys a call has tried fit in one long.
 * {@link #choose} is O(keys) and allocates nothing.
 */
public final class KeyRing {
  public static final int MAX_KEYS = 64;

  private final double[] weights;
  private final AtomicLongArray restsUntil;
  private final long origin;

  /**
   * @param weights above 0, one per key, at most {@value #MAX_KEYS}
   * @param nowNanos the present time; all times are compared with it, so that they cannot overflow
   */
  public KeyRing(double[] weights, long nowNanos) {
    if (weights.length < 1 || weights.length > MAX_KEYS) {
      throw new IllegalArgumentException("1 to " + MAX_KEYS + " keys: " + weights.length);
    }
    this.weights = weights.clone();
    this.restsUntil = new AtomicLongArray(weights.length);
    this.origin = nowNanos;
  }

  public int size() {
    return weights.length;
  }

  /**
   * Picks a key that was not tried and does not rest; if all untried ones rest, the one that is
   * back first (a key that may fail beats a certain refusal).
   *
   * @param tried bit i set: key i is out for this call
   * @return an index, or -1 if all were tried
   */
  public int choose(long seed, long nowNanos, long tried) {
    long now = nowNanos - origin;
    double total = 0;
    int soonest = -1;
    for (int i = 0; i < weights.length; i++) {
      if ((tried & (1L << i)) != 0) {
        continue;
      }
      if (restsUntil.get(i) <= now) {
        total += weights[i];
      }
      if (soonest < 0 || restsUntil.get(i) < restsUntil.get(soonest)) {
        soonest = i;
      }
    }
    if (total == 0) {
      return soonest;
    }
    double point = Mix.unit(seed, 97) * total;
    int last = soonest;
    for (int i = 0; i < weights.length; i++) {
      if ((tried & (1L << i)) == 0 && restsUntil.get(i) <= now) {
        last = i;
        point -= weights[i];
        if (point < 0) {
          break;
        }
      }
    }
    return last;
  }

  /** Lets a key rest until {@code untilNanos}; a rest is never shortened. */
  public void rest(int key, long untilNanos) {
    restsUntil.accumulateAndGet(key, untilNanos - origin, Math::max);
  }

  /** Whether the key is not resting. */
  public boolean ready(int key, long nowNanos) {
    return restsUntil.get(key) <= nowNanos - origin;
  }
}
