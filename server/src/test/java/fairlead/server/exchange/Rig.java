package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.judge.TextEmbedder;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.SecondJudge;
import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.admin.RouterView;
import fairlead.server.caching.CacheOpening;
import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import fairlead.server.governance.CallerKeys;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A gateway's exchange without sockets, from a configuration and an upstream per provider. */
final class Rig implements AutoCloseable {
  private static final int JUDGE_DEADLINE_MILLIS = 200;

  final DeadlineSweeper sweeper = new DeadlineSweeper(1);
  final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
  final Snapshot snapshot;

  /** What answers are remembered in, if the configuration wants that. */
  final @Nullable AnswerCache cache;

  private final @Nullable SharedCache shared;
  private final ModelExchange exchange;

  private final @Nullable SecondJudge judge;

  Rig(String yaml, Map<String, ? extends Upstream> upstreams) {
    this(yaml, upstreams, null);
  }

  /**
   * @param embedder the second judge instead of the configured one; null: the configured one
   */
  Rig(String yaml, Map<String, ? extends Upstream> upstreams, @Nullable TextEmbedder embedder) {
    Loaded loaded = new ConfigLoader(Map.of()).load("test.yaml", yaml);
    assertThat(loaded.errors()).isEmpty();
    Config config = Objects.requireNonNull(loaded.config());
    Function<Config.Provider, Upstream> places =
        settings -> Objects.requireNonNull(upstreams.get(settings.name()));
    TargetStates states = new TargetStates(metrics);
    judge =
        embedder == null
            ? JudgeOpening.open(config, places, metrics, states, sweeper)
            : new SecondJudge(embedder, JUDGE_DEADLINE_MILLIS);
    try {
      cache =
          CacheOpening.wanted(config)
              ? CacheOpening.open(config.cache(), judge, metrics.cache())
              : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    snapshot = new SnapshotBuilder(places, metrics, states, cache).build(config);
    shared = cache == null ? null : new SharedCache(cache, metrics.cache());
    exchange = new ModelExchange(metrics, sweeper, shared);
  }

  /** One call on the connection that all calls of this thread share. */
  FakeExchange call(FakeExchange http) throws IOException {
    return call(http, CallerKeys.Caller.ANYONE);
  }

  /** The same for a caller with a key. */
  FakeExchange call(FakeExchange http, CallerKeys.Caller caller) throws IOException {
    exchange.handle(http, Operation.CHAT, snapshot, caller);
    return http;
  }

  /** Another connection. */
  ModelExchange connection() {
    return new ModelExchange(metrics, sweeper, shared);
  }

  /** One call on a connection of its own. */
  FakeExchange callApart(FakeExchange http) throws IOException {
    try (ModelExchange apart = connection()) {
      apart.handle(http, Operation.CHAT, snapshot, CallerKeys.Caller.ANYONE);
    }
    return http;
  }

  RouterView.TargetView target(String provider) {
    return snapshot.router().view().routes().stream()
        .flatMap(route -> route.targets().stream())
        .filter(target -> target.provider().equals(provider))
        .findFirst()
        .orElseThrow();
  }

  long total(String metric) {
    return metrics.registry().total(metric);
  }

  /** Whether a series with that text is in the exposition. */
  String series(String start) {
    return metrics
        .registry()
        .expose(null)
        .text()
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() {
    exchange.close();
    sweeper.close();
    if (cache != null) {
      cache.close();
    }
    if (judge != null) {
      judge.close();
    }
  }
}
