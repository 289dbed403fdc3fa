package fairlead.server.observe;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the gateway can serve calls <em>now</em>: the state behind {@code /readyz}.
 *
 * <p>Thread-safe. A process that is alive but slow is not ready: the self-probe sends real calls
 * through the whole pipeline and reports here how long the gateway took.
 */
public final class Health {
  /** So many probes in a row must be late before the gateway calls itself slow. */
  private static final int LATE_PROBES = 3;

  private final long limitNanos;
  private volatile boolean started;
  private volatile boolean draining;
  private volatile boolean usable = true;
  private volatile int lateProbes;
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

  /** Whether any configured route has a target that could be asked. */
  public void usable(boolean now) {
    usable = now;
  }

  /** Takes the result of one probe; only the prober calls this. */
  public void probed(long nanos) {
    lastProbeNanos = nanos;
    lateProbes = nanos > limitNanos ? lateProbes + 1 : 0;
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
    if (!usable) {
      return "no configured route has a usable target";
    }
    if (lateProbes >= LATE_PROBES) {
      return "slow: the last "
          + LATE_PROBES
          + " probes through the gateway took more than "
          + TimeUnit.NANOSECONDS.toMillis(limitNanos)
          + " ms, the last one "
          + TimeUnit.NANOSECONDS.toMillis(lastProbeNanos)
          + " ms";
    }
    return null;
  }
}
