package fairlead.cache.earn;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts what is too frequent for a line of its own: the look-ups of one near tier of one route,
 * and its served hits by step.
 *
 * <p>Thread-safe; one addition without contention per count. {@link #drain} belongs to one thread.
 */
public final class TierTally {
  private final NearTier tier;
  private final LongAdder lookups = new LongAdder();
  private final LongAdder[] served = new LongAdder[NearTier.STEPS];
  private final long[] drained = new long[NearTier.STEPS];
  private long drainedLookups;

  public TierTally(NearTier tier) {
    this.tier = tier;
    for (int step = 0; step < NearTier.STEPS; step++) {
      served[step] = new LongAdder();
    }
  }

  public void lookedUp() {
    lookups.increment();
  }

  public void served(float score) {
    int step = tier.step(score);
    if (step < NearTier.STEPS) {
      served[step].increment();
    }
  }

  /** Gives what was counted since the last time, at most 25 observations. */
  public void drain(String route, long nowMillis, Consumer<Observation> to) {
    long all = lookups.sum();
    if (all > drainedLookups) {
      to.accept(Observation.lookups(nowMillis, route, tier, all - drainedLookups));
      drainedLookups = all;
    }
    for (int step = 0; step < NearTier.STEPS; step++) {
      long hits = served[step].sum();
      if (hits > drained[step]) {
        to.accept(
            Observation.decided(
                    nowMillis, route, tier, tier.threshold(step), RouteTrust.Decision.SERVE, null)
                .times(hits - drained[step]));
        drained[step] = hits;
      }
    }
  }
}
