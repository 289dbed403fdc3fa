package fairlead.server.exchange;

import fairlead.routing.CircuitBreaker;
import fairlead.routing.TargetHealth;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a caller who wants to know is told about a route's targets before the first attempt. */
final class RouteTrace {
  private RouteTrace() {}

  /** Writes the route's name and strategy, and which of its targets cannot be asked now and why. */
  static void passedOver(RouteRuntime route, FailureBook book, long now) {
    book.remark(
        "route "
            + route.name()
            + " ("
            + route.policy().strategy().name().toLowerCase(Locale.ROOT)
            + ")");
    for (TargetRuntime target : route.targets()) {
      String reason = reason(target, now);
      if (!reason.isEmpty()) {
        book.remark(target.shown() + " " + reason);
      }
    }
  }

  private static String reason(TargetRuntime target, long now) {
    TargetHealth health = target.state().health();
    CircuitBreaker breaker = health.breaker();
    if (!breaker.allows(now)) {
      return breaker.state(now) == CircuitBreaker.State.PROBING
          ? "is being probed by another call"
          : "is ejected for " + millis(breaker.dueNanos() - now) + " ms more";
    }
    if (!target.provider().keys().anyReady(now, health.deniedKeys(now))) {
      return "has no key that is ready";
    }
    if (health.limit().full()) {
      return "is at its limit of " + health.limit().limit() + " calls";
    }
    double share = health.share(now);
    return share < 1 ? "gets " + Math.round(100 * share) + " % of its calls" : "";
  }

  private static long millis(long nanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos));
  }
}
