package fairlead.server.exchange;

import fairlead.cache.judge.TextEmbedder;
import fairlead.cache.tiers.SecondJudge;
import fairlead.providers.Upstream;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.caching.OnnxModule;
import fairlead.server.config.CacheConfig;
import fairlead.server.config.Config;
import fairlead.server.observe.GatewayMetrics;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens whoever gives the second opinion on near matches. Stateless. */
public final class JudgeOpening {
  private JudgeOpening() {}

  /**
   * Opens it; one in this process takes a second or so.
   *
   * @param upstreams gives the place where a provider answers, see {@link Upstreams}
   * @param states where the keys' health is
   * @param sweeper must outlive it
   * @return null if none is configured, or no route has near matches to judge
   * @throws IllegalStateException with what an operator should read if it cannot be had
   */
  public static @Nullable SecondJudge open(
      Config config,
      Function<Config.Provider, Upstream> upstreams,
      GatewayMetrics metrics,
      TargetStates states,
      DeadlineSweeper sweeper) {
    CacheConfig.Judge judge = config.cache().judge();
    if (judge == null || !needed(config)) {
      return null;
    }
    TextEmbedder embedder =
        switch (judge.type()) {
          case ONNX -> OnnxModule.open(judge.jar());
          case PROVIDER -> {
            Config.Provider settings =
                Objects.requireNonNull(config.providers().get(judge.provider()), judge.provider());
            yield new ProviderEmbedder(
                ProviderRuntime.of(settings, upstreams.apply(settings), states, metrics),
                Objects.requireNonNull(judge.model()),
                ProviderEmbedder.DEFAULT_CONCURRENT,
                sweeper,
                metrics);
          }
        };
    return new SecondJudge(embedder, judge.deadlineMs());
  }

  private static boolean needed(Config config) {
    if (config.cache().direct().semantic()) {
      return true;
    }
    for (Config.Route route : config.routes().values()) {
      if (route.cache().semantic()) {
        return true;
      }
    }
    return false;
  }
}
