package fairlead.server.observe;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the gateway can serve calls <em>now</em>: the state behind {@code /readyz}.
 *
 * <p>Thread-safe. A process that is alive but slow is not ready: the self-probe sends real calls
 * through the whole pipeline and reports here how long the gateway took.
 */
public final class Health {
  /**
   * So many probes in a row must be late before the gateway calls itself slow, and in time before
   * it calls itself well again: one that stutters would otherwise come and go.
   */
  private static final int PROBES_IN_A_ROW = 3;

  private final long limitNanos;
  private volatile boolean started;
  private volatile boolean draining;
  private volatile BooleanSupplier usable = () -> true;
  private int lateProbes; // the prober's
  private int goodProbes; // the prober's
  private volatile boolean slow;
  private volatile long lastProbeNanos;

  /**
   * @param limitMillis the most the gateway itself may add to a call
   */
  public Health(long limitMillis) {
    limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
  }

  public void started() {
    started = true;
  }

  public void draining() {
    draining = true;
  }

  /** Tells, when asked, whether any configured route has a target that could be asked. */
  public void usable(BooleanSupplier now) {
    usable = now;
  }

  /** Takes the result of one probe; only the prober calls this. */
  public void probed(long nanos) {
    lastProbeNanos = nanos;
    if (nanos > limitNanos) {
      lateProbes++;
      goodProbes = 0;
      slow = slow || lateProbes >= PROBES_IN_A_ROW;
    } else {
      goodProbes++;
      lateProbes = 0;
      slow = slow && goodProbes < PROBES_IN_A_ROW;
    }
  }

  /** Whether the next probe should come soon: the last one was late, or the gateway is slow. */
  boolean doubtful() {
    return slow || lateProbes > 0;
  }

  public long lastProbeNanos() {
    return lastProbeNanos;
  }

  /** Why the gateway should get no calls, or null while it should. */
  public @Nullable String notReadyBecause() {
    if (draining) {
      return "draining: the process was asked to stop";
    }
    if (!started) {
      return "starting";
    }
    if (!usable.getAsBoolean()) {
      return "no configured route has a usable target";
    }
    if (slow) {
      return "slow: the last "
          + PROBES_IN_A_ROW
          + " probes in a row through the gateway took more than "
          + TimeUnit.NANOSECONDS.toMillis(limitNanos)
          + " ms, the last one "
          + TimeUnit.NANOSECONDS.toMillis(lastProbeNanos)
          + " ms";
    }
    return null;
  }
}
