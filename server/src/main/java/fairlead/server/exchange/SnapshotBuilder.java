package fairlead.server.exchange;

import fairlead.providers.Upstream;
import fairlead.routing.KeyRing;
import fairlead.routing.Strategy;
import fairlead.routing.TargetOrder;
import fairlead.server.config.Config;
import fairlead.server.governance.CallerKeys;
import fairlead.server.observe.GatewayMetrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns a validated configuration into the snapshot calls use: everything that can be worked out
 * before a call is worked out here.
 *
 * <p>Not thread-safe; used once per load of a configuration.
 */
public final class SnapshotBuilder {
  private final Function<Config.Provider, Upstream> upstreams;
  private final GatewayMetrics metrics;
  private final Map<String, ProviderRuntime> providers = new LinkedHashMap<>();
  private final Map<String, RouteRuntime> routes = new LinkedHashMap<>();

  /**
   * @param upstreams gives the place where a provider answers, see {@link Upstreams}
   */
  public SnapshotBuilder(Function<Config.Provider, Upstream> upstreams, GatewayMetrics metrics) {
    this.upstreams = upstreams;
    this.metrics = metrics;
  }

  public Snapshot build(Config config) {
    config.providers().forEach((name, provider) -> providers.put(name, provider(provider)));
    config.routes().forEach((name, route) -> routes.put(name, route(config, route)));

    Map<String, RouteRuntime> direct = new LinkedHashMap<>();
    providers.forEach(
        (name, provider) -> direct.put(name, direct(config, name, List.of(provider))));

    Set<String> ids = new LinkedHashSet<>(routes.keySet());
    Map<String, RouteRuntime> named = new LinkedHashMap<>();
    models(config)
        .forEach(
            (model, serving) -> {
              named.put(model, direct(config, serving.getFirst().name(), serving));
              serving.forEach(provider -> ids.add(provider.name() + "/" + model));
            });
    named.putAll(routes);

    return new Snapshot(
        config,
        Collections.unmodifiableMap(routes),
        Collections.unmodifiableMap(providers),
        new ModelTable(named),
        new ModelTable(direct),
        prefixes(config),
        providers.size() == 1 ? direct.values().iterator().next() : null,
        keys(config.auth()),
        List.copyOf(ids));
  }

  private static @Nullable CallerKeys keys(Config.Auth auth) {
    if (auth.mode() != Config.Auth.Mode.KEYS) {
      return null;
    }
    return new CallerKeys(
        auth.keys().stream()
            .map(key -> new CallerKeys.Caller(key.name(), key.sha256(), key.routes()))
            .toList());
  }

  private ProviderRuntime provider(Config.Provider settings) {
    return new ProviderRuntime(
        settings,
        upstreams.apply(settings),
        new KeyRing(
            keysOf(settings).stream().mapToDouble(Config.ProviderKey::weight).toArray(),
            System.nanoTime()),
        ProviderHeads.of(settings, keysOf(settings)),
        metrics.upstreamSeconds(settings.name()),
        metrics.firstTokenSeconds(settings.name()));
  }

  /** A provider that asks for no credential has one key that is empty. */
  private static List<Config.ProviderKey> keysOf(Config.Provider settings) {
    return settings.keys().isEmpty()
        ? List.of(new Config.ProviderKey("none", "", 1))
        : settings.keys();
  }

  private RouteRuntime route(Config config, Config.Route route) {
    List<TargetRuntime> targets = new ArrayList<>();
    List<Config.Target> plan = new ArrayList<>(route.targets());
    for (Config.Target target : plan) {
      targets.add(target(target));
    }
    if (route.failover()) {
      appendFallbacks(config, plan, targets);
    }
    return new RouteRuntime(
        route.name(),
        false,
        targets,
        order(route.strategy(), plan),
        route.failover(),
        route.timeoutMs(),
        metrics);
  }

  private TargetRuntime target(Config.Target target) {
    ProviderRuntime provider = provider(target.provider());
    String model = target.model();
    return new TargetRuntime(
        provider, model == null ? provider.settings().defaultModel() : model, metrics);
  }

  private ProviderRuntime provider(String name) {
    ProviderRuntime provider = providers.get(name);
    if (provider == null) {
      throw new IllegalArgumentException("no provider '" + name + "' among " + providers.keySet());
    }
    return provider;
  }

  /** A route for callers who name a provider, or a model that some providers serve. */
  private RouteRuntime direct(Config config, String name, List<ProviderRuntime> serving) {
    List<TargetRuntime> targets = new ArrayList<>();
    List<Config.Target> plan = new ArrayList<>();
    for (ProviderRuntime provider : serving) {
      targets.add(new TargetRuntime(provider, null, metrics));
      plan.add(new Config.Target(provider.name(), null, provider.settings().weight(), 0));
    }
    appendFallbacks(config, plan, targets);
    return new RouteRuntime(
        name, true, targets, order(Config.Strategy.WEIGHTED, plan), targets.size() > 1, 0, metrics);
  }

  /** Default fallbacks come after everything the call was meant for, in their own order. */
  private void appendFallbacks(
      Config config, List<Config.Target> plan, List<TargetRuntime> targets) {
    int lowest = plan.stream().mapToInt(Config.Target::priority).max().orElse(0);
    List<Config.Target> fallbacks = new ArrayList<>();
    for (Config.Target own : List.copyOf(plan)) {
      for (Config.FallbackRule rule : config.fallbackRules()) {
        boolean sameModel = rule.model() == null || rule.model().equals(own.model());
        if (rule.provider().equals(own.provider()) && sameModel) {
          fallbacks.addAll(rule.to());
        }
      }
    }
    fallbacks.addAll(config.fallbacks());
    for (Config.Target fallback : fallbacks) {
      boolean present =
          plan.stream()
              .anyMatch(
                  t ->
                      t.provider().equals(fallback.provider())
                          && Objects.equals(t.model(), fallback.model()));
      if (!present) {
        lowest++;
        plan.add(
            new Config.Target(fallback.provider(), fallback.model(), fallback.weight(), lowest));
        targets.add(target(fallback));
      }
    }
  }

  private static TargetOrder order(Config.Strategy strategy, List<Config.Target> plan) {
    return new TargetOrder(
        switch (strategy) {
          case WEIGHTED -> Strategy.WEIGHTED;
          case PRIORITY -> Strategy.PRIORITY;
          case ROUND_ROBIN -> Strategy.ROUND_ROBIN;
        },
        plan.stream().mapToDouble(Config.Target::weight).toArray(),
        plan.stream().mapToInt(Config.Target::priority).toArray());
  }

  /** Which providers list a model, by model, in file order. */
  private Map<String, List<ProviderRuntime>> models(Config config) {
    Map<String, List<ProviderRuntime>> serving = new LinkedHashMap<>();
    for (Config.Provider settings : config.providers().values()) {
      for (String model : settings.models()) {
        serving.computeIfAbsent(model, m -> new ArrayList<>()).add(provider(settings.name()));
      }
    }
    return serving;
  }

  private List<Snapshot.Prefix> prefixes(Config config) {
    Map<String, List<ProviderRuntime>> serving = new LinkedHashMap<>();
    for (Config.Provider settings : config.providers().values()) {
      for (String prefix : settings.modelPrefixes()) {
        serving.computeIfAbsent(prefix, p -> new ArrayList<>()).add(provider(settings.name()));
      }
    }
    List<Snapshot.Prefix> prefixes = new ArrayList<>();
    serving.forEach(
        (prefix, list) ->
            prefixes.add(
                new Snapshot.Prefix(prefix, direct(config, list.getFirst().name(), list))));
    return prefixes;
  }
}
