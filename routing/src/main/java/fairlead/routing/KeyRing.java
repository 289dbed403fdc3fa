package fairlead.routing;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Chooses among the keys of one provider and remembers which of them must rest or are out.
 *
 * <p>Thread-safe, lock-free. At most 64 keys, so that the keys a call has tried fit in one long.
 * {@link #choose} is O(keys); nothing here allocates after construction.
 */
public final class KeyRing {
  public static final int MAX_KEYS = 64;

  /** What may be done with a key. */
  public enum State {
    READY,
    /** It used up its share and rests until its limit is reset. */
    COOLING,
    /** The provider does not take it: wrong, without rights, or without credit. */
    OUT
  }

  private final double[] weights;
  private final AtomicLongArray restsUntil; // from the origin on; 0: never rested
  private final AtomicLongArray outUntil;
  private final AtomicLong everOut = new AtomicLong(); // bit i: outUntil[i] may be in force
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
    this.outUntil = new AtomicLongArray(weights.length);
    this.origin = nowNanos;
  }

  public int size() {
    return weights.length;
  }

  /** {@link #choose(long, long, long, long)} where every key has access. */
  public int choose(long seed, long nowNanos, long tried) {
    return choose(seed, nowNanos, tried, 0);
  }

  /**
   * Picks a key that was not tried, by weight among those that are ready. If there is none: the one
   * that cools and is back first, then the one that is out and is back first, then one without
   * access (a key that may fail beats a certain refusal).
   *
   * @param tried bit i set: key i is out for this call
   * @param denied bit i set: key i has no access to the model
   * @return an index, or -1 if all were tried
   */
  public int choose(long seed, long nowNanos, long tried, long denied) {
    long now = nowNanos - origin;
    long skip = tried | denied;
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      if ((skip & (1L << i)) == 0 && readyAt(i, now)) {
        total += weights[i];
      }
    }
    if (total == 0) {
      int soonest = backFirst(now, skip);
      return soonest >= 0 ? soonest : backFirst(now, tried);
    }
    double point = Mix.unit(seed, 97) * total;
    int last = -1;
    for (int i = 0; i < weights.length; i++) {
      if ((skip & (1L << i)) == 0 && readyAt(i, now)) {
        last = i;
        point -= weights[i];
        if (point < 0) {
          break;
        }
      }
    }
    // The last ready one may have gone to rest meanwhile.
    return last >= 0 ? last : backFirst(now, skip);
  }

  /** Lets a key rest until {@code untilNanos}; a rest is never shortened. */
  public void rest(int key, long untilNanos) {
    later(restsUntil, key, untilNanos - origin);
  }

  /** Takes a key out until {@code untilNanos}, or until it is restored. */
  public void out(int key, long untilNanos) {
    later(outUntil, key, untilNanos - origin);
    long bit = 1L << key;
    long present = everOut.get();
    while ((present & bit) == 0 && !everOut.compareAndSet(present, present | bit)) {
      present = everOut.get();
    }
  }

  /** Ends whatever keeps the key from being used. */
  public void restore(int key) {
    long bit = 1L << key;
    long present = everOut.get();
    while ((present & bit) != 0 && !everOut.compareAndSet(present, present & ~bit)) {
      present = everOut.get();
    }
    outUntil.set(key, 0);
    restsUntil.set(key, 0);
  }

  /** The provider took the key: it is not out, whatever was said before. One read as a rule. */
  public void succeeded(int key) {
    if ((everOut.get() & (1L << key)) != 0) {
      restore(key);
    }
  }

  /** Whether the key neither rests nor is out. */
  public boolean ready(int key, long nowNanos) {
    return readyAt(key, nowNanos - origin);
  }

  /**
   * Whether some key can be used now.
   *
   * @param denied bit i set: key i does not count
   */
  public boolean anyReady(long nowNanos, long denied) {
    long now = nowNanos - origin;
    for (int i = 0; i < weights.length; i++) {
      if ((denied & (1L << i)) == 0 && readyAt(i, now)) {
        return true;
      }
    }
    return false;
  }

  public State state(int key, long nowNanos) {
    long now = nowNanos - origin;
    if (outUntil.get(key) > now) {
      return State.OUT;
    }
    return restsUntil.get(key) > now ? State.COOLING : State.READY;
  }

  /** When the key is back, or was; a key that never rested: when the ring was made. */
  public long restsUntil(int key) {
    return backAt(key) + origin;
  }

  /** Whether some key cools that was neither tried nor denied and is not out. */
  boolean anyCooling(long nowNanos, long skip) {
    for (int i = 0; i < weights.length; i++) {
      if ((skip & (1L << i)) == 0 && state(i, nowNanos) == State.COOLING) {
        return true;
      }
    }
    return false;
  }

  /** When the first key that is not denied is back; in a long time if all are denied. */
  long firstBack(long nowNanos, long denied) {
    int key = backFirst(nowNanos - origin, denied);
    return key < 0 ? nowNanos + Long.MAX_VALUE / 4 : restsUntil(key);
  }

  private int backFirst(long now, long skip) {
    int first = -1;
    for (int i = 0; i < weights.length; i++) {
      if ((skip & (1L << i)) == 0 && (first < 0 || isBackBefore(i, first, now))) {
        first = i;
      }
    }
    return first;
  }

  private boolean isBackBefore(int key, int other, long now) {
    boolean out = outUntil.get(key) > now;
    boolean otherOut = outUntil.get(other) > now;
    return out == otherOut ? backAt(key) < backAt(other) : otherOut;
  }

  private boolean readyAt(int key, long now) {
    return restsUntil.get(key) <= now && outUntil.get(key) <= now;
  }

  private long backAt(int key) {
    return Math.max(restsUntil.get(key), outUntil.get(key));
  }

  private static void later(AtomicLongArray times, int key, long until) {
    long present = times.get(key);
    while (present < until && !times.compareAndSet(key, present, until)) {
      present = times.get(key);
    }
  }
}
