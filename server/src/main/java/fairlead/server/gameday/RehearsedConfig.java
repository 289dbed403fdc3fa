package fairlead.server.gameday;

import fairlead.server.config.Config;
import fairlead.server.config.Config.ProviderType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user's configuration with simulated providers in the place of the real ones: no secret is
 * needed, and none leaves the process. Stateless.
 *
 * <p>What decides about failover stays as it is written: routes, strategies, clocks, retries,
 * health, hedging. What is replaced: addresses, the values of keys, extra headers, proxies; callers
 * need no key, and only loopback is bound.
 */
public final class RehearsedConfig {
  private static final Pattern REFERENCE =
      Pattern.compile("(?:\\$\\{|\\benv\\.)([A-Za-z_][A-Za-z0-9_]*)(:-)?");
  private static final String LOOPBACK = "127.0.0.1";

  private RehearsedConfig() {}

  /**
   * The environment with a value for every variable that the file refers to; the value can stand
   * for a key and for an address.
   */
  public static Map<String, String> environment(Path file, Map<String, String> environment) {
    Map<String, String> complete = new HashMap<>(environment);
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      return complete; // who loads the file will say what is wrong with it
    }
    Matcher reference = REFERENCE.matcher(text);
    while (reference.find()) {
      String name = reference.group(1);
      if (reference.group(2) == null) {
        complete.putIfAbsent(
            name, "http://" + name.toLowerCase(Locale.ROOT).replace('_', '-') + ".invalid");
      }
    }
    return complete;
  }

  /**
   * Replaces providers.
   *
   * @param replacements {@code NAME=URL}: that provider is there; {@code RUN:NAME=URL}: a copy of
   *     it, {@code RUN_NAME}, is there, and every route whose providers all have copies in that run
   *     gets a copy {@code RUN_ROUTE}, so that many faults are rehearsed side by side
   * @throws IllegalArgumentException if one of them has another form or names no provider
   */
  public static Config of(Config config, List<String> replacements) {
    Map<String, Map<String, String>> runs = new LinkedHashMap<>();
    for (String replacement : replacements) {
      int equals = replacement.indexOf('=');
      String left = replacement.substring(0, Math.max(0, equals));
      int colon = left.indexOf(':');
      String name = left.substring(colon + 1);
      if (!config.providers().containsKey(name)) {
        throw new IllegalArgumentException(
            "--rehearse takes [RUN:]NAME=URL with one of "
                + config.providers().keySet()
                + ": "
                + replacement);
      }
      runs.computeIfAbsent(left.substring(0, Math.max(0, colon)), _ -> new LinkedHashMap<>())
          .put(name, replacement.substring(equals + 1));
    }
    Map<String, Config.Provider> providers = new LinkedHashMap<>();
    Map<String, String> inPlace = runs.getOrDefault("", Map.of());
    config
        .providers()
        .forEach((name, provider) -> providers.put(name, safe(provider, name, inPlace.get(name))));
    Map<String, Config.Route> routes = new LinkedHashMap<>(config.routes());
    runs.forEach(
        (run, urls) -> {
          if (!run.isEmpty()) {
            copy(config, run, urls, providers, routes);
          }
        });
    Config.Server server = config.server();
    return new Config(
        config.source(),
        new Config.Server(
            LOOPBACK,
            server.port(),
            server.maxBodyBytes(),
            server.maxBufferedBytes(),
            server.headerTimeoutMs(),
            server.bodyTimeoutMs(),
            server.idleTimeoutMs(),
            server.drainTimeoutMs(),
            server.maxConnections(),
            null),
        new Config.Auth(Config.Auth.Mode.LOOPBACK_ONLY, List.of()),
        providers,
        routes,
        config.fallbacks(),
        config.fallbackRules());
  }

  private static void copy(
      Config config,
      String run,
      Map<String, String> urls,
      Map<String, Config.Provider> providers,
      Map<String, Config.Route> routes) {
    urls.forEach(
        (name, url) -> {
          String copy = run + '_' + name;
          providers.put(
              copy, safe(Objects.requireNonNull(config.providers().get(name)), copy, url));
        });
    for (Config.Route route : routes(config)) {
      List<Config.Target> targets = new ArrayList<>();
      for (Config.Target target : route.targets()) {
        if (urls.containsKey(target.provider())) {
          targets.add(at(target, run + '_' + target.provider(), target.priority()));
        }
      }
      if (targets.size() == route.targets().size()) {
        String copy = run + '_' + route.name();
        routes.put(copy, with(route, copy, targets));
      }
    }
  }

  /**
   * The routes with everything a call may go on to: their own targets, then what {@code fallbacks}
   * adds. Where no route is written, each provider is one.
   */
  static List<Config.Route> routes(Config config) {
    List<Config.Route> routes = new ArrayList<>();
    for (Config.Route route : config.routes().values()) {
      routes.add(
          route.failover() ? with(route, route.name(), extended(config, route.targets())) : route);
    }
    if (routes.isEmpty()) {
      for (Config.Provider provider : config.providers().values()) {
        List<Config.Target> own =
            List.of(new Config.Target(provider.name(), model(provider), 1, 0));
        List<Config.Target> targets = extended(config, own);
        routes.add(
            new Config.Route(
                provider.name(), targets, Config.Strategy.PRIORITY, targets.size() > 1, 0));
      }
    }
    return routes;
  }

  private static @Nullable String model(Config.Provider provider) {
    return provider.defaultModel() == null && !provider.models().isEmpty()
        ? provider.models().getFirst()
        : provider.defaultModel();
  }

  private static List<Config.Target> extended(Config config, List<Config.Target> own) {
    List<Config.Target> more = new ArrayList<>();
    for (Config.Target target : own) {
      for (Config.FallbackRule rule : config.fallbackRules()) {
        if (rule.provider().equals(target.provider())
            && (rule.model() == null || rule.model().equals(target.model()))) {
          more.addAll(rule.to());
        }
      }
    }
    more.addAll(config.fallbacks());
    List<Config.Target> targets = new ArrayList<>(own);
    int lowest = own.stream().mapToInt(Config.Target::priority).max().orElse(0);
    for (Config.Target target : more) {
      boolean present =
          targets.stream()
              .anyMatch(
                  known ->
                      known.provider().equals(target.provider())
                          && Objects.equals(known.model(), target.model()));
      if (!present) {
        lowest++;
        targets.add(at(target, target.provider(), lowest));
      }
    }
    return targets;
  }

  private static Config.Target at(Config.Target target, String provider, int priority) {
    return new Config.Target(
        provider,
        target.model(),
        target.weight(),
        priority,
        target.contextWindow(),
        target.price(),
        target.timeouts());
  }

  private static Config.Route with(Config.Route route, String name, List<Config.Target> targets) {
    return new Config.Route(
        name,
        List.copyOf(targets),
        route.strategy(),
        route.failover(),
        route.timeoutMs(),
        route.midStream(),
        route.contentFilter(),
        route.hedge(),
        route.sticky(),
        route.timeouts());
  }

  /**
   * The provider without anything secret.
   *
   * @param url null: it stays where it is, and is not to be called
   */
  private static Config.Provider safe(Config.Provider provider, String name, @Nullable String url) {
    List<Config.ProviderKey> keys = new ArrayList<>();
    for (Config.ProviderKey key : provider.keys()) {
      keys.add(
          new Config.ProviderKey(
              key.name(), "rehearsal-" + name + '-' + (keys.size() + 1), key.weight()));
    }
    boolean copy = !name.equals(provider.name());
    return new Config.Provider(
        name,
        isAnthropic(provider) ? ProviderType.ANTHROPIC : ProviderType.OPENAI_COMPATIBLE,
        url == null ? "http://" + LOOPBACK + ":9/v1" : url,
        keys,
        provider.weight(),
        copy ? List.of() : provider.models(),
        provider.defaultModel(),
        provider.streamUsage(),
        provider.maxTokensDefault(),
        Map.of(),
        null,
        provider.timeouts(),
        provider.retries(),
        Map.of(),
        copy ? List.of() : provider.modelPrefixes(),
        provider.failover());
  }

  /** Whether the simulated provider can stand for it in its own wire. */
  static boolean speaksSimulatedWire(Config.Provider provider) {
    return isAnthropic(provider)
        || provider.type() == ProviderType.OPENAI
        || provider.type() == ProviderType.OPENAI_COMPATIBLE
        || provider.type() == ProviderType.SIMULATED;
  }

  static boolean isAnthropic(Config.Provider provider) {
    return provider.type() == ProviderType.ANTHROPIC;
  }
}
