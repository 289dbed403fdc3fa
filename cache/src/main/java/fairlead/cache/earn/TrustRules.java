package fairlead.cache.earn;

import fairlead.cache.earn.TrustSettings.Mode;

/**
 * How trust is earned and lost: the state after one more check.
 *
 * <p>Pure and immutable; about a microsecond per check.
 */
final class TrustRules {
  /*
   * Earning is a fixed-sequence test (Maurer, Hothorn, Lehmacher 1995): the steps are tested from
   * the strictest down, each on all checks at or above it, and the first that fails ends it. Since
   * no step is tested unless all before it held, the error of the whole is that of one test, and
   * the pick of the best of 24 looks does not flatter. A step with too few checks to be certified
   * even if all were clean is passed over: that depends on their number only, not on the outcomes.
   *
   * Checks are not spread evenly: what is served is checked at a few percent, what is below the
   * threshold always (it is a miss anyway). Pooled counts are still on the safe side. Let c be the
   * checks of a step, h its hits, p its share of wrong answers, b the budget. Each prefix of steps
   * holds: sum c (p - b) <= 0. With r = h / c, sum h (p - b) = sum r c (p - b), which by Abel's
   * summation is a sum of those prefixes weighted with the falls of r; r never rises on the way
   * down, because a lower score is never checked less often. So the served share is within b too.
   * That holds as long as all counts span the same time: therefore all are halved together.
   *
   * A withdrawn step could hide behind a clean past above it, whose counts it is pooled with. So
   * its own count starts anew and must pass by itself before the step is served again.
   */

  /** While serving, evidence spans the last 2,000 to 4,000 checks of what is served. */
  private static final int WINDOW = 4_000;

  /** While nothing is served nothing is at stake, and rare high scores need time. */
  private static final int OBSERVED = 1 << 16;

  /** A bound for counts, against overflow. */
  static final int MAX_CHECKS = 1 << 24;

  /** Wrong answers since the last change without which nothing is taken back. */
  private static final int CONFIRMED = 2;

  private final TrustSettings settings;
  private final ErrorBudget budget;

  TrustRules(TrustSettings settings) {
    this.settings = settings;
    budget = new ErrorBudget(settings.budget());
  }

  /** Where a route begins, or goes on with what it knew under other settings. */
  TrustState start(TrustState saved) {
    boolean known = saved.version.equals(settings.version()) && saved.tier.equals(settings.tier());
    TrustState from = known ? saved : TrustState.unknown(settings);
    int floor = settings.floorStep();
    int serving =
        switch (settings.mode()) {
          case OFF, SHADOW -> TrustState.NONE;
          case SERVE -> Math.min(floor, firstOnProbation(from) - 1);
          case EARN ->
              from.mode == Mode.EARN && from.budget <= settings.budget()
                  ? Math.min(floor, from.serving)
                  : certified(from);
        };
    return new TrustState(
        settings,
        serving,
        stillOnProbation(from.probation, serving),
        from.retreat,
        from.changedAtMillis,
        from.checksCopy(),
        from.wrongCopy(),
        0,
        0,
        0);
  }

  TrustState after(TrustState state, float score, boolean isWrong, long nowMillis) {
    int step = settings.tier().step(score);
    if (step == NearTier.STEPS) {
      return state;
    }
    boolean served = score >= settings.threshold(state.serving);
    TrustState seen = counted(state, step, isWrong, served);
    if (served && isWrong && troubled(seen)) {
      return back(seen, nowMillis);
    }
    if (!isWrong && state.serving < settings.floorStep() && mayServe() && due(seen, step)) {
      int lowest = certified(seen);
      if (lowest > seen.serving) {
        return down(seen, lowest, nowMillis);
      }
    }
    return seen;
  }

  /** The lowest step that the evidence certifies, not below the floor; none: -1. */
  int certified(TrustState state) {
    int probationFrom = firstOnProbation(state);
    int lowest = TrustState.NONE;
    int checks = 0;
    int wrong = 0;
    int ownChecks = 0;
    int ownWrong = 0;
    for (int step = 0; step <= settings.floorStep(); step++) {
      checks += state.checksIn(step);
      wrong += state.wrongIn(step);
      if (onProbation(state, step)) {
        ownChecks += state.checksIn(step);
        ownWrong += state.wrongIn(step);
      }
      if (checks >= budget.powered()) {
        if (!budget.holds(wrong, checks)) {
          return lowest;
        }
        if (step < probationFrom || budget.holds(ownWrong, ownChecks)) {
          lowest = step;
        }
      }
    }
    return lowest;
  }

  private boolean mayServe() {
    return settings.mode() == Mode.EARN || settings.mode() == Mode.SERVE;
  }

  /** Whether any step that the check counted for has come to a number of checks to look at. */
  private boolean due(TrustState state, int step) {
    int checks = 0;
    int own = 0;
    for (int i = 0; i <= settings.floorStep(); i++) {
      checks += state.checksIn(i);
      own += onProbation(state, i) ? state.checksIn(i) : 0;
      if (i >= step && (budget.due(checks) || budget.due(own))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether what is served has to shrink. An earned threshold is held only while the evidence
   * certifies it; an ordered one until the evidence is over the budget. One wrong answer alone
   * changes nothing.
   */
  private boolean troubled(TrustState state) {
    if (state.wrongSince < CONFIRMED) {
      return false;
    }
    int checks = state.checks(state.serving);
    int wrong = state.wrong(state.serving);
    boolean lost =
        settings.mode() == Mode.EARN
            ? !budget.holds(wrong, checks)
            : budget.exceeded(wrong, checks);
    return lost || budget.alarming(state.suspicion);
  }

  private TrustState counted(TrustState state, int step, boolean isWrong, boolean served) {
    int[] checks = state.checksCopy();
    int[] wrong = state.wrongCopy();
    checks[step]++;
    wrong[step] += isWrong ? 1 : 0;
    int all = 0;
    int above = 0;
    for (int i = 0; i < NearTier.STEPS; i++) {
      all += checks[i];
      above += i <= state.serving ? checks[i] : 0;
    }
    if (above >= WINDOW || all >= (state.serving < 0 ? OBSERVED : MAX_CHECKS)) {
      halve(checks, wrong);
    }
    return new TrustState(
        settings,
        state.serving,
        state.probation,
        state.retreat,
        state.changedAtMillis,
        checks,
        wrong,
        served ? budget.suspicion(state.suspicion, isWrong) : state.suspicion,
        state.checksSince + (served ? 1 : 0),
        state.wrongSince + (served && isWrong ? 1 : 0));
  }

  /** Halves all counts; the sum of wrong ones is rounded up, and none exceeds its checks. */
  private static void halve(int[] checks, int[] wrong) {
    int carried = 1;
    for (int i = 0; i < NearTier.STEPS; i++) {
      checks[i] = (checks[i] + 1) / 2;
      int twice = wrong[i] + carried;
      wrong[i] = Math.min(twice / 2, checks[i]);
      carried = twice - 2 * wrong[i];
    }
  }

  private TrustState down(TrustState state, int to, long nowMillis) {
    int left = stillOnProbation(state.probation, to);
    int[] checks = state.checksCopy();
    return new TrustState(
        settings, to, left, 0, nowMillis, checks, state.wrongCopy(), state.suspicion, 0, 0);
  }

  /**
   * One step back, and twice as many as the last time when that was not long ago: what is wrong
   * everywhere is over after five retreats, not after 24.
   */
  private TrustState back(TrustState state, long nowMillis) {
    boolean again = state.retreat > 0 && state.checksSince < budget.powered();
    int steps = again ? Math.min(NearTier.STEPS, 2 * state.retreat) : 1;
    int to = Math.max(TrustState.NONE, state.serving - steps);
    int[] checks = state.checksCopy();
    int[] wrong = state.wrongCopy();
    int probation = state.probation;
    for (int step = to + 1; step <= state.serving; step++) {
      checks[step] = 0;
      wrong[step] = 0;
      probation |= 1 << step;
    }
    return new TrustState(settings, to, probation, steps, nowMillis, checks, wrong, 0, 0, 0);
  }

  private static int stillOnProbation(int probation, int serving) {
    return probation & -(1 << (serving + 1));
  }

  private static boolean onProbation(TrustState state, int step) {
    return ((state.probation >> step) & 1) != 0;
  }

  private static int firstOnProbation(TrustState state) {
    return state.probation == 0 ? NearTier.STEPS : Integer.numberOfTrailingZeros(state.probation);
  }
}
