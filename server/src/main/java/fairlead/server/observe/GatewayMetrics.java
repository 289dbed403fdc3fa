package fairlead.server.observe;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * The gateway's own series, by name: the one place where metric names and labels are written down.
 *
 * <p>Thread-safe. The methods that take labels look series up and belong into the loading of a
 * configuration; calls keep what they return.
 */
public final class GatewayMetrics {
  private static final long US = 1_000;
  private static final long MS = 1_000_000;
  private static final long S = 1_000_000_000;

  private static final long[] OVERHEAD = {
    5 * US, 10 * US, 20 * US, 35 * US, 50 * US, 75 * US, 100 * US, 150 * US, 250 * US, 500 * US, MS,
    2 * MS, 5 * MS, 10 * MS, 50 * MS, 250 * MS, S
  };
  private static final long[] CALLS = {
    MS, 5 * MS, 10 * MS, 25 * MS, 50 * MS, 100 * MS, 250 * MS, 500 * MS, S, 2 * S, 4 * S, 8 * S,
    15 * S, 30 * S, 60 * S, 120 * S, 300 * S, 600 * S
  };

  private final MetricsRegistry registry;
  private final LongAdder inFlight = new LongAdder();
  private final Timer requestPhase;
  private final Timer responsePhase;
  private final CacheMetrics cache;

  public GatewayMetrics(MetricsRegistry registry) {
    this.registry = registry;
    requestPhase = overhead("request");
    responsePhase = overhead("response");
    cache = new CacheMetrics(registry);
    registry.gauge("fairlead_in_flight", "Calls being served now.", List.of(), inFlight::sum);
  }

  public MetricsRegistry registry() {
    return registry;
  }

  /** The series of the memory for answers. */
  public CacheMetrics cache() {
    return cache;
  }

  public void callBegan() {
    inFlight.increment();
  }

  public void callEnded() {
    inFlight.decrement();
  }

  public long inFlight() {
    return inFlight.sum();
  }

  /** Gateway time from the first byte of the request to the first attempt. */
  public Timer requestPhase() {
    return requestPhase;
  }

  /** Gateway time from the last byte of the answer to the end of the call. */
  public Timer responsePhase() {
    return responsePhase;
  }

  private Timer overhead(String phase) {
    return registry.timer(
        "fairlead_overhead_seconds",
        "Time spent in the gateway itself.",
        OVERHEAD,
        List.of("phase"),
        phase);
  }

  public Counter requests(String route, String surface, String status) {
    return registry.counter(
        "fairlead_requests_total",
        "Calls answered, by the status the caller got.",
        List.of("route", "surface", "status"),
        route,
        surface,
        status);
  }

  public Timer requestSeconds(String route) {
    return registry.timer(
        "fairlead_request_seconds",
        "Whole calls, first byte in to last byte out.",
        CALLS,
        List.of("route"),
        route);
  }

  public Counter attempts(String provider, String model, String outcome) {
    return registry.counter(
        "fairlead_upstream_attempts_total",
        "Attempts at providers, by how they ended.",
        List.of("provider", "model", "outcome"),
        provider,
        model,
        outcome);
  }

  public Timer upstreamSeconds(String provider) {
    return registry.timer(
        "fairlead_upstream_seconds",
        "Attempts at a provider, request sent to answer ended.",
        CALLS,
        List.of("provider"),
        provider);
  }

  public Timer firstTokenSeconds(String provider) {
    return registry.timer(
        "fairlead_first_token_seconds",
        "Streams: request sent to first content.",
        CALLS,
        List.of("provider"),
        provider);
  }

  public Counter failovers(String route, String from, String to, String reason) {
    return registry.counter(
        "fairlead_failovers_total",
        "Calls that went on to another provider.",
        List.of("route", "from", "to", "reason"),
        route,
        from,
        to,
        reason);
  }

  public Counter retries(String provider, String reason) {
    return registry.counter(
        "fairlead_retries_total",
        "Attempts repeated at the same provider.",
        List.of("provider", "reason"),
        provider,
        reason);
  }

  public Counter tokens(String provider, String model, String kind) {
    return registry.counter(
        "fairlead_tokens_total",
        "Tokens as the providers reported them.",
        List.of("provider", "model", "kind"),
        provider,
        model,
        kind);
  }

  /**
   * Publishes whether calls go to a target.
   *
   * @param state 0 closed, 1 probing, 2 open
   */
  public void circuitState(String provider, String model, IntSupplier state) {
    registry.gauge(
        "fairlead_circuit_state",
        "Whether calls go to the target: 0 closed, 1 probing, 2 open.",
        List.of("provider", "model"),
        state::getAsInt,
        provider,
        model);
  }

  /**
   * Publishes whether a key is used.
   *
   * @param key its name, never its value
   * @param state 0 ready, 1 cooling, 2 out
   */
  public void keyState(String provider, String key, IntSupplier state) {
    registry.gauge(
        "fairlead_key_state",
        "Whether the key is used: 0 ready, 1 cooling, 2 out.",
        List.of("provider", "key"),
        state::getAsInt,
        provider,
        key);
  }

  /** Publishes how many calls a target gets at once; 0: no limit. */
  public void concurrencyLimit(String provider, String model, IntSupplier limit) {
    registry.gauge(
        "fairlead_concurrency_limit",
        "Most calls at once at the target at present; 0: no limit.",
        List.of("provider", "model"),
        limit::getAsInt,
        provider,
        model);
  }

  /** Publishes how many attempts a target has now. */
  public void targetInFlight(String provider, String model, IntSupplier inFlight) {
    registry.gauge(
        "fairlead_target_in_flight",
        "Attempts at the target now.",
        List.of("provider", "model"),
        inFlight::getAsInt,
        provider,
        model);
  }

  public Counter ejections(String provider, String model) {
    return registry.counter(
        "fairlead_ejections_total",
        "Times the target was ejected for its failures.",
        List.of("provider", "model"),
        provider,
        model);
  }

  /**
   * @param outcome admitted, timeout or full
   */
  public Counter queued(String provider, String model, String outcome) {
    return registry.counter(
        "fairlead_queued_total",
        "Calls that found every target full, by what came of waiting.",
        List.of("provider", "model", "outcome"),
        provider,
        model,
        outcome);
  }

  /**
   * @param outcome sent, won, lost or refused (by the hedging budget)
   */
  public Counter hedges(String route, String outcome) {
    return registry.counter(
        "fairlead_hedges_total",
        "Second copies of late calls.",
        List.of("route", "outcome"),
        route,
        outcome);
  }

  /**
   * @param policy resume, restart or error
   * @param outcome resumed, restarted, failed, or unsound where the call forbade it
   */
  public Counter rescues(String route, String policy, String outcome) {
    return registry.counter(
        "fairlead_rescues_total",
        "Streams that broke after their first content, by what came of it.",
        List.of("route", "policy", "outcome"),
        route,
        policy,
        outcome);
  }

  /** Calls whose client says that it has asked before. */
  public Counter clientRetries() {
    return registry.counter(
        "fairlead_client_retries_total", "Calls that a client's SDK repeats.", List.of());
  }
}
