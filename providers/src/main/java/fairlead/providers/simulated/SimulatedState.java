package fairlead.providers.simulated;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one behaviour in use has counted: how many requests came and since when it runs.
 *
 * <p>Thread-safe, lock-free.
 */
final class SimulatedState {
  private final SimulatedBehaviour behaviour;
  private final long startedNanos;
  private final AtomicLong requests = new AtomicLong();

  SimulatedState(SimulatedBehaviour behaviour, long nowNanos) {
    this.behaviour = behaviour;
    this.startedNanos = nowNanos;
  }

  SimulatedBehaviour behaviour() {
    return behaviour;
  }

  long requests() {
    return requests.get();
  }

  /** Counts a request and returns its number, from 1. */
  long next() {
    return requests.incrementAndGet();
  }

  /** The behaviour towards request {@code number}: with its faults or without. */
  SimulatedBehaviour towards(long number, long nowNanos) {
    return !behaviour.choosesRequests() || isChosen(number, nowNanos)
        ? behaviour
        : behaviour.withoutFaults();
  }

  private boolean isChosen(long number, long nowNanos) {
    return isDown(nowNanos)
        || number <= behaviour.countOr(Knob.FAIL_FIRST, 0)
        || number > behaviour.countOr(Knob.FAIL_AFTER, Long.MAX_VALUE)
        || (behaviour.has(Knob.FAIL_EVERY) && number % behaviour.countOr(Knob.FAIL_EVERY, 1) == 0)
        || random(number, 1) < behaviour.number(Knob.FAIL_RATE, 0);
  }

  /** Whether the clock alone says that faults apply now. */
  boolean isDown(long nowNanos) {
    long elapsed = nowNanos - startedNanos;
    if (elapsed < TimeUnit.MILLISECONDS.toNanos(behaviour.countOr(Knob.FAIL_FOR_MS, 0))) {
      return true;
    }
    long flap = TimeUnit.MILLISECONDS.toNanos(behaviour.countOr(Knob.FLAP_MS, 0));
    return flap > 0 && elapsed / flap % 2 == 0;
  }

  /** A number in [0, 1) that depends on the seed, the request and the purpose. */
  double random(long number, int purpose) {
    long seed = behaviour.countOr(Knob.SEED, 0);
    return (SimulatedRequest.mix(SimulatedRequest.mix(seed * 31 + purpose) + number) >>> 11)
        * 0x1p-53;
  }
}
