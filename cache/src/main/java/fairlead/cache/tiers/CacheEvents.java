package fairlead.cache.tiers;

import fairlead.cache.earn.AnswerAgreement;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.TrustChange;
import fairlead.cache.guard.Refusal;
import fairlead.cache.store.Departures;

/** What somebody who counts or logs wants to hear of the cache. Called from any thread; quick. */
public interface CacheEvents {
  /** For nobody. */
  CacheEvents NONE = new CacheEvents() {};

  /** A stored answer was compared with a fresh one. */
  default void checked(RouteMemory route, NearTier tier, AnswerAgreement.Verdict verdict) {}

  /** A threshold has moved. */
  default void trustChanged(RouteMemory route, NearTier tier, TrustChange change) {}

  /** A near answer was not served for this reason; on the path of a call. */
  default void refused(RouteMemory route, Refusal reason) {}

  /** The second judge was asked about a near answer; on the path of a call. */
  default void judged(RouteMemory route, SecondJudge.Opinion opinion) {}

  /** An entry has left memory. */
  default void gone(Departures.Reason reason) {}

  /** What was stored could not be written to disk; it is tried again. */
  default void journalFailed() {}

  /** An answer was not stored because the writer could not keep up. */
  default void dropped() {}
}
