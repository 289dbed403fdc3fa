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
import java.util.List;

/**
 * Every setting there is, with ranges and defaults: the one place the loader, its messages and the
 * reference in {@code docs/configuration.md} agree on. Immutable.
 */
final class Settings {
  static final int DAY_MS = 24 * 60 * 60 * 1000;
  static final int HOUR_MS = 60 * 60 * 1000;
  private static final long KIB = 1024;
  private static final long GIB = KIB * KIB * KIB;

  private Settings() {}

  /**
   * The settings of one mapping.
   *
   * @param path where it stands; capitals stand for names the user chooses
   */
  record Group(String path, List<Setting> settings) {}

  /** The file itself. */
  static final class Root {
    static final Setting SCHEMA = plain("$schema", Kind.TEXT, NONE);
    static final Setting SERVER = plain("server", Kind.MAPPING, NONE);
    static final Setting AUTH = plain("auth", Kind.EITHER, NONE);
    static final Setting PROVIDERS = plain("providers", Kind.MAPPING, REQUIRED);
    static final Setting ROUTING = plain("routing", Kind.MAPPING, NONE);
    static final Setting FALLBACKS = plain("fallbacks", Kind.LIST, NONE);
    static final Setting CACHE = plain("cache", Kind.MAPPING, NONE);
    static final Group GROUP =
        new Group("", List.of(SCHEMA, SERVER, AUTH, PROVIDERS, ROUTING, FALLBACKS, CACHE));

    private Root() {}
  }

  /** The listener and its limits. */
  static final class Server {
    static final Setting HOST = text("host", "127.0.0.1");
    static final Setting PORT = integer("port", 0, 65535, "8080");
    static final Setting ADMIN_PORT = integer("admin_port", 0, 65535, NONE).withoutEffect();
    static final Setting MAX_BODY = size("max_body_bytes", KIB, GIB, "50MB");
    static final Setting MAX_BUFFERED =
        size("max_buffered_bytes", KIB, 64 * GIB, NONE).withAbsent("40 % of the heap");
    static final Setting HEADER_TIMEOUT = integer("header_timeout_ms", 100, HOUR_MS, "10000");
    static final Setting BODY_TIMEOUT = integer("body_timeout_ms", 100, HOUR_MS, "30000");
    static final Setting IDLE_TIMEOUT = integer("idle_timeout_ms", 100, HOUR_MS, "75000");
    static final Setting DRAIN_TIMEOUT = integer("drain_timeout_ms", 0, HOUR_MS, "30000");
    static final Setting MAX_CONNECTIONS = integer("max_connections", 0, 1_000_000, "0");
    static final Setting TLS = plain("tls", Kind.MAPPING, NONE);
    static final Group GROUP =
        new Group(
            "server",
            List.of(
                HOST,
                PORT,
                ADMIN_PORT,
                MAX_BODY,
                MAX_BUFFERED,
                HEADER_TIMEOUT,
                BODY_TIMEOUT,
                IDLE_TIMEOUT,
                DRAIN_TIMEOUT,
                MAX_CONNECTIONS,
                TLS));

    static final Setting CERTIFICATE = text("certificate", REQUIRED);
    static final Setting KEY = text("key", REQUIRED);
    static final Group TLS_GROUP = new Group("server.tls", List.of(CERTIFICATE, KEY));

    private Server() {}
  }

  /** Callers' keys. */
  static final class Auth {
    static final Setting KEYS = plain("keys", Kind.LIST, REQUIRED);
    static final Group GROUP = new Group("auth", List.of(KEYS));

    static final Setting NAME = text("name", "key-N");
    static final Setting VALUE = text("value", NONE);
    static final Setting SHA256 = text("sha256", NONE);
    static final Setting ROUTES = plain("routes", Kind.LIST, "[\"*\"]");
    static final Setting CACHE_SCOPE = text("cache_scope", NONE);
    static final Setting ADMIN = flag("admin", false);
    static final Group KEY_GROUP =
        new Group("auth.keys[]", List.of(NAME, VALUE, SHA256, ROUTES, CACHE_SCOPE, ADMIN));

    private Auth() {}
  }

  /** One provider. */
  static final class Provider {
    static final Setting TYPE = text("type", "from NAME");
    static final Setting BASE_URL = text("base_url", "of the type");
    static final Setting API_KEY = text("api_key", NONE);
    static final Setting KEYS = plain("keys", Kind.LIST, NONE);
    static final Setting WEIGHT = decimal("weight", 0, 1_000_000, "1");
    static final Setting MODELS = plain("models", Kind.LIST, "[]");
    static final Setting DEFAULT_MODEL = text("default_model", "of the type");
    static final Setting STREAM_USAGE = plain("stream_usage", Kind.BOOLEAN, "of the type");
    static final Setting MAX_TOKENS = integer("max_tokens_default", 1, 10_000_000, "4096");
    static final Setting HEADERS = plain("headers", Kind.MAPPING, NONE);
    static final Setting PROXY = text("proxy", NONE);
    static final Setting TIMEOUTS = plain("timeouts", Kind.MAPPING, NONE);
    static final Setting RETRIES = plain("retries", Kind.MAPPING, NONE);
    static final Setting HEALTH = plain("health", Kind.MAPPING, NONE);
    static final Setting CONCURRENCY = plain("concurrency", Kind.MAPPING, NONE);
    static final Setting PREFILL = plain("prefill", Kind.BOOLEAN, "of the model");
    static final Setting CONTEXT_WINDOW =
        integer("context_window", 0, FailoverSettings.MAX_WINDOW_TOKENS, "of the model");
    static final Setting LATENCY = integer("latency_ms", 0, 600_000, NONE);
    static final Setting TOKENS_PER_SECOND = decimal("tokens_per_second", 0.001, 1_000_000, NONE);
    static final Setting FAULTS = plain("faults", Kind.MAPPING, NONE);
    static final Group GROUP =
        new Group(
            "providers.NAME",
            List.of(
                TYPE,
                BASE_URL,
                API_KEY,
                KEYS,
                WEIGHT,
                MODELS,
                DEFAULT_MODEL,
                STREAM_USAGE,
                MAX_TOKENS,
                HEADERS,
                PROXY,
                TIMEOUTS,
                RETRIES,
                HEALTH,
                CONCURRENCY,
                PREFILL,
                CONTEXT_WINDOW,
                LATENCY,
                TOKENS_PER_SECOND,
                FAULTS));

    static final Setting KEY_VALUE = text("value", REQUIRED);
    static final Setting KEY_WEIGHT = decimal("weight", 0, 1_000_000, "1");
    static final Setting KEY_NAME = text("name", "key-N");
    static final Setting KEY_MODELS = plain("models", Kind.LIST, "[\"*\"]").withoutEffect();
    static final Group KEY_GROUP =
        new Group("providers.NAME.keys[]", List.of(KEY_VALUE, KEY_WEIGHT, KEY_NAME, KEY_MODELS));

    private Provider() {}
  }

  /** One route. */
  static final class Route {
    static final Setting PROVIDERS = plain("providers", Kind.LIST, NONE);
    static final Setting TARGETS = plain("targets", Kind.LIST, NONE);
    static final Setting STRATEGY =
        choice(
            "strategy",
            "weighted",
            "weighted",
            "priority",
            "round_robin",
            "least_busy",
            "fastest",
            "cheapest");
    static final Setting FAILOVER = flag("failover", true);
    static final Setting TIMEOUT = integer("timeout_ms", 0, DAY_MS, "0");
    static final Setting MID_STREAM = choice("mid_stream", "resume", "resume", "restart", "error");
    static final Setting CONTENT_FILTER = choice("content_filter", "error", "error", "failover");
    static final Setting HEDGE = plain("hedge", Kind.MAPPING, NONE);
    static final Setting STICKY = text("sticky", NONE);
    static final Setting TIMEOUTS = plain("timeouts", Kind.MAPPING, NONE);
    static final Setting CACHE = plain("cache", Kind.EITHER, "as in cache");
    static final Group GROUP =
        new Group(
            "routing.NAME",
            List.of(
                PROVIDERS,
                TARGETS,
                STRATEGY,
                FAILOVER,
                TIMEOUT,
                TIMEOUTS,
                MID_STREAM,
                CONTENT_FILTER,
                HEDGE,
                STICKY,
                CACHE));

    static final Setting TARGET_PROVIDER = text("provider", REQUIRED);
    static final Setting TARGET_MODEL = text("model", "the caller's");
    static final Setting TARGET_WEIGHT = decimal("weight", 0, 1_000_000, "1");
    static final Setting TARGET_PRIORITY = integer("priority", 0, 1000, "0");
    static final Setting TARGET_WINDOW =
        integer("context_window", 0, FailoverSettings.MAX_WINDOW_TOKENS, "the provider's");
    static final Setting TARGET_PRICE = plain("price", Kind.MAPPING, "of the model");
    static final Setting TARGET_TIMEOUTS = plain("timeouts", Kind.MAPPING, NONE);
    static final Group TARGET_GROUP =
        new Group(
            "routing.NAME.targets[]",
            List.of(
                TARGET_PROVIDER,
                TARGET_MODEL,
                TARGET_WEIGHT,
                TARGET_PRIORITY,
                TARGET_WINDOW,
                TARGET_PRICE,
                TARGET_TIMEOUTS));

    private Route() {}
  }

  /** What to try when everything else has failed. */
  static final class Fallback {
    static final Setting PROVIDER = text("provider", REQUIRED);
    static final Setting MODEL = text("model", "the caller's");
    static final Setting TO = plain("fallback_to", Kind.LIST, NONE);
    static final Group GROUP = new Group("fallbacks[]", List.of(PROVIDER, MODEL, TO));
    static final Group TO_GROUP = new Group("fallbacks[].fallback_to[]", List.of(PROVIDER, MODEL));

    private Fallback() {}
  }

  /** All groups, in the order of the reference. */
  static final List<Group> GROUPS =
      List.of(
          Root.GROUP,
          Server.GROUP,
          Server.TLS_GROUP,
          Auth.GROUP,
          Auth.KEY_GROUP,
          Provider.GROUP,
          Provider.KEY_GROUP,
          FailoverSettings.Timeouts.GROUP,
          FailoverSettings.Retries.GROUP,
          FailoverSettings.Health.GROUP,
          FailoverSettings.Concurrency.GROUP,
          Route.GROUP,
          FailoverSettings.Timeouts.ROUTE_GROUP,
          Route.TARGET_GROUP,
          FailoverSettings.Timeouts.TARGET_GROUP,
          FailoverSettings.Price.GROUP,
          FailoverSettings.Hedge.GROUP,
          CacheSettings.Route.GROUP,
          Fallback.GROUP,
          Fallback.TO_GROUP,
          CacheSettings.GROUP,
          CacheSettings.Exact.GROUP,
          CacheSettings.Semantic.GROUP,
          CacheSettings.Judge.GROUP);
}
