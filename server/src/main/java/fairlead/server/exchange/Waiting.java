package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.routing.AttemptPlan;
import fairlead.server.config.Config;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The two reasons why a call waits without asking anybody: a pause before a repeat, and a place at
 * a target that is at its limit. A caller who leaves, and the call's own deadline, end both.
 *
 * <p>Not thread-safe: one per connection.
 */
final class Waiting {
  /** A call-up that was lost, or a limit that grew, is noticed after this at the latest. */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Call call;

  Waiting(Call call) {
    this.call = call;
  }

  /** Waits before a repeat. */
  void pause(long nanos, FailureBook book) {
    if (nanos <= 0) {
      return;
    }
    if (call.explain) {
      book.remark("waited " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
    }
    long began = begin();
    long until = began + nanos;
    long now = began;
    while (until - now > 0 && goesOn()) {
      LockSupport.parkNanos(this, until - now);
      now = System.nanoTime();
    }
    end(began);
  }

  /**
   * Waits for a place at the plan's target.
   *
   * @return the step to take; STOP if the queue is full or the wait was in vain
   */
  AttemptPlan.Step forPlace(AttemptPlan plan, RouteRuntime route, FailureBook book) {
    TargetRuntime target = route.target(plan.target());
    PlaceQueue queue = target.state().queue();
    PlaceQueue.Waiter waiter = queue.enter();
    if (waiter == null) {
      route.queued(target, "full");
      if (call.explain) {
        book.remark("no place left to wait for " + target.shown());
      }
      return AttemptPlan.Step.STOP;
    }
    Config.Concurrency settings = target.provider().settings().failover().concurrency();
    long began = begin();
    long until = began + TimeUnit.MILLISECONDS.toNanos(settings.queueMs());
    AttemptPlan.Step step = AttemptPlan.Step.QUEUE;
    long now = began;
    while (step == AttemptPlan.Step.QUEUE && until - now > 0 && goesOn()) {
      LockSupport.parkNanos(this, Math.min(SLICE_NANOS, until - now));
      now = System.nanoTime();
      if (waiter.wasCalled()) {
        queue.again(waiter);
      }
      step = plan.queued(now);
    }
    boolean admitted = step != AttemptPlan.Step.QUEUE;
    queue.leave(waiter, admitted);
    end(began);
    route.queued(target, admitted ? "admitted" : "timeout");
    if (call.explain) {
      book.remark("waited " + TimeUnit.NANOSECONDS.toMillis(now - began) + " ms for a place");
    }
    return admitted ? step : AttemptPlan.Step.STOP;
  }

  private long begin() {
    Thread waiting = Thread.currentThread();
    call.control.beginAttempt();
    call.control.clock(UpstreamException.Kind.CALL_TIMEOUT, call.control.callDeadlineNanos());
    call.control.attach(() -> LockSupport.unpark(waiting));
    return System.nanoTime();
  }

  private boolean goesOn() {
    return call.control.failure() == null && !Thread.currentThread().isInterrupted();
  }

  private void end(long began) {
    call.control.detach();
    call.control.stopClock();
    call.earlierAttemptsNanos += System.nanoTime() - began;
  }
}
