package fairlead.loadtest;

import java.util.Locale;

/**
 * What a measurement tells, each with its unit and how it is shown.
 *
 * <p>Latencies are kept in microseconds and shown in milliseconds. In an open loop they count from
 * the time at which a request should have left.
 */
enum Figure {
  CPU("cpu_us", "CPU µs per request", 1, 1, Better.LESS),
  RATE("answers_per_second", "answers/s", 1, 0, Better.MORE),
  EVENTS("events_per_second", "events/s", 1, 0, Better.MORE),
  P50("p50_us", "p50 ms", 1_000, 3, Better.LESS),
  P99("p99_us", "p99 ms", 1_000, 3, Better.LESS),
  P999("p999_us", "p99.9 ms", 1_000, 3, Better.LESS),
  MAX("max_us", "max ms", 1_000, 3, Better.LESS),
  FIRST_P50("first_event_us", "first event p50 ms", 1_000, 3, Better.LESS),
  FIRST_P99("first_event_p99_us", "first event p99 ms", 1_000, 3, Better.LESS),
  GAP_P50("gap_p50_us", "gap p50 ms", 1_000, 3, Better.LESS),
  GAP_P99("gap_p99_us", "gap p99 ms", 1_000, 3, Better.LESS),
  /** Events that came in one read with the one before. */
  MERGED("merged_percent", "merged events %", 1, 2, Better.LESS),
  /** Reads that ended inside of an event. */
  SPLIT("split_percent", "split events %", 1, 2, Better.LESS),
  /** Requests that left more than a millisecond after their time. */
  LATE("late_percent", "sent > 1 ms late %", 1, 2, Better.LESS),
  LATE_P99("late_p99_us", "sent late p99 ms", 1_000, 3, Better.LESS),
  /** The same calls without what disturbs them. */
  ALONE_RATE("alone_answers_per_second", "alone: answers/s", 1, 0, Better.MORE),
  ALONE_P50("alone_p50_us", "alone: p50 ms", 1_000, 3, Better.LESS),
  ALONE_P99("alone_p99_us", "alone: p99 ms", 1_000, 3, Better.LESS),
  /** How much of what disturbs them went on meanwhile. */
  BESIDE("beside_per_second", "beside/s", 1, 0, Better.MORE),
  CONNECTIONS("connections", "connections", 1, 0, Better.LESS),
  RSS("rss_mib", "RSS MB", 1, 0, Better.LESS);

  /** Which way is good. */
  enum Better {
    LESS,
    MORE
  }

  private final String key;
  private final String title;
  private final double divisor;
  private final int decimals;
  private final Better better;

  Figure(String key, String title, double divisor, int decimals, Better better) {
    this.key = key;
    this.title = title;
    this.divisor = divisor;
    this.decimals = decimals;
    this.better = better;
  }

  /** Its name in JSON, which ends in the unit it is kept in. */
  String key() {
    return key;
  }

  /** Its name for people, with the unit it is shown in. */
  String title() {
    return title;
  }

  Better better() {
    return better;
  }

  /** The value as people see it; a dash when it is not known. */
  String shown(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%." + decimals + "f", value / divisor)
        : "–";
  }
}
