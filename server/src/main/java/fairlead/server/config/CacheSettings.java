package fairlead.server.config;

import static fairlead.server.config.Setting.NONE;
import static fairlead.server.config.Setting.REQUIRED;
import static fairlead.server.config.Setting.choice;
import static fairlead.server.config.Setting.decimal;
import static fairlead.server.config.Setting.flag;
import static fairlead.server.config.Setting.integer;
import static fairlead.server.config.Setting.plain;
import static fairlead.server.config.Setting.size;
import static fairlead.server.config.Setting.text;

import fairlead.server.config.Setting.Kind;
import fairlead.server.config.Settings.Group;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The settings of answers from memory; a part of {@link Settings}. Immutable. */
final class CacheSettings {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final long GIB = 1024 * MIB;
  private static final int YEAR_SECONDS = 31_536_000;

  /** Each lookup scans the entries it may match; of more, that takes tens of milliseconds. */
  private static final int MAX_ENTRIES = 10_000_000;

  private static final double MAX_TEMPERATURE = 2;

  /** What the reference says of a route's settings that are not written. */
  private static final String INHERITED = "the cache's";

  static final Setting DIRECTORY = text("directory", NONE);
  static final Setting MAX_DISK = size("max_disk_bytes", MIB, 1024 * GIB, "1GB");
  static final Setting EXACT = plain("exact", Kind.EITHER, "false");
  static final Setting SEMANTIC = plain("semantic", Kind.EITHER, "false");
  static final Group GROUP = new Group("cache", List.of(DIRECTORY, MAX_DISK, EXACT, SEMANTIC));

  /** What {@code allow} may name. */
  static final List<String> ALLOWED =
      Stream.of(RouteCache.Allowed.values()).map(a -> a.name().toLowerCase(Locale.ROOT)).toList();

  private static final Setting TTL = integer("ttl_seconds", 1, YEAR_SECONDS, "3600");

  private CacheSettings() {}

  /** Equal requests. */
  static final class Exact {
    static final Setting ENABLED = flag("enabled", true);
    static final Setting TTL = CacheSettings.TTL.withAbsent("semantic's, else 3600");
    static final Setting MAX_BYTES = size("max_bytes", MIB, 1024 * GIB, "256MiB");
    static final Setting MAX_ANSWER = size("max_answer_bytes", KIB, 64 * MIB, "1MB");
    static final Group GROUP =
        new Group("cache.exact", List.of(ENABLED, TTL, MAX_BYTES, MAX_ANSWER));

    private Exact() {}
  }

  /** Requests that mean the same. */
  static final class Semantic {
    static final Setting ENABLED = flag("enabled", true);
    static final Setting MODE =
        choice(
            "mode",
            "earn; serve where a threshold is written",
            "earn",
            "serve",
            "shadow",
            "observe");
    static final Setting GUARDS = choice("guards", "strict", "strict", "balanced", "exact");
    static final Setting THRESHOLD = decimal("similarity_threshold", 0, 1, "by guards");
    static final Setting TTL = CacheSettings.TTL.withAbsent("exact's, else 3600");
    static final Setting ERROR_BUDGET = decimal("error_budget_percent", 0.1, 50, "2");
    static final Setting RECHECK = decimal("recheck_percent", 0, 100, "2");
    static final Setting LOG_SIMILARITY = decimal("log_similarity", 0.5, 1, "0.95");
    static final Setting MAX_TEMPERATURE =
        decimal("max_temperature", 0, CacheSettings.MAX_TEMPERATURE, "1");
    static final Setting ALLOW = plain("allow", Kind.LIST, "[]");
    static final Setting MAX_ENTRIES =
        integer("max_entries", 100, CacheSettings.MAX_ENTRIES, "100000");
    static final Setting MAX_ENTRIES_PER_TENANT =
        integer("max_entries_per_tenant", 100, CacheSettings.MAX_ENTRIES, "1000000");
    static final Setting RECORD_TEXTS = flag("record_texts", false);
    static final Setting JUDGE = plain("judge", Kind.MAPPING, NONE);
    static final Group GROUP =
        new Group(
            "cache.semantic",
            List.of(
                ENABLED,
                MODE,
                GUARDS,
                THRESHOLD,
                TTL,
                ERROR_BUDGET,
                RECHECK,
                LOG_SIMILARITY,
                MAX_TEMPERATURE,
                ALLOW,
                MAX_ENTRIES,
                MAX_ENTRIES_PER_TENANT,
                RECORD_TEXTS,
                JUDGE));

    private Semantic() {}
  }

  /** The second opinion on near matches. */
  static final class Judge {
    static final Setting TYPE = choice("type", REQUIRED, "onnx", "provider", "none");
    static final Setting JAR = text("jar", NONE);
    static final Setting PROVIDER = text("provider", NONE);
    static final Setting MODEL = text("model", NONE);
    static final Setting THRESHOLD = decimal("threshold", 0, 1, "0.95");
    static final Setting DEADLINE = integer("deadline_ms", 1, 10_000, "15; of a provider 250");
    static final Group GROUP =
        new Group("cache.semantic.judge", List.of(TYPE, JAR, PROVIDER, MODEL, THRESHOLD, DEADLINE));

    private Judge() {}
  }

  /** What a route says itself. */
  static final class Route {
    static final Setting EXACT = plain("exact", Kind.BOOLEAN, INHERITED);
    static final Setting SEMANTIC = plain("semantic", Kind.BOOLEAN, INHERITED);
    static final Setting MODE = Semantic.MODE.withAbsent(INHERITED);
    static final Setting GUARDS = Semantic.GUARDS.withAbsent(INHERITED);
    static final Setting THRESHOLD = Semantic.THRESHOLD.withAbsent(INHERITED);
    static final Setting TTL = CacheSettings.TTL.withAbsent(INHERITED);
    static final Setting ERROR_BUDGET = Semantic.ERROR_BUDGET.withAbsent(INHERITED);
    static final Setting MAX_TEMPERATURE = Semantic.MAX_TEMPERATURE.withAbsent(INHERITED);
    static final Setting ALLOW = Semantic.ALLOW.withAbsent(INHERITED);
    static final Setting SHARE = text("share", NONE);
    static final Group GROUP =
        new Group(
            "routing.NAME.cache",
            List.of(
                EXACT,
                SEMANTIC,
                MODE,
                GUARDS,
                THRESHOLD,
                TTL,
                ERROR_BUDGET,
                MAX_TEMPERATURE,
                ALLOW,
                SHARE));

    private Route() {}
  }
}
