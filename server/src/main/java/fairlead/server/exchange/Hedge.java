package fairlead.server.exchange;

import fairlead.providers.http.Deadline;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.RequestScan;
import fairlead.routing.AttemptPlan;
import fairlead.routing.FailureClass;
import fairlead.routing.RetryBudget;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A second copy of a call whose first is late (Dean and Barroso, "The Tail at Scale", 2013).
 *
 * <p>Lifecycle of an attempt: 1. {@link #arm} before the first copy asks; 2. if that takes too
 * long, the timer starts the second copy on a thread of its own, if the budget and the route have a
 * place for it; 3. the copy that first has something to commit wins, the other is stopped at once;
 * 4. {@link #settle} on the connection's thread tells who won; 5. {@link #end} waits for the
 * loser's thread, which by then has nothing left to wait for.
 *
 * <p>While a second copy is being started, the plan belongs to its thread; the connection's thread
 * waits for the end of that (microseconds) before it touches the plan again.
 */
final class Hedge implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Hedge.class.getName());

  private static final int IDLE = 0;

  /** The timer runs. */
  private static final int ARMED = 1;

  /** The second copy's thread chooses a target; the plan is its. */
  private static final int STARTING = 2;

  /** The second copy asks. */
  private static final int ASKING = 3;

  /** There is no second copy: nobody else to ask, or no budget. */
  private static final int REFUSED = 4;

  private final Leg second;
  private final Deadline timer;
  private final AtomicInteger state = new AtomicInteger(IDLE);
  private final AtomicReference<@Nullable Leg> winner = new AtomicReference<>();
  private volatile @Nullable Thread thread;
  private volatile boolean cancelled;

  /** The connection's thread, while it waits for the end of the start. */
  private volatile @Nullable Thread waiter;

  // Set by arm, before the timer can see them.
  private @Nullable Leg first;
  private @Nullable Call call;
  private @Nullable RequestScan scan;
  private @Nullable RouteRuntime route;
  private @Nullable AttemptPlan plan;
  private int index;

  /** Whether the route has somebody left beside both copies. */
  private boolean anotherLeft;

  Hedge(DeadlineSweeper sweeper) {
    second = Leg.second(sweeper);
    timer = sweeper.register(this::late);
  }

  /** Sets the timer for an attempt that {@code newFirst} is about to make. */
  void arm(
      Leg newFirst,
      Call newCall,
      RequestScan newScan,
      RouteRuntime newRoute,
      AttemptPlan newPlan,
      long atNanos) {
    first = newFirst;
    call = newCall;
    scan = newScan;
    route = newRoute;
    plan = newPlan;
    winner.set(null);
    cancelled = false;
    second.control().begin(newFirst.control().callDeadlineNanos());
    state.set(ARMED);
    boolean _ = timer.arm(atNanos);
  }

  /** The timer has run out; on the sweeper's thread, which must not wait. */
  private void late() {
    Thread copy = Thread.ofVirtual().name("fairlead-hedge").unstarted(this::run);
    thread = copy; // before the state says so: whoever waits for its end must find it
    if (state.compareAndSet(ARMED, STARTING)) {
      boolean begun = false;
      try {
        copy.start();
        begun = true;
      } finally {
        if (!begun) {
          startIsOver(false);
        }
      }
    }
  }

  private void startIsOver(boolean started) {
    state.set(started ? ASKING : REFUSED);
    Thread waits = waiter;
    if (waits != null) {
      LockSupport.unpark(waits);
    }
  }

  private void run() {
    Leg copy = second;
    RouteRuntime on = Objects.requireNonNull(route);
    boolean started = false;
    try {
      started = !cancelled && start(copy, on);
    } finally {
      startIsOver(started);
    }
    if (!started) {
      return;
    }
    Call of = Objects.requireNonNull(call);
    FailureClass failure;
    try {
      failure = copy.ask(of, Objects.requireNonNull(scan), on, anotherLeft, null);
    } catch (RuntimeException | Error defect) {
      LOGGER.log(System.Logger.Level.ERROR, "a second copy of a call failed", defect);
      failure = FailureClass.ABANDONED; // our own fault, not the target's
    }
    if (failure == null) {
      if (winner.compareAndSet(null, copy)) {
        Objects.requireNonNull(first).control().supersede();
        return;
      }
      failure = FailureClass.ABANDONED;
    }
    copy.release();
    TargetRuntime target = copy.target();
    long now = System.nanoTime();
    if (failure != FailureClass.ABANDONED) {
      target.failed(failure);
      KeyRest.apply(target, copy.key(), failure, copy.toldNanos(), now);
    }
    copy.report(failure, now, copy.startedNanos());
  }

  /** Finds a target for the second copy and pays for it. */
  private boolean start(Leg copy, RouteRuntime on) {
    RetryBudget budget = Objects.requireNonNull(on.hedgeBudget());
    long now = System.nanoTime();
    if (!budget.withdraw(now)) {
      on.hedged("refused");
      return false;
    }
    AttemptPlan choice = Objects.requireNonNull(plan);
    index = choice.hedge(now);
    if (index < 0) {
      on.hedged("refused");
      return false;
    }
    anotherLeft = choice.anotherLeft(now);
    TargetRuntime target = on.target(index);
    int key =
        target
            .provider()
            .keys()
            .choose(choice.attemptSeed() + 1, now, 0, target.state().health().deniedKeys(now));
    copy.aim(target, Math.max(key, 0), choice.hedgeAdmission(), now);
    on.hedged("sent");
    return true;
  }

  /**
   * Ends the race after the first copy has returned.
   *
   * @param firstFailure how the first copy failed, or null if it may be committed
   * @return the copy that may be committed; null if none may
   */
  @Nullable Leg settle(@Nullable FailureClass firstFailure) {
    Leg one = Objects.requireNonNull(first);
    boolean _ = timer.disarm();
    if (state.compareAndSet(ARMED, IDLE)) {
      return firstFailure == null ? one : null;
    }
    awaitStart();
    if (firstFailure == null && winner.compareAndSet(null, one)) {
      second.control().cancel();
      return one;
    }
    if (firstFailure != null && firstFailure == FailureClass.ABANDONED && winner.get() == null) {
      second.control().cancel();
    }
    // Either the second copy has won, or it is the only one that still may.
    join();
    return winner.get() == second ? second : null;
  }

  /** Whether a second copy was sent for the present attempt. */
  boolean sent() {
    return state.get() == ASKING;
  }

  /** The second copy. */
  Leg second() {
    return second;
  }

  /** Index of the second copy's target in its route, while {@link #sent}. */
  int index() {
    return index;
  }

  /**
   * Waits without the core: the copy's thread is started from outside the scheduler's own queues,
   * and threads that yield in a loop on every core would keep it from ever running.
   */
  private void awaitStart() {
    if (state.get() != STARTING) {
      return;
    }
    boolean interrupted = false;
    waiter = Thread.currentThread();
    while (state.get() == STARTING) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // else parking would return at once, again and again
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    waiter = null;
  }

  private void join() {
    Thread running = thread;
    boolean interrupted = false;
    while (running != null && running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        // The gateway stops: the copy is stopped too, and then its thread ends.
        interrupted = true;
        second.control().cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The caller has left; from any thread. */
  void cancel() {
    cancelled = true;
    second.control().cancel();
  }

  /** Ends the attempt: when this returns, nothing of the call is in use any more. */
  void end(Call done) {
    boolean _ = timer.disarm();
    if (!state.compareAndSet(ARMED, IDLE)) {
      awaitStart();
      if (winner.get() != second) {
        second.control().cancel();
      }
      join();
    }
    thread = null;
    state.set(IDLE);
    second.end(done);
    first = null;
    call = null;
    scan = null;
    route = null;
    plan = null;
  }

  @Override
  public void close() {
    timer.close();
    second.close();
  }
}
