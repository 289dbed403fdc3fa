package fairlead.server.exchange;

import fairlead.routing.CircuitBreaker;
import fairlead.routing.FailureClass;
import java.util.concurrent.TimeUnit;

/**
 * What the log says of targets and keys that go out and come back: one line for each change, none
 * for a call, so that a storm writes no more than a quiet night.
 *
 * <p>Stateless. Ejections are seconds apart for each target, and a key that is out is not out anew.
 */
final class HealthLog {
  private static final System.Logger LOGGER = System.getLogger(HealthLog.class.getName());

  private HealthLog() {}

  static void ejected(TargetState target, FailureClass failure, long nowNanos) {
    CircuitBreaker breaker = target.health().breaker();
    LOGGER.log(
        System.Logger.Level.WARNING,
        target.shown()
            + " is ejected for "
            + TimeUnit.NANOSECONDS.toMillis(breaker.dueNanos() - nowNanos)
            + " ms, the last failure was: "
            + TargetRuntime.label(failure)
            + ". Its calls go elsewhere; then one of them is the probe.");
  }

  static void back(TargetState target) {
    LOGGER.log(System.Logger.Level.INFO, target.shown() + " answers again.");
  }

  static void keyOut(ProviderRuntime provider, int key, FailureClass failure) {
    LOGGER.log(
        System.Logger.Level.WARNING,
        "key '"
            + provider.keyName(key)
            + "' of "
            + provider.name()
            + " is out: "
            + TargetRuntime.label(failure)
            + ". Replace it, or mend it at the provider and restore it.");
  }
}
