package fairlead.server.exchange;

import fairlead.routing.CircuitBreaker;
import fairlead.routing.KeyRing;
import fairlead.routing.TargetHealth;
import fairlead.server.config.Config;
import fairlead.server.observe.GatewayMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The health of all targets and keys, by what they are: a configuration that is loaded anew finds
 * what is the same as it left it.
 *
 * <p>Thread-safe. Used while a configuration is loaded; calls keep what they got. Health belongs to
 * a provider's model, its keys and the settings it was made with; a key that was changed is a new
 * key.
 */
public final class TargetStates {
  /** A ring is the same as long as its keys are; what is known of a key goes by its place in it. */
  private record TargetId(
      String provider,
      @Nullable String model,
      Config.Failover settings,
      double budgetPercent,
      KeyRing keys) {}

  private record KeysId(String provider, List<Config.ProviderKey> keys) {}

  private final GatewayMetrics metrics;
  private final Map<TargetId, TargetState> targets = new ConcurrentHashMap<>();
  private final Map<KeysId, KeyRing> rings = new ConcurrentHashMap<>();

  public TargetStates(GatewayMetrics metrics) {
    this.metrics = metrics;
  }

  /** The ring of a provider's keys. */
  KeyRing keys(Config.Provider settings, List<Config.ProviderKey> keys) {
    return rings.computeIfAbsent(
        new KeysId(settings.name(), keys),
        id -> {
          double[] weights = new double[keys.size()];
          for (int i = 0; i < weights.length; i++) {
            weights[i] = keys.get(i).weight();
          }
          KeyRing ring = new KeyRing(weights, System.nanoTime());
          for (int i = 0; i < keys.size(); i++) {
            int key = i;
            metrics.keyState(
                settings.name(),
                keys.get(i).name(),
                () -> ring.state(key, System.nanoTime()).ordinal());
          }
          return ring;
        });
  }

  /** What is known of a provider's model. */
  TargetState target(Config.Provider settings, @Nullable String model, KeyRing keys) {
    return targets.computeIfAbsent(
        new TargetId(
            settings.name(), model, settings.failover(), settings.retries().budgetPercent(), keys),
        id -> {
          TargetHealth health = new TargetHealth(health(settings), System.nanoTime());
          String label = model == null ? TargetRuntime.DYNAMIC_LABEL : model;
          TargetState state =
              new TargetState(
                  settings.name(),
                  model,
                  health,
                  keys,
                  settings.failover().concurrency(),
                  metrics.ejections(settings.name(), label));
          metrics.circuitState(
              settings.name(), label, () -> circuit(health.breaker().state(System.nanoTime())));
          metrics.targetInFlight(settings.name(), label, health.limit()::inFlight);
          boolean limited = settings.failover().concurrency().max() > 0;
          metrics.concurrencyLimit(
              settings.name(), label, () -> limited ? health.limit().limit() : 0);
          return state;
        });
  }

  private static int circuit(CircuitBreaker.State state) {
    return switch (state) {
      case CLOSED -> 0;
      case PROBING -> 1;
      case OPEN -> 2;
    };
  }

  private static TargetHealth.Settings health(Config.Provider settings) {
    Config.Health health = settings.failover().health();
    Config.Concurrency concurrency = settings.failover().concurrency();
    return new TargetHealth.Settings(
        new CircuitBreaker.Settings(
            health.consecutiveFailures(),
            health.failureRate(),
            health.minCalls(),
            TimeUnit.MILLISECONDS.toNanos(health.minEjectionMs()),
            TimeUnit.MILLISECONDS.toNanos(health.maxEjectionMs()),
            TimeUnit.MILLISECONDS.toNanos(health.slowStartMs())),
        concurrency.min(),
        concurrency.max(),
        settings.retries().budgetPercent() / 100);
  }
}
