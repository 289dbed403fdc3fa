package fairlead.server.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where calls go and why, at one moment: immutable, made when somebody asks.
 *
 * @param routes in the order of the configuration
 * @param providers in the order of the configuration
 */
public record RouterView(List<RouteView> routes, List<ProviderView> providers) {
  public RouterView {
    routes = List.copyOf(routes);
    providers = List.copyOf(providers);
  }

  /**
   * One route.
   *
   * @param strategy as it is written in a configuration
   * @param targets in the order of the configuration, fallbacks last
   */
  public record RouteView(String name, String strategy, List<TargetView> targets) {
    public RouteView {
      targets = List.copyOf(targets);
    }
  }

  /** What the circuit breaker of a target says. */
  public enum Circuit {
    /** Calls go there. */
    CLOSED,
    /** Ejected: calls go elsewhere while there is an elsewhere. */
    OPEN,
    /** The ejection is over, and one call finds out whether the target is back. */
    PROBING
  }

  /**
   * One target of a route. Targets of several routes with the same provider and model share their
   * state.
   *
   * @param model null: whatever model the caller names
   * @param priority lower comes first
   * @param dueInMs until an ejected target is tried again; 0 where it is not ejected
   * @param failureRate of recent calls, 0 to 1
   * @param ejections how often it was ejected, failed probes included, since it was last restored
   * @param share how much of its weight it gets while it comes back, 0 to 1
   * @param limit most calls at once at present; 0: no limit
   * @param queued calls that wait for a place
   * @param retryBudget how many repeats it could take now
   * @param quotaShare how much of its weight the provider's quota leaves it, 0 to 1
   * @param prefill whether a broken stream may be continued here
   */
  public record TargetView(
      String provider,
      @Nullable String model,
      double weight,
      int priority,
      Circuit circuit,
      long dueInMs,
      int consecutiveFailures,
      double failureRate,
      int ejections,
      double share,
      int inFlight,
      int limit,
      int queued,
      double retryBudget,
      FirstToken firstTokenMs,
      double quotaShare,
      boolean prefill) {}

  /** Times to the first content in milliseconds; negative: not known yet. */
  public record FirstToken(double ewma, double p50, double p95) {
    public static final FirstToken UNKNOWN = new FirstToken(-1, -1, -1);
  }

  /** One provider's keys. */
  public record ProviderView(String name, List<KeyView> keys) {
    public ProviderView {
      keys = List.copyOf(keys);
    }
  }

  /** What a key is good for. */
  public enum KeyState {
    READY,
    /** Limited by the provider for the time being. */
    COOLING,
    /** Refused by the provider, or out of credit. */
    OUT
  }

  /**
   * One key of a provider.
   *
   * @param name what metrics call it; never the key itself
   * @param forMs until it is used again by itself; 0 where it is ready
   */
  public record KeyView(String name, KeyState state, long forMs) {}
}
