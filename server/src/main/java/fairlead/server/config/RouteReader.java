package fairlead.server.config;

import fairlead.providers.catalogue.KnownModel;
import fairlead.providers.catalogue.Models;
import fairlead.server.config.Config.ContentFilter;
import fairlead.server.config.Config.Hedge;
import fairlead.server.config.Config.MidStream;
import fairlead.server.config.Config.Price;
import fairlead.server.config.Config.Route;
import fairlead.server.config.Config.Sticky;
import fairlead.server.config.Config.Strategy;
import fairlead.server.config.Config.Target;
import fairlead.server.config.SharedEndpoints.Placed;
import fairlead.server.config.Tree.Entry;
import fairlead.server.config.Tree.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one route. Not thread-safe. */
final class RouteReader {
  private static final String EXAMPLE = "{ providers: [NAME, …] }";

  private final Reading reading;
  private final Targets targets;
  private final SharedEndpoints endpoints;
  private final RouteCacheReader caches;

  RouteReader(
      Reading reading, Targets targets, SharedEndpoints endpoints, RouteCacheReader caches) {
    this.reading = reading;
    this.targets = targets;
    this.endpoints = endpoints;
    this.caches = caches;
  }

  /** The route, or null after reporting why there is none. */
  @Nullable Route read(Entry entry) {
    String name = entry.key().text();
    String path = "routing." + name;
    if (!Names.isValid(name)) {
      reading.error(
          entry.key(),
          "routing",
          Reading.shown(entry.key())
              + (name.indexOf('/') >= 0
                  ? " has a '/', which is for PROVIDER/MODEL; write a name without it"
                  : ' ' + Names.RULE));
      return null;
    }
    Tree.Mapping mapping = reading.mapping(entry.value(), path, EXAMPLE);
    if (mapping == null) {
      return null;
    }
    Section section = new Section(reading, mapping, path, Settings.Route.GROUP);
    Strategy strategy = RoutePolicyReader.strategy(section);
    boolean failover = section.flag(Settings.Route.FAILOVER);
    int timeout = section.integer(Settings.Route.TIMEOUT);
    MidStream midStream = RoutePolicyReader.midStream(section);
    ContentFilter contentFilter = RoutePolicyReader.contentFilter(section);
    Hedge hedge = RoutePolicyReader.hedge(reading, section);
    Sticky sticky = RoutePolicyReader.sticky(section);
    OwnTimeouts timeouts =
        FailoverReader.ownTimeouts(
            reading, section, Settings.Route.TIMEOUTS, FailoverSettings.Timeouts.ROUTE_GROUP);
    RouteCache cache = caches.read(section);
    List<Placed> placed = targets(section, strategy);
    endpoints.checkRoute(placed, failover);
    List<Target> list = placed.stream().map(Placed::target).toList();
    return list.isEmpty()
        ? null
        : new Route(
            name,
            list,
            strategy,
            failover,
            timeout,
            midStream,
            contentFilter,
            hedge,
            sticky,
            timeouts,
            cache);
  }

  private List<Placed> targets(Section section, Strategy strategy) {
    boolean byProvider = section.has(Settings.Route.PROVIDERS);
    boolean byTarget = section.has(Settings.Route.TARGETS);
    if (byProvider == byTarget) {
      reading.error(
          section.mapping(),
          section.path(),
          byProvider
              ? "has both 'providers' and 'targets'; keep one"
              : "leads nowhere; write 'providers: [NAME, …]' or 'targets: [ { provider: NAME, model:"
                  + " MODEL } ]'");
      return List.of();
    }
    Setting setting = byProvider ? Settings.Route.PROVIDERS : Settings.Route.TARGETS;
    String path = section.path(setting);
    Tree.Sequence list =
        reading.list(
            section.at(setting),
            path,
            byProvider ? "[NAME, …]" : "[ { provider: NAME, model: MODEL } ]");
    if (list == null) {
      return List.of();
    }
    if (list.items().isEmpty()) {
      reading.error(list, path, "is empty; name at least one");
      return List.of();
    }
    List<Placed> read = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    boolean usable = false;
    for (int i = 0; i < list.items().size(); i++) {
      Tree item = list.items().get(i);
      String itemPath = path + '[' + i + ']';
      int place = strategy == Strategy.PRIORITY ? i : 0;
      Target target = byProvider ? named(item, itemPath, place) : target(item, itemPath, place);
      // What could not be read is reported already.
      usable |= target == null || target.weight() > 0;
      if (target == null) {
        continue;
      }
      if (!seen.add(target.provider() + '/' + target.model())) {
        reading.error(item, itemPath, "stands in the list twice; remove one and adjust the weight");
      }
      warnWithoutModel(item, itemPath, target);
      if (strategy == Strategy.CHEAPEST && !hasPrice(target)) {
        reading.warning(
            item,
            itemPath,
            "has no price, and none is known of its model, so it comes last; write it under"
                + " 'targets' with 'price: { input: …, output: … }'");
      }
      read.add(new Placed(target, item, itemPath));
    }
    if (!usable) {
      reading.warning(
          list, path, "every weight is 0, so all count the same; give one a weight above 0");
    }
    return List.copyOf(read);
  }

  private @Nullable Target named(Tree item, String path, int place) {
    if (item instanceof Tree.Mapping) {
      reading.error(item, path, "is a mapping; write only the name, or 'targets' for more");
      return null;
    }
    String name = reading.text(item, path, "the name of a provider");
    if (name == null || !targets.check(name, item, path)) {
      return null;
    }
    Config.Provider provider = targets.provider(name);
    return provider == null ? null : new Target(name, null, provider.weight(), place);
  }

  private @Nullable Target target(Tree item, String path, int place) {
    if (item instanceof Scalar) {
      Target plain = targets.read(item, path, Settings.Route.TARGET_GROUP);
      return plain == null ? null : new Target(plain.provider(), plain.model(), 1, place);
    }
    Tree.Mapping mapping = reading.mapping(item, path, "{ provider: NAME, model: MODEL }");
    if (mapping == null) {
      return null;
    }
    Section section = new Section(reading, mapping, path, Settings.Route.TARGET_GROUP);
    String provider = section.text(Settings.Route.TARGET_PROVIDER);
    String model = section.text(Settings.Route.TARGET_MODEL);
    double weight = section.decimal(Settings.Route.TARGET_WEIGHT);
    int priority =
        section.has(Settings.Route.TARGET_PRIORITY)
            ? section.integer(Settings.Route.TARGET_PRIORITY)
            : place;
    int window = section.integer(Settings.Route.TARGET_WINDOW, 0);
    Price price = price(section);
    OwnTimeouts timeouts =
        FailoverReader.ownTimeouts(
            reading,
            section,
            Settings.Route.TARGET_TIMEOUTS,
            FailoverSettings.Timeouts.TARGET_GROUP);
    if (provider == null
        || !targets.check(
            provider,
            section.at(Settings.Route.TARGET_PROVIDER),
            section.path(Settings.Route.TARGET_PROVIDER))) {
      return null;
    }
    return new Target(provider, model, weight, priority, window, price, timeouts);
  }

  private @Nullable Price price(Section target) {
    Section price =
        Lists.optional(
            reading,
            target,
            Settings.Route.TARGET_PRICE,
            FailoverSettings.Price.GROUP,
            "{ input: 2.5, output: 10 }");
    return price == null
        ? null
        : new Price(
            price.decimal(FailoverSettings.Price.INPUT),
            price.decimal(FailoverSettings.Price.OUTPUT));
  }

  /** Whether there is something to compare the target by: written, or known of its model. */
  private boolean hasPrice(Target target) {
    if (target.price() != null) {
      return true;
    }
    Config.Provider provider = targets.provider(target.provider());
    String model =
        target.model() == null && provider != null ? provider.defaultModel() : target.model();
    KnownModel known = model == null ? null : Models.find(model);
    return known != null && known.inputUsdPerMillion() >= 0 && known.outputUsdPerMillion() >= 0;
  }

  private void warnWithoutModel(Tree item, String path, Target target) {
    Config.Provider provider = targets.provider(target.provider());
    if (target.model() == null
        && provider != null
        && provider.defaultModel() == null
        && provider.type() != Config.ProviderType.SIMULATED) {
      reading.warning(
          item,
          path,
          "neither the target nor provider '"
              + provider.name()
              + "' names a model; add 'default_model' to the provider, or write 'targets' with"
              + " 'model'");
    }
  }
}
