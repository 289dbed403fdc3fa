package fairlead.jmh;

import fairlead.cache.tiers.AnswerCache;
import fairlead.server.caching.CacheOpening;
import fairlead.server.config.CacheConfig;
import fairlead.server.config.Config;
import fairlead.server.config.OwnTimeouts;
import fairlead.server.config.RouteCache;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the benchmarks of whole calls configure: one provider, one route named {@code route}. */
final class GatewayConfigs {
  /** Soon full, so that what is measured includes letting old answers go. */
  private static final long MAX_BYTES = 128 << 20;

  private static final long SMALL_BYTES = 1 << 20;

  private static final int HOUR = 3_600;

  private static final Config.Server SERVER =
      new Config.Server("127.0.0.1", 0, 1 << 20, 1 << 24, 1, 1, 1, 1, 0, null);

  private GatewayConfigs() {}

  private static Config.Provider provider(Config.ProviderKey... keys) {
    return new Config.Provider(
        "one",
        Config.ProviderType.OPENAI,
        "http://127.0.0.1:1/v1",
        List.of(keys),
        1,
        List.of(),
        null,
        true,
        4096,
        Map.of(),
        null,
        new Config.Timeouts(1_000, 60_000, 60_000, 60_000, 60_000),
        new Config.Retries(2, 250, 4_000),
        Map.of());
  }

  /** Callers need the key; two targets by weight, two keys of the provider. */
  static Config withKey(String key) {
    Config.Provider provider =
        provider(new Config.ProviderKey("key-1", "a", 1), new Config.ProviderKey("key-2", "b", 1));
    return new Config(
        "benchmark",
        SERVER,
        new Config.Auth(
            Config.Auth.Mode.KEYS,
            List.of(new Config.Auth.Key("agent", Sha256.of(key), Set.of("*")))),
        Map.of("one", provider),
        Map.of(
            "route",
            new Config.Route(
                "route",
                List.of(
                    new Config.Target("one", "model-a", 70, 0),
                    new Config.Target("one", "model-b", 30, 0)),
                Config.Strategy.WEIGHTED,
                true,
                8_000)));
  }

  /** The memory that goes with {@link #cached}, without a directory. */
  static AnswerCache open() {
    return open(MAX_BYTES);
  }

  /** A memory that is full after a few hundred answers, and takes in few from then on. */
  static AnswerCache openSmall() {
    return open(SMALL_BYTES);
  }

  private static AnswerCache open(long maxBytes) {
    GatewayMetrics apart = new GatewayMetrics(new MetricsRegistry());
    try {
      return CacheOpening.open(memory(maxBytes), null, apart.cache());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // only a directory could fail
    }
  }

  /** Kept for an hour, by the strict guards; near answers too if {@code semantic}. */
  static RouteCache cache(boolean semantic) {
    return new RouteCache(
        true,
        semantic,
        RouteCache.Mode.SERVE,
        RouteCache.Guards.STRICT,
        0,
        0.95,
        HOUR,
        HOUR,
        2,
        2,
        1,
        Set.of(),
        null);
  }

  /** No keys; one target; memory as the route wants it. */
  static Config cached(RouteCache cache) {
    Config.Provider provider = provider(new Config.ProviderKey("key-1", "a", 1));
    return new Config(
        "benchmark",
        SERVER,
        new Config.Auth(Config.Auth.Mode.NONE, List.of()),
        Map.of("one", provider),
        Map.of(
            "route",
            new Config.Route(
                "route",
                List.of(new Config.Target("one", "model-a", 70, 0)),
                Config.Strategy.WEIGHTED,
                true,
                8_000,
                Config.MidStream.RESUME,
                Config.ContentFilter.ERROR,
                null,
                null,
                OwnTimeouts.NONE,
                cache)),
        List.of(),
        List.of(),
        memory(MAX_BYTES));
  }

  private static CacheConfig memory(long maxBytes) {
    CacheConfig usual = CacheConfig.OFF;
    return new CacheConfig(
        null,
        usual.maxDiskBytes(),
        maxBytes,
        usual.maxAnswerBytes(),
        usual.maxEntries(),
        usual.maxEntriesPerTenant(),
        false,
        null,
        RouteCache.OFF);
  }
}
