package fairlead.cache.tiers;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.NearTier;
import org.jspecify.annotations.Nullable;

/**
 * What of a look-up that found nothing is needed once the fresh answer is here.
 *
 * <p>Immutable. It is all that a call holds of the look-up while it waits for its provider: some
 * hundred bytes for a sentence.
 */
public final class Pending {
  final RouteMemory route;

  /** How similar requests will find the answer; null: not at all. */
  final @Nullable Features features;

  final @Nullable CacheEntry candidate;
  final NearTier candidateTier;
  final float score;
  final long questionHash;

  /** The question's, where it is recorded. */
  final byte @Nullable [] text;

  Pending(
      RouteMemory route,
      @Nullable Features features,
      @Nullable CacheEntry candidate,
      NearTier candidateTier,
      float score,
      long questionHash,
      byte @Nullable [] text) {
    this.route = route;
    this.features = features;
    this.candidate = candidate;
    this.candidateTier = candidateTier;
    this.score = score;
    this.questionHash = questionHash;
    this.text = text;
  }

  /** Whether an answer might have been served that is to be compared with the fresh one. */
  public boolean isCheck() {
    return candidate != null;
  }
}
