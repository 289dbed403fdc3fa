package fairlead.server.config;

import static fairlead.server.config.Setting.REQUIRED;
import static fairlead.server.config.Setting.decimal;
import static fairlead.server.config.Setting.integer;
import static fairlead.server.config.Setting.text;

import fairlead.server.config.Settings.Group;
import java.util.List;
import java.util.stream.Stream;

/**
 * The settings that say when a target is waited for, repeated, passed over or doubled; a part of
 * {@link Settings}. Immutable.
 */
final class FailoverSettings {
  /** More than any model reads at once. */
  static final long MAX_WINDOW_TOKENS = 100_000_000;

  private static final int MAX_CALLS = 100_000;

  /** What the reference says of clocks that depend on the call. */
  private static final String BY_RULE = "by rule";

  private FailoverSettings() {}

  /** The clocks of an attempt. */
  static final class Timeouts {
    static final Setting CONNECT = integer("connect_ms", 1, Settings.HOUR_MS, "5000");
    static final Setting HEAD = integer("head_ms", 1, Settings.DAY_MS, BY_RULE);
    static final Setting FIRST_TOKEN = integer("first_token_ms", 1, Settings.DAY_MS, BY_RULE);
    static final Setting FIRST_TOKEN_PER_KB = integer("first_token_per_kb_ms", 0, 60_000, "50");
    static final Setting QUEUE = integer("queue_ms", 1, Settings.DAY_MS, "60000");
    static final Setting IDLE = integer("idle_ms", 1, Settings.DAY_MS, "30000");
    static final Setting TOTAL = integer("total_ms", 1, Settings.DAY_MS, "600000");
    static final Group GROUP =
        new Group(
            "providers.NAME.timeouts",
            List.of(CONNECT, HEAD, FIRST_TOKEN, FIRST_TOKEN_PER_KB, QUEUE, IDLE, TOTAL));

    /** A route's own clocks: all but the one of connections, which are the provider's. */
    static final Group ROUTE_GROUP = above("routing.NAME.timeouts", "the provider's");

    static final Group TARGET_GROUP = above("routing.NAME.targets[].timeouts", "the route's");

    private static Group above(String path, String absent) {
      return new Group(
          path,
          Stream.of(HEAD, FIRST_TOKEN, FIRST_TOKEN_PER_KB, QUEUE, IDLE, TOTAL)
              .map(setting -> setting.withAbsent(absent))
              .toList());
    }

    private Timeouts() {}
  }

  /** Repeats on the same target. */
  static final class Retries {
    static final Setting MAX = integer("max", 0, 10, "2");
    static final Setting BACKOFF = integer("backoff_ms", 0, Settings.HOUR_MS, "250");
    static final Setting MAX_BACKOFF = integer("max_backoff_ms", 0, Settings.HOUR_MS, "4000");
    static final Setting PATIENCE = integer("patience_ms", 0, Settings.HOUR_MS, "2500");
    static final Setting BUDGET = decimal("budget_percent", 0, 100, "20");
    static final Group GROUP =
        new Group("providers.NAME.retries", List.of(MAX, BACKOFF, MAX_BACKOFF, PATIENCE, BUDGET));

    private Retries() {}
  }

  /** When a target is ejected and how it returns. */
  static final class Health {
    static final Setting CONSECUTIVE = integer("consecutive_failures", 1, 1000, "5");
    static final Setting RATE = decimal("failure_rate", 0.01, 1, "0.5");
    static final Setting MIN_CALLS = integer("min_calls", 1, 10_000, "10");
    static final Setting MIN_EJECTION = integer("min_ejection_ms", 10, Settings.HOUR_MS, "5000");
    static final Setting MAX_EJECTION = integer("max_ejection_ms", 10, Settings.DAY_MS, "300000");
    static final Setting SLOW_START = integer("slow_start_ms", 0, Settings.HOUR_MS, "10000");
    static final Group GROUP =
        new Group(
            "providers.NAME.health",
            List.of(CONSECUTIVE, RATE, MIN_CALLS, MIN_EJECTION, MAX_EJECTION, SLOW_START));

    private Health() {}
  }

  /** How many calls a target gets at once. */
  static final class Concurrency {
    static final Setting MAX = integer("max", 0, MAX_CALLS, "100000");
    static final Setting MIN = integer("min", 1, MAX_CALLS, "4");
    static final Setting QUEUE = integer("queue", 0, MAX_CALLS, "100");
    static final Setting QUEUE_TIME = integer("queue_ms", 0, Settings.HOUR_MS, "5000");
    static final Group GROUP =
        new Group("providers.NAME.concurrency", List.of(MAX, MIN, QUEUE, QUEUE_TIME));

    private Concurrency() {}
  }

  /** Second copies of late calls. */
  static final class Hedge {
    static final Setting AFTER = text("after", REQUIRED);
    static final Setting PERCENT = decimal("max_percent", 0.01, 100, "5");
    static final Group GROUP = new Group("routing.NAME.hedge", List.of(AFTER, PERCENT));

    private Hedge() {}
  }

  /** What a target costs. */
  static final class Price {
    private static final double MAX_DOLLARS = 1_000_000;

    static final Setting INPUT = decimal("input", 0, MAX_DOLLARS, REQUIRED);
    static final Setting OUTPUT = decimal("output", 0, MAX_DOLLARS, REQUIRED);
    static final Group GROUP = new Group("routing.NAME.targets[].price", List.of(INPUT, OUTPUT));

    private Price() {}
  }
}
