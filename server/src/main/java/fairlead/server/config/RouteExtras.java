package fairlead.server.config;

import java.util.List;

/** Checks the settings of a route that this version accepts and does not act on. Stateless. */
final class RouteExtras {
  private RouteExtras() {}

  static void read(Reading reading, Section route) {
    // "error" is what happens anyway.
    if (!route.choice(Settings.Route.MID_STREAM).equals(Settings.Route.MID_STREAM.absent())) {
      route.warnWithoutEffect(Settings.Route.MID_STREAM);
    }
    if (route.node(Settings.Route.HEDGE) != null) {
      Section hedge =
          Lists.child(
              reading,
              route,
              Settings.Route.HEDGE,
              Settings.Route.HEDGE_GROUP,
              "{ after: p95, max_percent: 5 }");
      String after = hedge.text(Settings.Route.HEDGE_AFTER);
      if (after != null && !after.matches("p[1-9]\\d?|[1-9]\\d{0,7}")) {
        hedge.error(
            Settings.Route.HEDGE_AFTER,
            "is neither a percentile nor a time; write p1 to p99, or milliseconds");
      }
      double _ = hedge.decimal(Settings.Route.HEDGE_PERCENT);
      route.warnWithoutEffect(Settings.Route.HEDGE);
    }
    if (route.node(Settings.Route.CACHE) != null) {
      Section cache =
          Lists.child(
              reading,
              route,
              Settings.Route.CACHE,
              Settings.Route.CACHE_GROUP,
              "{ exact: true, semantic: false }");
      for (Setting setting : List.of(Settings.Route.CACHE_EXACT, Settings.Route.CACHE_SEMANTIC)) {
        if (cache.flag(setting)) {
          cache.warnWithoutEffect(setting);
        }
      }
    }
  }
}
