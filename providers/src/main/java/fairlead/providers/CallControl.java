package fairlead.providers;

import fairlead.providers.http.Deadline;
import fairlead.providers.http.DeadlineSweeper;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The clocks and the cancellation of one call across its attempts.
 *
 * <p>All methods but {@link #cancel} and {@link #supersede} belong to the thread that makes the
 * call. What waits (a connection, a pool, the simulated provider) attaches an abort action while it
 * can block; whichever of the sweeper and the canceller comes first runs it, and the waiting side
 * then asks {@link #failure} why. Reusable after {@link #begin}; allocates nothing afterwards.
 */
public final class CallControl implements AutoCloseable {
  private static final Runnable NOTHING = () -> {};

  private final Deadline deadline;
  private final AtomicReference<UpstreamException.@Nullable Kind> stopped = new AtomicReference<>();
  private volatile boolean cancelled;
  private volatile Runnable abort = NOTHING;
  private volatile UpstreamException.Kind clock = UpstreamException.Kind.CALL_TIMEOUT;
  private long callDeadlineNanos;
  private long headDeadlineNanos;

  public CallControl(DeadlineSweeper sweeper) {
    deadline = sweeper.register(() -> stop(clock));
    begin(System.nanoTime() + TimeUnit.DAYS.toNanos(365));
  }

  /** Starts a new call that may last until {@code callDeadline} (a {@link System#nanoTime}). */
  public void begin(long callDeadline) {
    boolean _ = deadline.disarm();
    cancelled = false;
    stopped.set(null);
    abort = NOTHING;
    callDeadlineNanos = callDeadline;
    headDeadlineNanos = callDeadline;
  }

  /**
   * Starts a new attempt of the same call: a clock that ran out and a copy that was faster are
   * forgotten, a cancellation and the call's own deadline are not.
   */
  public void beginAttempt() {
    boolean _ = deadline.disarm();
    abort = NOTHING;
    UpstreamException.Kind why = stopped.get();
    if (why != null
        && why != UpstreamException.Kind.CANCELLED
        && why != UpstreamException.Kind.CALL_TIMEOUT) {
      stopped.compareAndSet(why, null);
    }
    if (cancelled) {
      // It came while a clock had just run out, which we have now forgotten.
      stopped.compareAndSet(null, UpstreamException.Kind.CANCELLED);
    }
  }

  public long callDeadlineNanos() {
    return callDeadlineNanos;
  }

  /** Until when the present attempt must have the head of a response. */
  public void headDeadline(long deadlineNanos) {
    headDeadlineNanos = deadlineNanos;
  }

  /** See {@link #headDeadline(long)}; the upstream runs its head clock at most until then. */
  public long headDeadlineNanos() {
    return headDeadlineNanos;
  }

  /**
   * Sets the running clock; the call's own deadline is the ceiling of all.
   *
   * @param kind what a run-out clock is reported as
   * @param deadlineNanos a value of {@link System#nanoTime}
   */
  public void clock(UpstreamException.Kind kind, long deadlineNanos) {
    if (!deadline.disarm()) {
      return; // the clock before has just run out, under its own name
    }
    if (deadlineNanos - callDeadlineNanos >= 0) {
      clock = UpstreamException.Kind.CALL_TIMEOUT;
      boolean _ = deadline.arm(callDeadlineNanos);
    } else {
      clock = kind;
      boolean _ = deadline.arm(deadlineNanos);
    }
  }

  /** Stops the running clock. */
  public void stopClock() {
    boolean _ = deadline.disarm();
  }

  /**
   * Registers what to do when the call is stopped; runs it at once if it already is. The action may
   * run twice and on any thread, and must not block.
   */
  public void attach(Runnable action) {
    abort = action;
    if (stopped.get() != null) {
      action.run();
    }
  }

  public void detach() {
    abort = NOTHING;
  }

  /** Cancels the call from any thread: the caller left or the gateway stops. */
  public void cancel() {
    cancelled = true;
    stop(UpstreamException.Kind.CANCELLED);
  }

  /** Stops the present attempt from any thread, because another copy of the call has answered. */
  public void supersede() {
    stop(UpstreamException.Kind.SUPERSEDED);
  }

  /** Why the call was stopped, or null while it was not. */
  public UpstreamException.@Nullable Kind failure() {
    return stopped.get();
  }

  private void stop(UpstreamException.Kind why) {
    if (stopped.compareAndSet(null, why)) {
      abort.run();
    }
  }

  @Override
  public void close() {
    deadline.close();
  }
}
