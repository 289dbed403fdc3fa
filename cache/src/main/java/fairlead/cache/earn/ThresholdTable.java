package fairlead.cache.earn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each threshold would have done to observed traffic, for each tier of each route.
 *
 * <p>Not thread-safe; a few hundred bytes per tier of a route, whatever the number of observations.
 */
public final class ThresholdTable {
  /** A tier of a route. */
  public record Part(String route, NearTier tier) implements Comparable<Part> {
    @Override
    public int compareTo(Part other) {
      int byRoute = route.compareTo(other.route);
      return byRoute != 0 ? byRoute : tier.compareTo(other.tier);
    }
  }

  /**
   * One threshold.
   *
   * @param threshold from this score on
   * @param hits candidates that passed their guards and would have been served
   * @param hitPercent of the look-ups; NaN when these are not known
   * @param checked hits whose answer was compared
   * @param wrong of those; doubts count
   * @param wrongPercent the estimate for all hits: checks are weighted with the hits of their step,
   *     as steps are not checked equally often; NaN without checks
   * @param boundPercent what it does not exceed with 99 % confidence
   * @param chosen whether the route would serve from here
   */
  public record Row(
      float threshold,
      long hits,
      double hitPercent,
      int checked,
      int wrong,
      double wrongPercent,
      double boundPercent,
      boolean chosen) {}

  /**
   * All thresholds of one tier of one route.
   *
   * @param lookups in this tier; 0 when not known
   * @param refused candidates by the guard that refused them
   */
  public record Table(Part part, long lookups, Map<String, Long> refused, List<Row> rows) {
    public Table {
      refused = Map.copyOf(refused);
      rows = List.copyOf(rows);
    }
  }

  private static final class Counts {
    private final long[] hits = new long[NearTier.STEPS];
    private final int[] checks = new int[NearTier.STEPS];
    private final int[] wrong = new int[NearTier.STEPS];
    private final Map<String, Long> refused = new TreeMap<>();
    private long lookups;
  }

  private final Map<Part, Counts> parts = new TreeMap<>();

  public void add(Observation seen) {
    Counts counts = parts.computeIfAbsent(new Part(seen.route(), seen.tier()), _ -> new Counts());
    if (seen.countsLookups()) {
      counts.lookups += seen.count();
      return;
    }
    if (seen.refused() != null) {
      counts.refused.merge(seen.refused(), seen.count(), Long::sum);
      return;
    }
    int step = seen.tier().step(seen.score());
    if (step == NearTier.STEPS) {
      return;
    }
    counts.hits[step] += seen.count();
    if (seen.verdict() != null && counts.checks[step] < TrustRules.MAX_CHECKS) {
      counts.checks[step]++;
      counts.wrong[step] += seen.verdict().wrong() ? 1 : 0;
    }
  }

  /** What was observed, by route and tier. */
  public List<Part> parts() {
    return List.copyOf(parts.keySet());
  }

  /**
   * All thresholds of one part, the strictest first.
   *
   * @param budget the accepted share of wrong answers, by which the choice is marked
   * @param floor no row below is chosen
   */
  public Table table(Part part, double budget, float floor) {
    return table(part, parts.getOrDefault(part, new Counts()), budget, floor);
  }

  private static Table table(Part part, Counts counts, double budget, float floor) {
    TrustSettings settings =
        new TrustSettings(TrustSettings.Mode.EARN, part.tier(), budget, 0, floor, "tune");
    TrustState evidence =
        new TrustState(settings, TrustState.NONE, 0, 0, 0, counts.checks, counts.wrong, 0, 0, 0);
    int chosen = new TrustRules(settings).certified(evidence);
    List<Row> rows = new ArrayList<>();
    long hits = 0;
    long hitsWithChecks = 0;
    double wrongHits = 0;
    for (int step = 0; step < NearTier.STEPS; step++) {
      hits += counts.hits[step];
      if (counts.checks[step] > 0) {
        hitsWithChecks += counts.hits[step];
        wrongHits += (double) counts.hits[step] * counts.wrong[step] / counts.checks[step];
      }
      int checked = evidence.checks(step);
      int wrong = evidence.wrong(step);
      rows.add(
          new Row(
              part.tier().threshold(step),
              hits,
              counts.lookups == 0 ? Double.NaN : 100.0 * hits / counts.lookups,
              checked,
              wrong,
              hitsWithChecks == 0 ? Double.NaN : 100 * wrongHits / hitsWithChecks,
              100 * ErrorBudget.upper(wrong, checked),
              step == chosen));
    }
    return new Table(part, counts.lookups, counts.refused, rows);
  }
}
