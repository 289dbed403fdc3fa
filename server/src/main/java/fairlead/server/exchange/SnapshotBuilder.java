package fairlead.server.exchange;

import fairlead.cache.tiers.AnswerCache;
import fairlead.providers.Upstream;
import fairlead.routing.Candidate;
import fairlead.routing.RetryBudget;
import fairlead.routing.Strategy;
import fairlead.routing.TargetOrder;
import fairlead.server.config.Config;
import fairlead.server.config.OwnTimeouts;
import fairlead.server.governance.CallerKeys;
import fairlead.server.observe.GatewayMetrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
  /** What entries and thresholds of calls that name no route are filed under. */
  static final String DIRECT = "*direct"; // no route can have this name

  private final Function<Config.Provider, Upstream> upstreams;
  private final GatewayMetrics metrics;
  private final TargetStates states;
  private final @Nullable CachingBuilder caching;
  private final Map<String, ProviderRuntime> providers = new LinkedHashMap<>();
  private final Map<String, RouteRuntime> routes = new LinkedHashMap<>();

  /** The providers each direct route stands for, by identity: routes have no other equality. */
  private final Map<RouteRuntime, List<String>> serving = new HashMap<>();

  /**
   * @param upstreams gives the place where a provider answers, see {@link Upstreams}
   */
  public SnapshotBuilder(Function<Config.Provider, Upstream> upstreams, GatewayMetrics metrics) {
    this(upstreams, metrics, new TargetStates(metrics));
  }

  /**
   * @param states what is known of targets and keys from earlier configurations
   */
  public SnapshotBuilder(
      Function<Config.Provider, Upstream> upstreams, GatewayMetrics metrics, TargetStates states) {
    this(upstreams, metrics, states, null);
  }

  /**
   * @param cache what answers are remembered in; null: in nothing
   */
  public SnapshotBuilder(
      Function<Config.Provider, Upstream> upstreams,
      GatewayMetrics metrics,
      TargetStates states,
      @Nullable AnswerCache cache) {
    this.upstreams = upstreams;
    this.metrics = metrics;
    this.states = states;
    this.caching = cache == null ? null : new CachingBuilder(cache, metrics.cache());
  }

  public Snapshot build(Config config) {
    config.providers().forEach((name, provider) -> providers.put(name, provider(provider)));
    config.routes().forEach((name, route) -> routes.put(name, route(config, route)));

    Map<String, RouteRuntime> direct = new LinkedHashMap<>();
    providers.forEach(
        (name, provider) -> direct.put(name, direct(config, null, List.of(provider))));

    Set<String> ids = new LinkedHashSet<>(routes.keySet());
    Map<String, RouteRuntime> named = new LinkedHashMap<>();
    Map<String, List<ProviderRuntime>> models = models(config);
    models.forEach(
        (model, listing) -> {
          int slash = model.indexOf('/');
          // PROVIDER/MODEL always means that provider, also where another lists a model of that
          // name.
          if (slash < 0 || !providers.containsKey(model.substring(0, slash))) {
            named.put(model, direct(config, model, listing));
          }
          listing.forEach(provider -> ids.add(provider.name() + "/" + model));
        });
    Map<String, List<ProviderRuntime>> prefixes = prefixes(config);
    Map<String, RouteRuntime> known = new LinkedHashMap<>();
    for (Config.Target target : namedInFallbacks(config)) {
      ProviderRuntime provider = provider(target.provider());
      String model = Objects.requireNonNull(target.model());
      known.put(provider.name() + "/" + model, direct(config, model, List.of(provider)));
      List<ProviderRuntime> unlisted = unlisted(prefixes, model);
      if (!named.containsKey(model) && unlisted.contains(provider)) {
        named.put(model, direct(config, model, unlisted));
      }
    }
    named.putAll(routes);
    List<RouteRuntime> all = new ArrayList<>(routes.values());
    all.addAll(direct.values());

    return new Snapshot(
        config,
        Collections.unmodifiableMap(providers),
        all,
        new ModelTable(named),
        new ModelTable(direct),
        new ModelTable(known),
        serving,
        prefixes.entrySet().stream()
            .map(e -> new Snapshot.Prefix(e.getKey(), direct(config, null, e.getValue())))
            .toList(),
        providers.size() == 1 ? direct.values().iterator().next() : null,
        keys(config.auth()),
        List.copyOf(ids));
  }

  /** Weights choose between providers; a caller who names the only one means it, drained or not. */
  private static double weight(List<ProviderRuntime> askable, ProviderRuntime provider) {
    return askable.size() == 1 ? 1 : provider.settings().weight();
  }

  private static @Nullable CallerKeys keys(Config.Auth auth) {
    if (auth.mode() != Config.Auth.Mode.KEYS) {
      return null;
    }
    return new CallerKeys(
        auth.keys().stream()
            .map(
                key ->
                    new CallerKeys.Caller(key.name(), key.sha256(), key.routes(), key.cacheScope()))
            .toList());
  }

  private ProviderRuntime provider(Config.Provider settings) {
    return ProviderRuntime.of(settings, upstreams.apply(settings), states, metrics);
  }

  private RouteRuntime route(Config config, Config.Route route) {
    List<TargetRuntime> targets = new ArrayList<>();
    List<Config.Target> plan = new ArrayList<>();
    for (Config.Target target : route.targets()) {
      targets.add(target(target, route.timeouts()));
      plan.add(asking(target, null));
    }
    if (route.failover()) {
      appendFallbacks(config, null, route.timeouts(), plan, targets);
    }
    return new RouteRuntime(
        route.name(),
        false,
        targets,
        order(route.strategy(), plan, targets),
        RoutePolicy.of(route),
        hedgeBudget(route.hedge()),
        caching == null
            ? null
            : caching.route(config.cache(), route.name(), route.cache(), targets),
        metrics);
  }

  private static @Nullable RetryBudget hedgeBudget(Config.@Nullable Hedge hedge) {
    return hedge == null
        ? null
        : RetryBudget.forHedges(hedge.maxPercent() / 100, System.nanoTime());
  }

  /**
   * @param clocks those of the route the target stands in
   */
  private TargetRuntime target(Config.Target target, OwnTimeouts clocks) {
    ProviderRuntime provider = provider(target.provider());
    String model = asking(target, null).model();
    long window = target.contextWindow();
    if (window == 0) {
      window = provider.settings().failover().contextWindow();
    }
    if (window == 0 && model != null) {
      window = KnownModels.contextWindow(model);
    }
    return new TargetRuntime(
        provider,
        states.target(provider.settings(), model, provider.keys()),
        model,
        window,
        KnownModels.price(target.price(), model),
        target.timeouts(),
        clocks,
        metrics);
  }

  /**
   * The target with the model it is going to be asked for: its own, else its provider's default,
   * else the caller's.
   *
   * @param callers the model the caller names, or null if that is not known at load
   */
  private Config.Target asking(Config.Target target, @Nullable String callers) {
    String model = target.model();
    if (model == null) {
      model = provider(target.provider()).settings().defaultModel();
    }
    return new Config.Target(
        target.provider(),
        model == null ? callers : model,
        target.weight(),
        target.priority(),
        target.contextWindow(),
        target.price(),
        target.timeouts());
  }

  private ProviderRuntime provider(String name) {
    ProviderRuntime provider = providers.get(name);
    if (provider == null) {
      throw new IllegalArgumentException("no provider '" + name + "' among " + providers.keySet());
    }
    return provider;
  }

  /** For callers who name a provider or only a model; {@code model} null: whatever they name. */
  private RouteRuntime direct(
      Config config, @Nullable String model, List<ProviderRuntime> askable) {
    List<TargetRuntime> targets = new ArrayList<>();
    List<Config.Target> plan = new ArrayList<>();
    for (ProviderRuntime provider : askable) {
      targets.add(
          new TargetRuntime(
              provider,
              states.target(provider.settings(), null, provider.keys()),
              null,
              provider.settings().failover().contextWindow(),
              Double.NaN,
              OwnTimeouts.NONE,
              OwnTimeouts.NONE,
              metrics));
      plan.add(new Config.Target(provider.name(), model, weight(askable, provider), 0));
    }
    appendFallbacks(config, model, OwnTimeouts.NONE, plan, targets);
    RouteRuntime route =
        new RouteRuntime(
            askable.getFirst().name(),
            true,
            targets,
            order(Config.Strategy.WEIGHTED, plan, targets),
            RoutePolicy.direct(targets.size() > 1),
            null,
            caching == null
                ? null
                : caching.route(config.cache(), DIRECT, config.cache().direct(), targets),
            metrics);
    serving.put(route, askable.stream().map(ProviderRuntime::name).toList());
    return route;
  }

  /**
   * Every provider with a model that fallbacks speak of. A call for one of these has fallbacks of
   * its own: a rule is for it, or it is a fallback itself, which is not to be asked twice.
   */
  private Set<Config.Target> namedInFallbacks(Config config) {
    List<Config.Target> targets = new ArrayList<>(config.fallbacks());
    for (Config.FallbackRule rule : config.fallbackRules()) {
      if (rule.model() != null) {
        targets.add(new Config.Target(rule.provider(), rule.model(), 1, 0));
      }
      targets.addAll(rule.to());
    }
    Set<Config.Target> named = new LinkedHashSet<>();
    for (Config.Target target : targets) {
      String model = asking(target, null).model();
      if (model != null) {
        named.add(new Config.Target(target.provider(), model, 1, 0));
      }
    }
    return named;
  }

  /** Where {@link Snapshot#resolve} sends a bare model name that nobody lists. */
  private List<ProviderRuntime> unlisted(
      Map<String, List<ProviderRuntime>> prefixes, String model) {
    int slash = model.indexOf('/');
    if (slash >= 0
        && slash < model.length() - 1
        && providers.containsKey(model.substring(0, slash))) {
      return List.of(); // not a bare name, but a model of that provider
    }
    for (Map.Entry<String, List<ProviderRuntime>> prefix : prefixes.entrySet()) {
      if (model.startsWith(prefix.getKey())) {
        return prefix.getValue();
      }
    }
    return providers.size() == 1 ? List.copyOf(providers.values()) : List.of();
  }

  /**
   * Default fallbacks come after everything the call was meant for, in their own order.
   *
   * @param callers as for {@link #asking}
   * @param clocks those of the route
   * @param plan like {@code targets}, with the models that are going to be asked for
   */
  private void appendFallbacks(
      Config config,
      @Nullable String callers,
      OwnTimeouts clocks,
      List<Config.Target> plan,
      List<TargetRuntime> targets) {
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
    for (Config.Target configured : fallbacks) {
      Config.Target fallback = asking(configured, callers);
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
        targets.add(target(configured, clocks));
      }
    }
  }

  private static TargetOrder order(
      Config.Strategy strategy, List<Config.Target> plan, List<TargetRuntime> targets) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      candidates.add(targets.get(i).candidate(plan.get(i).weight(), plan.get(i).priority()));
    }
    return new TargetOrder(
        switch (strategy) {
          case WEIGHTED -> Strategy.WEIGHTED;
          case PRIORITY -> Strategy.PRIORITY;
          case ROUND_ROBIN -> Strategy.ROUND_ROBIN;
          case LEAST_BUSY -> Strategy.LEAST_BUSY;
          case FASTEST -> Strategy.FASTEST;
          case CHEAPEST -> Strategy.CHEAPEST;
        },
        candidates);
  }

  /** Which providers list a model, by model, in file order. */
  private Map<String, List<ProviderRuntime>> models(Config config) {
    Map<String, List<ProviderRuntime>> listing = new LinkedHashMap<>();
    for (Config.Provider settings : config.providers().values()) {
      for (String model : settings.models()) {
        listing.computeIfAbsent(model, m -> new ArrayList<>()).add(provider(settings.name()));
      }
    }
    return listing;
  }

  /** Which providers claim model names that begin like this, by prefix, in file order. */
  private Map<String, List<ProviderRuntime>> prefixes(Config config) {
    Map<String, List<ProviderRuntime>> claiming = new LinkedHashMap<>();
    for (Config.Provider settings : config.providers().values()) {
      for (String prefix : settings.modelPrefixes()) {
        claiming.computeIfAbsent(prefix, p -> new ArrayList<>()).add(provider(settings.name()));
      }
    }
    return claiming;
  }
}
