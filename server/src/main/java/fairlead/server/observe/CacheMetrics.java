package fairlead.server.observe;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The series of the memory for answers, by name.
 *
 * <p>Thread-safe. What is counted for each call is resolved when this is made; the methods that
 * take labels look series up and belong where a configuration is loaded. Labels are constants of an
 * enum, in lower case, so that every list of them is closed.
 */
public final class CacheMetrics {
  private static final long US = 1_000;
  private static final long MS = 1_000_000;

  private static final long[] LOOKUPS = {
    US, 2 * US, 3 * US, 5 * US, 10 * US, 20 * US, 35 * US, 60 * US, 100 * US, 150 * US, 250 * US,
    500 * US, MS, 2 * MS, 5 * MS, 15 * MS, 50 * MS, 250 * MS
  };

  /** Single answers cost fractions of a cent. */
  private static final double NANOS_PER_DOLLAR = 1e9;

  private final MetricsRegistry registry;
  private final List<RouteCacheCounters> routes = new CopyOnWriteArrayList<>();
  private final Counter savedUsd;
  private final Counter savedPrompt;
  private final Counter savedCompletion;
  private final Counter journalErrors;
  private final Timer lookup;

  CacheMetrics(MetricsRegistry registry) {
    this.registry = registry;
    for (CacheResult result : CacheResult.values()) {
      registry.counter(
          "fairlead_cache_requests_total",
          "Calls by how they fared with the memory for answers.",
          List.of("result"),
          () -> count(result),
          result.label());
    }
    savedUsd =
        registry.counter(
            "fairlead_cache_saved_usd_total",
            "What answers from memory would have cost, where that is known.",
            NANOS_PER_DOLLAR,
            List.of());
    savedPrompt = savedTokens("prompt");
    savedCompletion = savedTokens("completion");
    journalErrors =
        registry.counter(
            "fairlead_cache_journal_errors_total",
            "Writes to the cache's directory that failed.",
            List.of());
    lookup =
        registry.timer(
            "fairlead_cache_lookup_seconds",
            "Time to find out whether an answer is in memory.",
            LOOKUPS,
            List.of());
  }

  private Counter savedTokens(String kind) {
    return registry.counter(
        "fairlead_cache_saved_tokens_total",
        "Tokens that answers from memory did not use.",
        List.of("kind"),
        kind);
  }

  /** The counters of one more route, which are kept as long as this. */
  public RouteCacheCounters route() {
    RouteCacheCounters made = new RouteCacheCounters();
    routes.add(made);
    return made;
  }

  /** How often calls fared like this. */
  public long count(CacheResult result) {
    return routes.stream().mapToLong(route -> route.counted(result)).sum();
  }

  /**
   * Counts what one hit saved.
   *
   * @param promptTokens negative: not known
   * @param completionTokens negative: not known
   * @param usd NaN: not known
   */
  public void saved(long promptTokens, long completionTokens, double usd) {
    savedPrompt.add(Math.max(0, promptTokens));
    savedCompletion.add(Math.max(0, completionTokens));
    if (usd > 0) {
      savedUsd.add(Math.round(usd * NANOS_PER_DOLLAR));
    }
  }

  /** Time to find out whether an answer is in memory, hit or miss. */
  public Timer lookup() {
    return lookup;
  }

  public Counter journalErrors() {
    return journalErrors;
  }

  /** Calls that may not be answered from memory. */
  public Counter ineligible(Enum<?> reason) {
    return registry.counter(
        "fairlead_cache_ineligible_total",
        "Calls that may not be answered from memory, by the first reason.",
        List.of("reason"),
        label(reason));
  }

  /** Near matches that were refused. */
  public Counter refusals(Enum<?> reason) {
    return registry.counter(
        "fairlead_cache_refusals_total",
        "Near matches that were not served, by the reason.",
        List.of("reason"),
        label(reason));
  }

  /** Comparisons of a remembered answer with a fresh one. */
  public Counter checks(String route, Enum<?> outcome) {
    return registry.counter(
        "fairlead_cache_checks_total",
        "Comparisons of a near match with a fresh answer.",
        List.of("route", "outcome"),
        route,
        label(outcome));
  }

  /** Entries that went before they were too old to be used, and those that were. */
  public Counter evictions(Enum<?> reason) {
    return registry.counter(
        "fairlead_cache_evictions_total",
        "Entries that went, by the reason.",
        List.of("reason"),
        label(reason));
  }

  /** Answers that were not kept. */
  public Counter dropped(Enum<?> reason) {
    return registry.counter(
        "fairlead_cache_dropped_total",
        "Answers that were not kept, by the reason.",
        List.of("reason"),
        label(reason));
  }

  /** What the second judge said. */
  public Counter judge(Enum<?> outcome) {
    return registry.counter(
        "fairlead_cache_judge_total",
        "Second opinions on near matches.",
        List.of("outcome"),
        label(outcome));
  }

  /** Publishes from which similarity on a route serves near matches; infinite or NaN: from none. */
  public void threshold(String route, Enum<?> tier, DoubleSupplier threshold) {
    registry.gauge(
        "fairlead_cache_threshold",
        "Least similarity of near matches that are served; NaN: none are.",
        List.of("route", "tier"),
        () -> finite(threshold.getAsDouble()),
        route,
        label(tier));
  }

  /**
   * Publishes what is held.
   *
   * @param entries answers in memory
   * @param bytes what they take, roughly
   * @param diskBytes size of the cache's directory
   */
  public void size(LongSupplier entries, LongSupplier bytes, LongSupplier diskBytes) {
    registry.gauge("fairlead_cache_entries", "Answers in memory.", List.of(), entries::getAsLong);
    registry.gauge(
        "fairlead_cache_bytes", "Memory that answers take.", List.of(), bytes::getAsLong);
    registry.gauge(
        "fairlead_cache_disk_bytes",
        "Bytes in the cache's directory.",
        List.of(),
        diskBytes::getAsLong);
  }

  /** An infinite threshold would pass comparisons in alerts that nothing should. */
  private static double finite(double threshold) {
    return Double.isFinite(threshold) ? threshold : Double.NaN;
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
