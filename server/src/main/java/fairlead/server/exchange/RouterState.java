package fairlead.server.exchange;

import fairlead.routing.CircuitBreaker;
import fairlead.routing.KeyRing;
import fairlead.routing.LatencyTracker;
import fairlead.routing.TargetHealth;
import fairlead.server.admin.RouterControl;
import fairlead.server.admin.RouterView;
import fairlead.server.admin.RouterView.Circuit;
import fairlead.server.admin.RouterView.FirstToken;
import fairlead.server.admin.RouterView.KeyState;
import fairlead.server.admin.RouterView.KeyView;
import fairlead.server.admin.RouterView.ProviderView;
import fairlead.server.admin.RouterView.RouteView;
import fairlead.server.admin.RouterView.TargetView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The state of one snapshot's routes and keys, for operators. Thread-safe. */
final class RouterState implements RouterControl {
  private static final double NANOS_PER_MS = 1e6;

  private final Collection<RouteRuntime> routes;
  private final Collection<RouteRuntime> everyRoute;
  private final Collection<ProviderRuntime> providers;

  /**
   * @param routes what is shown: those of the configuration, and those that stand for one provider
   *     each
   * @param everyRoute these and all others, which may lead to targets of their own
   */
  RouterState(
      Collection<RouteRuntime> routes,
      Collection<RouteRuntime> everyRoute,
      Collection<ProviderRuntime> providers) {
    this.routes = routes;
    this.everyRoute = everyRoute;
    this.providers = providers;
  }

  @Override
  public RouterView view() {
    long now = System.nanoTime();
    List<RouteView> routeViews = new ArrayList<>();
    for (RouteRuntime route : routes) {
      List<TargetView> targets = new ArrayList<>();
      for (int i = 0; i < route.targets().size(); i++) {
        targets.add(
            target(route.target(i), route.order().weight(i), route.order().priority(i), now));
      }
      routeViews.add(
          new RouteView(
              route.name(), route.policy().strategy().name().toLowerCase(Locale.ROOT), targets));
    }
    List<ProviderView> providerViews = new ArrayList<>();
    for (ProviderRuntime provider : providers) {
      List<KeyView> keys = new ArrayList<>();
      // A provider without credentials has one nameless key, which rests like any other.
      for (int i = 0; i < provider.keys().size(); i++) {
        keys.add(key(provider, i, now));
      }
      providerViews.add(new ProviderView(provider.name(), keys));
    }
    return new RouterView(routeViews, providerViews);
  }

  private static KeyView key(ProviderRuntime provider, int key, long now) {
    KeyRing ring = provider.keys();
    KeyState state =
        switch (ring.state(key, now)) {
          case READY -> KeyState.READY;
          case COOLING -> KeyState.COOLING;
          case OUT -> KeyState.OUT;
        };
    long forMs = state == KeyState.READY ? 0 : millis(ring.restsUntil(key) - now);
    return new KeyView(provider.keyName(key), state, forMs);
  }

  private static TargetView target(TargetRuntime target, double weight, int priority, long now) {
    TargetHealth health = target.state().health();
    CircuitBreaker breaker = health.breaker();
    Circuit circuit =
        switch (breaker.state(now)) {
          case CLOSED -> Circuit.CLOSED;
          case OPEN -> Circuit.OPEN;
          case PROBING -> Circuit.PROBING;
        };
    return new TargetView(
        target.provider().name(),
        target.model(),
        weight,
        priority,
        circuit,
        circuit == Circuit.OPEN ? millis(breaker.dueNanos() - now) : 0,
        breaker.consecutiveFailures(),
        breaker.failureRate(now),
        breaker.ejections(),
        breaker.share(now),
        health.limit().inFlight(),
        target.provider().settings().failover().concurrency().max() == 0
            ? 0
            : health.limit().limit(),
        target.state().queue().waiting(),
        health.retries().available(now),
        firstToken(health.firstToken()),
        health.quota().share(now),
        target.continuesText());
  }

  private static FirstToken firstToken(LatencyTracker times) {
    long p50 = times.percentile(50);
    long p95 = times.percentile(95);
    double ewma = times.ewmaNanos();
    return p50 < 0 && ewma <= 0
        ? FirstToken.UNKNOWN
        : new FirstToken(
            ewma / NANOS_PER_MS,
            p50 < 0 ? -1 : p50 / NANOS_PER_MS,
            p95 < 0 ? -1 : p95 / NANOS_PER_MS);
  }

  private static long millis(long nanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  @Override
  public boolean restoreKey(String provider, String key) {
    for (ProviderRuntime runtime : providers) {
      for (int i = 0; i < runtime.keys().size(); i++) {
        if (runtime.name().equals(provider) && runtime.keyName(i).equals(key)) {
          runtime.keys().restore(i);
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public boolean restoreTarget(String provider, String model) {
    for (RouteRuntime route : everyRoute) {
      for (TargetRuntime target : route.targets()) {
        if (target.provider().name().equals(provider) && model.equals(target.model())) {
          target.state().health().restore(System.nanoTime());
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public boolean restoreProvider(String provider) {
    boolean known = false;
    for (ProviderRuntime runtime : providers) {
      if (runtime.name().equals(provider)) {
        known = true;
        for (int i = 0; i < runtime.keys().size(); i++) {
          runtime.keys().restore(i);
        }
      }
    }
    long now = System.nanoTime();
    for (RouteRuntime route : everyRoute) {
      for (TargetRuntime target : route.targets()) {
        if (target.provider().name().equals(provider)) {
          target.state().health().restore(now);
        }
      }
    }
    return known;
  }
}
