package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a provider may let its stream wait: for the first content, between pieces of content,
 * and for what follows the finish.
 *
 * <p>Lifecycle: 1. {@link #begin}; 2. {@link #alive} while nothing is committed; 3. {@link
 * #commit}; 4. {@link #content}, {@link #finish}, {@link #alive} as events come, {@link #pause} and
 * {@link #resume} around a write that may wait for the caller. Belongs to whoever relays the
 * stream. Costs a compare-and-set or two each time.
 */
final class StreamClock {
  /** Wait for usage and end mark after the finish reason. */
  private static final long FINISH_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A provider that said it is alive is believed for so long; pings come each 10 to 15 s. */
  private static final long ALIVE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** Going to a loop and back costs as much as some events save there. */
  private static final long STEADY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private @Nullable CallControl control;
  private UpstreamException.Kind kind = UpstreamException.Kind.FIRST_CONTENT_TIMEOUT;
  private long idleNanos;
  private long queueNanos;
  private long deadline;
  private long lastContentNanos;
  private long committedNanos;
  private boolean aliveOnce;
  private boolean steady;

  /**
   * @param startedNanos when the attempt began
   * @param firstContentNanos when the first content must have come
   * @param newIdleNanos the longest pause between pieces of content
   * @param newQueueNanos the longest pause while the provider shows that it is alive
   */
  void begin(
      CallControl newControl,
      long startedNanos,
      long firstContentNanos,
      long newIdleNanos,
      long newQueueNanos) {
    control = newControl;
    idleNanos = newIdleNanos;
    queueNanos = newQueueNanos;
    aliveOnce = false;
    steady = false;
    lastContentNanos = startedNanos;
    kind = UpstreamException.Kind.FIRST_CONTENT_TIMEOUT;
    set(firstContentNanos);
  }

  /** From now on, which is {@code nowNanos}, the pause between pieces of content counts. */
  void commit(long nowNanos) {
    kind = UpstreamException.Kind.CONTENT_GAP_TIMEOUT;
    committedNanos = nowNanos;
  }

  /** Content was passed on. */
  void content() {
    lastContentNanos = System.nanoTime();
    aliveOnce = false;
    steady = lastContentNanos - committedNanos > STEADY_NANOS;
    set(lastContentNanos + idleNanos);
  }

  /** Whether the stream has lasted so long that it is likely to last. */
  boolean isSteady() {
    return steady;
  }

  /** The finish was passed on. */
  void finish() {
    set(System.nanoTime() + FINISH_GRACE_NANOS);
  }

  /**
   * The provider has shown that it is alive, but no content. From the second time on that puts the
   * clock off, within the limit for providers that queue.
   */
  void alive() {
    if (!aliveOnce) {
      aliveOnce = true;
      return;
    }
    long later = System.nanoTime() + ALIVE_NANOS;
    long limit = lastContentNanos + queueNanos;
    if (later - limit > 0) {
      later = limit;
    }
    if (later - deadline > 0) {
      set(later);
    }
  }

  /**
   * Stands still but for the call's own limit: a caller who reads slowly is no fault of the
   * provider's.
   *
   * @return what {@link #resume} wants to know
   */
  long pause() {
    CallControl running = running();
    running.clock(UpstreamException.Kind.CALL_TIMEOUT, running.callDeadlineNanos());
    return System.nanoTime();
  }

  /** Goes on after a {@link #pause}. */
  void resume(long pausedNanos) {
    long took = System.nanoTime() - pausedNanos;
    lastContentNanos += took;
    set(deadline + took);
  }

  private void set(long newDeadline) {
    deadline = newDeadline;
    running().clock(kind, newDeadline);
  }

  private CallControl running() {
    return Objects.requireNonNull(control);
  }

  /** Lets go of the call. */
  void end() {
    control = null;
  }
}
