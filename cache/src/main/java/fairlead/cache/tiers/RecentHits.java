package fairlead.cache.tiers;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last answers that were served without being asked for word by word, so that a verdict on one
 * of them finds the pair it is about.
 *
 * <p>Thread-safe, lock-free; the oldest of {@value #KEPT} make room. {@link #find} looks at all of
 * them. Only the keys of entries are kept: what was let go of, or deleted, is not held here.
 */
final class RecentHits {
  static final int KEPT = 8_192;

  private final AtomicReferenceArray<@Nullable Hit> ring = new AtomicReferenceArray<>(KEPT);
  private final AtomicInteger next = new AtomicInteger();

  /**
   * @param high key of the request that was answered, its upper half
   * @param low its lower half
   * @param entryHigh key of the entry that was served, its upper half
   * @param entryLow its lower half
   * @param storedAtMillis tells it from another answer with the same key
   * @param questionHash the words that were asked with
   */
  record Hit(
      long high,
      long low,
      RouteMemory route,
      long entryHigh,
      long entryLow,
      long storedAtMillis,
      long questionHash,
      float score,
      Tier tier) {}

  void add(Hit hit) {
    ring.setRelease(Math.floorMod(next.getAndIncrement(), KEPT), hit);
  }

  /** The last time that this entry answered this request; null if not known or forgotten. */
  @Nullable Hit find(long high, long low, long entryHigh, long entryLow) {
    int newest = next.get() - 1;
    for (int i = 0; i < KEPT; i++) {
      Hit hit = ring.getAcquire(Math.floorMod(newest - i, KEPT));
      if (hit != null
          && hit.high() == high
          && hit.low() == low
          && hit.entryHigh() == entryHigh
          && hit.entryLow() == entryLow) {
        return hit;
      }
    }
    return null;
  }
}
