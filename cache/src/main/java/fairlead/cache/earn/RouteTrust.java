package fairlead.cache.earn;

import fairlead.cache.earn.TrustSettings.Mode;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a near answer of one tier of one route is served, and learns it from checks.
 *
 * <p>Thread-safe without locks: a decision is one volatile read, a check replaces the immutable
 * state by compare and set. A decision costs a few nanoseconds and allocates nothing; a check, made
 * after a whole upstream call, costs about a microsecond.
 *
 * <p>A check compares the stored answer of a would-be hit with the fresh one. Every check counts
 * once, under the strictest step its score reaches. That the same pair of question and answer does
 * not count again and again is given by the tiers before: a checked question is a miss, whose fresh
 * answer is then found by its exact key.
 */
public final class RouteTrust {
  /** What to do with a near candidate that has passed its guards. */
  public enum Decision {
    /** Answer from memory. */
    SERVE,
    /** Ask upstream, answer from there, and tell {@link #judged} whether memory was right. */
    CHECK,
    /** Ask upstream; nothing to learn. */
    MISS
  }

  /** How often hits are checked while something seems amiss, so that it is settled soon. */
  private static final double SUSPICIOUS_RECHECK = 0.25;

  private static final double DRAWS = 0x1p32;

  private final TrustSettings settings;
  private final TrustRules rules;
  private final float least;
  private final AtomicReference<View> view;

  /** A state with what a decision needs of it. */
  private record View(TrustState state, float threshold, long checkedDraws) {}

  /**
   * @param saved what was known before a restart or under other settings; null for nothing
   */
  public RouteTrust(TrustSettings settings, @Nullable TrustState saved) {
    this.settings = settings;
    rules = new TrustRules(settings);
    least = settings.least();
    view =
        new AtomicReference<>(
            view(rules.start(saved == null ? TrustState.unknown(settings) : saved)));
  }

  /**
   * @param score of the candidate
   * @param randomBits 64 fresh random bits, of which the upper 32 count
   */
  public Decision decide(float score, long randomBits) {
    if (!(score >= least)) {
      return Decision.MISS;
    }
    View now = view.get();
    if (score >= now.threshold && randomBits >>> 32 >= now.checkedDraws) {
      return Decision.SERVE;
    }
    return Decision.CHECK;
  }

  /** The least score worth searching for; infinite when the tier is off. */
  public float least() {
    return least;
  }

  /** The least score that is served now; infinite when nothing is. */
  public float threshold() {
    return view.get().threshold;
  }

  /**
   * Counts a finished check.
   *
   * @param wrong whether the stored answer would not have done; in doubt, it would not
   * @return what changed, null when nothing did
   */
  public @Nullable TrustChange judged(float score, boolean wrong, long nowMillis) {
    if (settings.mode() == Mode.OFF || !(score >= least)) {
      return null;
    }
    while (true) {
      View before = view.get();
      View after = view(rules.after(before.state, score, wrong, nowMillis));
      if (view.compareAndSet(before, after)) {
        return change(before, after, nowMillis);
      }
    }
  }

  /** What to save, and to show. */
  public TrustState state() {
    return view.get().state;
  }

  public TrustSettings settings() {
    return settings;
  }

  private View view(TrustState state) {
    double share =
        state.suspicion > 0 ? Math.max(settings.recheck(), SUSPICIOUS_RECHECK) : settings.recheck();
    return new View(state, settings.threshold(state.serving), (long) (share * DRAWS));
  }

  private static @Nullable TrustChange change(View before, View after, long nowMillis) {
    int from = before.state.serving;
    int to = after.state.serving;
    if (from == to) {
      return null;
    }
    TrustState evidence = to > from ? after.state : before.state;
    int step = Math.max(from, to);
    return new TrustChange(
        to > from,
        before.threshold,
        after.threshold,
        evidence.checks(step),
        evidence.wrong(step),
        nowMillis);
  }
}
