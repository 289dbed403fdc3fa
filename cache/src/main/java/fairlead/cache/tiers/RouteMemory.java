package fairlead.cache.tiers;

import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.RouteTrust;
import fairlead.cache.earn.TierTally;
import fairlead.cache.earn.TrustSettings;
import fairlead.cache.earn.TrustState;
import fairlead.cache.guard.ProseRule;
import fairlead.cache.guard.Refusal;
import fairlead.cache.guard.Strictness;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one route may have from memory below the exact tier, and how far each kind of near answer
 * has earned its trust.
 *
 * <p>Thread-safe; a decision is one volatile read.
 */
public final class RouteMemory {
  /**
   * Of what makes scores and verdicts of prose. Evidence that was gathered by other tables or
   * guards says nothing about these: raise it with any change of them.
   */
  private static final String PROSE_VERSION = "1";

  /** The same of logs: of their masks, and of what counts as a finding. */
  private static final String LINES_VERSION = "2";

  private final String name;
  private final TierPolicy policy;
  private final ProseRule rule;
  private final RouteTrust prose;
  private final RouteTrust lines;
  private final TierTally proseTally;
  private final TierTally linesTally = new TierTally(NearTier.LINES);
  private final CacheEvents events;
  private final LongAdder[] refusals = new LongAdder[Refusal.values().length];
  private final long[] drainedRefusals = new long[Refusal.values().length];

  /**
   * @param judge the name of the second judge; null without one
   * @param saved what is known of a tier of this route from before
   */
  RouteMemory(
      String name,
      TierPolicy policy,
      @Nullable String judge,
      CacheEvents events,
      BiFunction<String, NearTier, @Nullable TrustState> saved) {
    this.name = name;
    this.policy = policy;
    this.events = events;
    rule = ProseRule.of(policy.guards(), judge != null);
    NearTier kind = judge == null ? NearTier.PROSE : NearTier.JUDGED;
    float least = policy.proseFloor() > 0 ? policy.proseFloor() : rule.leastStatic();
    prose =
        trust(
            kind,
            judge == null ? least : Math.max(policy.judgeFloor(), policy.proseFloor()),
            PROSE_VERSION + (judge == null ? "" : "+" + judge) + "/" + policy.guards(),
            saved);
    proseTally = new TierTally(kind);
    lines = trust(NearTier.LINES, policy.linesFloor(), LINES_VERSION, saved);
    for (int i = 0; i < refusals.length; i++) {
      refusals[i] = new LongAdder();
    }
  }

  private RouteTrust trust(
      NearTier tier,
      float floor,
      String version,
      BiFunction<String, NearTier, @Nullable TrustState> saved) {
    TrustSettings.Mode mode =
        policy.guards() == Strictness.EXACT ? TrustSettings.Mode.OFF : policy.mode();
    return new RouteTrust(
        new TrustSettings(mode, tier, policy.budget(), policy.recheck(), floor, version),
        saved.apply(name, tier));
  }

  public String name() {
    return name;
  }

  public TierPolicy policy() {
    return policy;
  }

  ProseRule rule() {
    return rule;
  }

  /** The trust in near prose, judged a second time where there is a judge. */
  public RouteTrust prose() {
    return prose;
  }

  /** The trust in logs with nearly the same lines. */
  public RouteTrust lines() {
    return lines;
  }

  TierTally tally(NearTier tier) {
    return tier == NearTier.LINES ? linesTally : proseTally;
  }

  /** Gives the refusals since the last time; for the writer's thread. */
  void drainRefusals(ObjLongConsumer<Refusal> to) {
    for (Refusal reason : Refusal.values()) {
      int at = reason.ordinal();
      long all = refusals[at].sum();
      if (all > drainedRefusals[at]) {
        to.accept(reason, all - drainedRefusals[at]);
        drainedRefusals[at] = all;
      }
    }
  }

  RouteTrust of(NearTier tier) {
    return tier == NearTier.LINES ? lines : prose;
  }

  void refused(Refusal reason) {
    refusals[reason.ordinal()].increment();
    events.refused(this, reason);
  }

  /** Near answers that were not served for this reason. */
  public long refusals(Refusal reason) {
    return refusals[reason.ordinal()].sum();
  }

  /** Near answers that were not served, by reason in lower case; those that happened. */
  public Map<String, Long> refusals() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Refusal reason : Refusal.values()) {
      long count = refusals(reason);
      if (count > 0) {
        counts.put(reason.name().toLowerCase(Locale.ROOT), count);
      }
    }
    return counts;
  }

  /** Whether anything but the same words may be served. */
  boolean servesCanonical() {
    return policy.mode() != TrustSettings.Mode.OFF && policy.mode() != TrustSettings.Mode.SHADOW;
  }
}
