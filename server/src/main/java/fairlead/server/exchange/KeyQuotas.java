package fairlead.server.exchange;

import fairlead.routing.KeyRing;
import fairlead.routing.TargetHealth;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What is left of each key's quota at one target: the target is slowed by the key that has most
 * left, because a call can take that one.
 *
 * <p>Thread-safe, lock-free, allocates nothing after construction. A report costs one pass over the
 * keys. Between two reports that race the later one counts for the target.
 */
final class KeyQuotas {
  // What is left and until when this holds change together, so they share one word: milliseconds
  // from the origin on << 16 | share. Zero has long passed: nothing is known, all is left.
  private static final int SHARE_BITS = 16;
  private static final int WHOLE = (1 << SHARE_BITS) - 1;
  private static final long NANOS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final KeyRing keys;
  private final TargetHealth health;
  private final long origin;
  private final AtomicLongArray words;

  KeyQuotas(KeyRing keys, TargetHealth health, long nowNanos) {
    this.keys = keys;
    this.health = health;
    this.origin = nowNanos;
    this.words = new AtomicLongArray(keys.size());
  }

  /**
   * The provider has answered a call with this key.
   *
   * @param remainingShare what is left of the key's scarcest limit, 0 to 1
   * @param resetNanos when it is whole again
   */
  void report(int key, double remainingShare, long resetNanos, long nowNanos) {
    int share = (int) Math.rint(Math.clamp(remainingShare, 0, 1) * WHOLE);
    words.set(key, Math.max(0, millis(resetNanos)) << SHARE_BITS | share);
    long now = millis(nowNanos);
    long denied = health.deniedKeys(nowNanos);
    int best = share;
    long until = millis(resetNanos);
    for (int i = 0; i < words.length(); i++) {
      if (i == key || (denied & (1L << i)) != 0 || !keys.ready(i, nowNanos)) {
        continue; // a key that cannot be used helps nobody, whatever it has left
      }
      long word = words.get(i);
      boolean whole = word >> SHARE_BITS <= now;
      best = whole ? WHOLE : Math.max(best, (int) word & WHOLE);
      // The first key that is whole again makes the target whole.
      until = whole ? until : Math.min(until, word >> SHARE_BITS);
    }
    health.quota().report((double) best / WHOLE, until * NANOS_PER_MS + origin, nowNanos);
  }

  private long millis(long nanos) {
    return (nanos - origin) / NANOS_PER_MS;
  }
}
