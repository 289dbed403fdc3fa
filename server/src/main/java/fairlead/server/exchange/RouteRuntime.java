package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.routing.FailureClass;
import fairlead.routing.RetryBudget;
import fairlead.routing.TargetOrder;
import fairlead.server.config.Config;
import fairlead.server.observe.Counter;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Timer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One route with its targets and series; also what a {@code provider/model} or a bare model name
 * resolves to.
 *
 * <p>Immutable but for its counters; thread-safe.
 */
final class RouteRuntime {
  private final String name;
  private final String label;
  private final TargetRuntime[] targets;
  private final TargetOrder order;
  private final RoutePolicy policy;
  private final @Nullable RetryBudget hedgeBudget;
  private final @Nullable RouteCaching caching;
  private final long totalMs;
  private final boolean direct;
  private final GatewayMetrics metrics;
  private final StatusCounters[] requests;
  private final Timer requestSeconds;

  /**
   * @param name the route's name, or that of the provider it stands for
   * @param direct whether it stands for providers as they are, and the caller names the model
   * @param hedgeBudget null where the route does not hedge
   * @param caching null where nothing is answered from memory
   */
  RouteRuntime(
      String name,
      boolean direct,
      List<TargetRuntime> targets,
      TargetOrder order,
      RoutePolicy policy,
      @Nullable RetryBudget hedgeBudget,
      @Nullable RouteCaching caching,
      GatewayMetrics metrics) {
    this.name = name;
    this.direct = direct;
    this.label = direct ? "direct" : name;
    this.targets = targets.toArray(new TargetRuntime[0]);
    this.order = order;
    this.policy = policy;
    this.hedgeBudget = hedgeBudget;
    this.caching = caching;
    this.metrics = metrics;
    long longest = 0;
    for (TargetRuntime target : this.targets) {
      longest = Math.max(longest, target.timeouts().totalMs());
    }
    this.totalMs = longest;
    this.requestSeconds = metrics.requestSeconds(label);
    Operation[] operations = Operation.values();
    requests = new StatusCounters[operations.length];
    for (Operation operation : operations) {
      String surface = surface(operation);
      requests[operation.ordinal()] =
          new StatusCounters(
              status ->
                  metrics.requests(label, surface, status == 0 ? "other" : String.valueOf(status)));
    }
  }

  static String surface(Operation operation) {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  String name() {
    return name;
  }

  /** Whether the caller named the provider, or only the model, and not a configured route. */
  boolean isDirect() {
    return direct;
  }

  /** The longest a whole call may take, in ms. */
  long totalMs() {
    return totalMs;
  }

  /** The same route for one call, with other targets; failover is then on. */
  RouteRuntime withTargets(List<TargetRuntime> others, TargetOrder otherOrder) {
    return new RouteRuntime(
        name, direct, others, otherOrder, policy.withFailover(), hedgeBudget, caching, metrics);
  }

  TargetRuntime target(int index) {
    return targets[index];
  }

  List<TargetRuntime> targets() {
    return List.of(targets);
  }

  TargetOrder order() {
    return order;
  }

  RoutePolicy policy() {
    return policy;
  }

  /** What second copies are paid from, or null where the route does not hedge. */
  @Nullable RetryBudget hedgeBudget() {
    return hedgeBudget;
  }

  /** What its calls may have from memory; null: nothing. */
  @Nullable RouteCaching caching() {
    return caching;
  }

  /** Whether another target may answer what one refuses to. */
  boolean filterMayMove() {
    return policy.contentFilter() == Config.ContentFilter.FAILOVER;
  }

  Counter requests(Operation operation, int status) {
    return requests[operation.ordinal()].of(status);
  }

  Timer requestSeconds() {
    return requestSeconds;
  }

  // What follows looks series up; that is fine, it happens on failures only.

  /** Counts a change of target. */
  void failedOver(ProviderRuntime from, ProviderRuntime to, FailureClass reason) {
    metrics.failovers(label, from.name(), to.name(), TargetRuntime.label(reason)).increment();
  }

  void retried(ProviderRuntime provider, FailureClass reason) {
    metrics.retries(provider.name(), TargetRuntime.label(reason)).increment();
  }

  /**
   * Counts what became of a second copy.
   *
   * @param outcome sent, won, lost or refused
   */
  void hedged(String outcome) {
    metrics.hedges(label, outcome).increment();
  }

  /**
   * Counts a stream that broke after its first content.
   *
   * @param outcome resumed, restarted, failed or unsound
   */
  void rescued(String outcome) {
    metrics.rescues(label, policy.midStream().name().toLowerCase(Locale.ROOT), outcome).increment();
  }

  /**
   * Counts a call that had to wait for a place.
   *
   * @param outcome admitted, timeout or full
   */
  void queued(TargetRuntime target, String outcome) {
    metrics.queued(target.provider().name(), target.label(), outcome).increment();
  }
}
