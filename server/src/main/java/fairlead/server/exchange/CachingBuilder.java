package fairlead.server.exchange;

import fairlead.cache.earn.RouteTrust;
import fairlead.cache.earn.TrustSettings;
import fairlead.cache.guard.Strictness;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.RouteMemory;
import fairlead.cache.tiers.TierPolicy;
import fairlead.server.caching.Eligibility;
import fairlead.server.caching.NotCached;
import fairlead.server.caching.Trait;
import fairlead.server.config.CacheConfig;
import fairlead.server.config.Config;
import fairlead.server.config.RouteCache;
import fairlead.server.observe.CacheMetrics;
import fairlead.server.observe.Counter;
import fairlead.server.observe.RouteCacheCounters;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a configuration says of answers from memory into what calls use.
 *
 * <p>Not thread-safe; used while a configuration is loaded.
 */
final class CachingBuilder {
  private static final float DEFAULT_JUDGE_FLOOR = 0.95f;

  private final AnswerCache cache;
  private final CacheMetrics metrics;
  private final Counter[] ineligible;
  private final Map<String, RouteCacheCounters> counters = new HashMap<>();

  CachingBuilder(AnswerCache cache, CacheMetrics metrics) {
    this.cache = cache;
    this.metrics = metrics;
    NotCached[] reasons = NotCached.values();
    ineligible = new Counter[reasons.length];
    for (NotCached reason : reasons) {
      ineligible[reason.ordinal()] = metrics.ineligible(reason);
    }
  }

  /**
   * @param name what entries and thresholds are filed under
   * @return null if nothing is answered from memory
   */
  @Nullable RouteCaching route(
      CacheConfig common, String name, RouteCache own, List<TargetRuntime> targets) {
    if (!own.exact()) {
      return null;
    }
    RouteMemory memory = own.semantic() ? cache.route(name, policy(common, own)) : null;
    if (memory != null && !counters.containsKey(name)) {
      publish(name, memory.prose());
      publish(name, memory.lines());
    }
    return new RouteCaching(
        name,
        identity(name, targets),
        eligibility(own),
        memory,
        TimeUnit.SECONDS.toMillis(own.exactTtlSeconds()),
        TimeUnit.SECONDS.toMillis(own.semanticTtlSeconds()),
        common.maxAnswerBytes(),
        own.share() == null ? null : "share:" + own.share(),
        ineligible,
        counters.computeIfAbsent(name, _ -> metrics.route()));
  }

  private void publish(String name, RouteTrust trust) {
    metrics.threshold(
        name,
        trust.settings().tier(),
        () -> trust.threshold() <= 1 ? trust.threshold() : Double.NaN);
  }

  private static TierPolicy policy(CacheConfig common, RouteCache own) {
    CacheConfig.Judge judge = common.judge();
    return new TierPolicy(
        switch (own.mode()) {
          case SHADOW -> TrustSettings.Mode.SHADOW;
          case EARN -> TrustSettings.Mode.EARN;
          case SERVE -> TrustSettings.Mode.SERVE;
        },
        switch (own.guards()) {
          case EXACT -> Strictness.EXACT;
          case STRICT -> Strictness.STRICT;
          case BALANCED -> Strictness.BALANCED;
        },
        (float) own.similarityThreshold(),
        (float) own.logSimilarity(),
        judge == null ? DEFAULT_JUDGE_FLOOR : (float) judge.threshold(),
        own.errorBudgetPercent() / 100,
        own.recheckPercent() / 100,
        own.allow().contains(RouteCache.Allowed.TIME_WORDS));
  }

  private static Eligibility eligibility(RouteCache own) {
    int allowed = 0;
    for (RouteCache.Allowed each : own.allow()) {
      switch (each) {
        case TOOLS -> allowed |= Trait.TOOLS.bit() | Trait.TOOL_TURNS.bit();
        case IMAGES -> allowed |= Trait.ATTACHMENTS.bit() | Trait.OTHER_MODALITIES.bit();
        case USER -> allowed |= Trait.USER.bit();
        case TIME_WORDS -> {} // of the text, not of the request
      }
    }
    return new Eligibility(
        true, own.semantic(), allowed, Double.POSITIVE_INFINITY, own.maxTemperature());
  }

  /** A route that asks others gives other answers, whatever it and they are called. */
  private static byte[] identity(String name, List<TargetRuntime> targets) {
    StringBuilder text = new StringBuilder(name);
    for (TargetRuntime target : targets) {
      Config.Provider at = target.provider().settings();
      text.append('\n').append(target.shown()).append(' ').append(at.type());
      text.append(" ").append(at.baseUrl()).append(" ").append(new TreeMap<>(at.headers()));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
