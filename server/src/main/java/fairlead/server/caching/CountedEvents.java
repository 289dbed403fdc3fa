package fairlead.server.caching;

import fairlead.cache.earn.AnswerAgreement;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.TrustChange;
import fairlead.cache.guard.Refusal;
import fairlead.cache.store.Departures;
import fairlead.cache.tiers.CacheEvents;
import fairlead.cache.tiers.RouteMemory;
import fairlead.cache.tiers.SecondJudge;
import fairlead.server.observe.CacheMetrics;
import fairlead.server.observe.Counter;
import java.util.Locale;

/** Counts what happens in the cache, and logs what an operator should know. Thread-safe. */
final class CountedEvents implements CacheEvents {
  private static final System.Logger LOGGER = System.getLogger("fairlead.cache");

  /** Why an answer that might have been kept was not. */
  private enum Dropped {
    /** The thread that files answers could not keep up. */
    BUSY
  }

  private final CacheMetrics metrics;
  private final Counter[] gone = new Counter[Departures.Reason.values().length];
  private final Counter[] refused = new Counter[Refusal.values().length];
  private final Counter[] judged = new Counter[SecondJudge.Opinion.values().length];
  private final Counter dropped;

  CountedEvents(CacheMetrics metrics) {
    this.metrics = metrics;
    for (Departures.Reason reason : Departures.Reason.values()) {
      gone[reason.ordinal()] = metrics.evictions(reason);
    }
    for (Refusal reason : Refusal.values()) {
      refused[reason.ordinal()] = metrics.refusals(reason);
    }
    for (SecondJudge.Opinion opinion : SecondJudge.Opinion.values()) {
      judged[opinion.ordinal()] = metrics.judge(opinion);
    }
    dropped = metrics.dropped(Dropped.BUSY);
  }

  @Override
  public void checked(RouteMemory route, NearTier tier, AnswerAgreement.Verdict verdict) {
    metrics.checks(route.name(), verdict).increment();
  }

  @Override
  public void trustChanged(RouteMemory route, NearTier tier, TrustChange change) {
    LOGGER.log(
        change.gained() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
        "cache of route "
            + route.name()
            + ", "
            + tier.name().toLowerCase(Locale.ROOT)
            + ": "
            + change.text());
  }

  @Override
  public void refused(RouteMemory route, Refusal reason) {
    refused[reason.ordinal()].increment();
  }

  @Override
  public void judged(RouteMemory route, SecondJudge.Opinion opinion) {
    judged[opinion.ordinal()].increment();
  }

  @Override
  public void gone(Departures.Reason reason) {
    gone[reason.ordinal()].increment();
  }

  @Override
  public void journalFailed() {
    metrics.journalErrors().increment();
  }

  @Override
  public void dropped() {
    dropped.increment();
  }
}
