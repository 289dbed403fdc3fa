package fairlead.server.exchange;

import fairlead.server.config.Config;
import fairlead.server.config.OwnTimeouts;
import org.jspecify.annotations.Nullable;

/**
 * What a route wants to happen when things go wrong. Immutable.
 *
 * @param strategy as written, for people
 * @param failover whether another target may be asked
 * @param timeoutMs after which a target that has not begun has failed; 0: the provider's clocks
 * @param midStream what to do when a stream breaks after its first content
 * @param contentFilter whether another target may answer what one refuses to
 * @param hedge null: no second copies
 * @param sticky null: every call is chosen for anew
 * @param timeouts the route's own clocks, for targets that are added to it
 */
record RoutePolicy(
    Config.Strategy strategy,
    boolean failover,
    int timeoutMs,
    Config.MidStream midStream,
    Config.ContentFilter contentFilter,
    Config.@Nullable Hedge hedge,
    Config.@Nullable Sticky sticky,
    OwnTimeouts timeouts) {

  static RoutePolicy of(Config.Route route) {
    return new RoutePolicy(
        route.strategy(),
        route.failover(),
        route.timeoutMs(),
        route.midStream(),
        route.contentFilter(),
        route.hedge(),
        route.sticky(),
        route.timeouts());
  }

  /** For callers who name a provider or a model: defaults. */
  static RoutePolicy direct(boolean failover) {
    return new RoutePolicy(
        Config.Strategy.WEIGHTED,
        failover,
        0,
        Config.MidStream.RESUME,
        Config.ContentFilter.ERROR,
        null,
        null,
        OwnTimeouts.NONE);
  }

  /** The same with failover, for a caller who brings fallbacks. */
  RoutePolicy withFailover() {
    return failover
        ? this
        : new RoutePolicy(
            strategy, true, timeoutMs, midStream, contentFilter, hedge, sticky, timeouts);
  }
}
