package fairlead.cache.tiers;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.NearTier;
import org.jspecify.annotations.Nullable;

/** What request threads leave to the writer's thread. Immutable. */
sealed interface Change {
  /** What the heap holds because of it while it waits, roughly. */
  default long bytes() {
    return 0;
  }

  /**
   * An answer is in the store; it shall be found by more than its key, and be on disk.
   *
   * @param features null: nothing but its key counts
   * @param route null: nothing but its key counts
   */
  record Stored(CacheEntry entry, @Nullable RouteMemory route, @Nullable Features features)
      implements Change {
    @Override
    public long bytes() {
      return entry.weight() + (features == null ? 0 : features.bytes());
    }
  }

  /** An entry came back from disk. */
  record Restored(CacheEntry entry) implements Change {
    @Override
    public long bytes() {
      return entry.weight();
    }
  }

  /** Nothing: what else is to be done is to be done now. */
  record Nudge() implements Change {}

  /** Nothing that was stored under this key may come back from disk. */
  record Removed(long high, long low) implements Change {}

  /** Entries were removed by what they are: nothing may come back that is not in memory. */
  record Barrier() implements Change {}

  /**
   * Somebody has said what an answer was worth, which is to be kept.
   *
   * @param lifted what asks for more likeness since; null: nothing does
   */
  record Judged(@Nullable CacheEntry lifted) implements Change {}

  /**
   * A fresh answer is there to be compared with a stored one.
   *
   * @param question hash of the words that were asked with
   * @param asked these words, only where the operator has texts recorded
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  record Check(
      RouteMemory route,
      NearTier tier,
      CacheEntry candidate,
      float score,
      long question,
      byte[] fresh,
      byte @Nullable [] asked)
      implements Change {
    @Override
    public long bytes() {
      return (long) candidate.weight() + fresh.length + (asked == null ? 0 : asked.length);
    }
  }
}
