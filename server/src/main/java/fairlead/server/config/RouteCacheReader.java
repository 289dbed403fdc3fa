package fairlead.server.config;

import fairlead.server.config.CacheSettings.Route;
import fairlead.server.config.RouteCache.Allowed;
import fairlead.server.config.RouteCache.Mode;
import fairlead.server.config.Tree.Scalar;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a route says of answers from memory, over what holds for all. Not thread-safe. */
final class RouteCacheReader {
  private static final String EXAMPLE = "{ exact: true, semantic: false }";

  private final Reading reading;
  private final RouteCache inherited;
  private final boolean modeIsWritten;

  /**
   * @param inherited what holds where a route says nothing
   * @param modeIsWritten whether its mode was asked for, so that a threshold does not change it
   */
  RouteCacheReader(Reading reading, RouteCache inherited, boolean modeIsWritten) {
    this.reading = reading;
    this.inherited = inherited;
    this.modeIsWritten = modeIsWritten;
  }

  RouteCache read(Section route) {
    Tree node = route.node(Settings.Route.CACHE);
    if (node == null) {
      return inherited;
    }
    if (node instanceof Scalar) {
      boolean on = route.flag(Settings.Route.CACHE, false);
      return with(on, on && inherited.semantic(), emptyOf(node, route));
    }
    Section cache =
        Lists.child(reading, route, Settings.Route.CACHE, CacheSettings.Route.GROUP, EXAMPLE);
    boolean exactIsWritten = cache.node(Route.EXACT) != null;
    boolean exact = cache.flag(Route.EXACT, inherited.exact());
    // Who turns off the surest matches wants the others even less.
    boolean semantic =
        cache.flag(Route.SEMANTIC, inherited.semantic() && (exact || !exactIsWritten));
    if (semantic && !exact && exactIsWritten) {
      CacheReader.warnNearWithoutEqual(cache, Route.EXACT);
    }
    if (!exact && !semantic && !exactIsWritten && cache.node(Route.SEMANTIC) == null) {
      reading.warning(cache.mapping(), cache.path(), "turns nothing on; write 'exact: true' in it");
    }
    return with(exact || semantic, semantic, cache);
  }

  private Section emptyOf(Tree node, Section route) {
    return new Section(
        reading,
        new Tree.Mapping(List.of(), node.line(), node.column(), 1),
        route.path(Settings.Route.CACHE),
        CacheSettings.Route.GROUP);
  }

  private RouteCache with(boolean exact, boolean semantic, Section cache) {
    double threshold = cache.decimal(Route.THRESHOLD, inherited.similarityThreshold());
    boolean serves = cache.node(Route.THRESHOLD) != null && !modeIsWritten;
    return new RouteCache(
        exact,
        semantic,
        CacheReader.mode(cache, Route.MODE, serves ? Mode.SERVE : inherited.mode()),
        CacheReader.guards(cache, Route.GUARDS, inherited.guards()),
        threshold,
        inherited.logSimilarity(),
        cache.integer(Route.TTL, inherited.exactTtlSeconds()),
        cache.integer(Route.TTL, inherited.semanticTtlSeconds()),
        cache.decimal(Route.ERROR_BUDGET, inherited.errorBudgetPercent()),
        inherited.recheckPercent(),
        cache.decimal(Route.MAX_TEMPERATURE, inherited.maxTemperature()),
        allowed(reading, cache, Route.ALLOW, inherited.allow()),
        share(cache));
  }

  private @Nullable String share(Section cache) {
    String name = cache.text(Route.SHARE);
    if (name != null && !Names.isValid(name)) {
      cache.error(Route.SHARE, Names.RULE);
    }
    return name;
  }

  static Set<Allowed> allowed(
      Reading reading, Section section, Setting setting, Set<Allowed> absent) {
    Tree node = section.node(setting);
    String path = section.path(setting);
    Tree.Sequence list = node == null ? null : reading.list(node, path, "[tools, images]");
    if (list == null) {
      return absent;
    }
    Set<Allowed> allowed = EnumSet.noneOf(Allowed.class);
    for (int i = 0; i < list.items().size(); i++) {
      Tree item = list.items().get(i);
      String itemPath = path + '[' + i + ']';
      String wanted = "one of " + String.join(", ", CacheSettings.ALLOWED);
      String name = reading.text(item, itemPath, wanted);
      if (name == null || !(item instanceof Scalar scalar)) {
        continue;
      }
      String canonical = name.toLowerCase(Locale.ROOT).replace('-', '_');
      int known = CacheSettings.ALLOWED.indexOf(canonical);
      if (known < 0) {
        reading.error(
            item,
            itemPath,
            Reading.shown(scalar)
                + " is not known"
                + Suggestions.didYouMean(scalar.text(), CacheSettings.ALLOWED)
                + "; write "
                + wanted);
      } else {
        allowed.add(Allowed.values()[known]);
      }
    }
    return allowed;
  }
}
