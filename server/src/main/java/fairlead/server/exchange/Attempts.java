package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.RequestScan;
import fairlead.routing.AttemptPlan;
import fairlead.routing.FailureClass;
import fairlead.routing.KeyRing;
import fairlead.routing.Retry;
import fairlead.server.config.Config;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a target that answers: attempt after attempt, until one delivers or nothing is left that
 * could help.
 *
 * <p>What comes next is the plan's decision; here it is done: ask, wait, take a place in a queue,
 * send a second copy, continue a stream that broke. Until a stream has begun no failure is visible;
 * after that another target continues it, or it ends with an error event and a cut connection.
 *
 * <p>Not thread-safe: one per connection. A call that goes well allocates nothing here.
 */
final class Attempts implements AutoCloseable {
  private static final int CLIENT_CLOSED_REQUEST = 499;

  private final Call call;
  private final DeadlineSweeper sweeper;
  private final AttemptPlan plan = new AttemptPlan();
  private final FailureBook book = new FailureBook();
  private final FinalFailure finalFailure;
  private final Leg first;
  private final Waiting waiting;
  private final Rescue rescue;
  private @Nullable Hedge hedge;

  private @Nullable RouteRuntime route;
  private @Nullable RequestScan scan;
  private int lastKey;
  private long lastTold;
  private boolean started;
  private boolean delivered;
  private boolean whole;
  private long endedNanos;

  Attempts(Call call, FinalFailure finalFailure, DeadlineSweeper sweeper) {
    this.call = call;
    this.sweeper = sweeper;
    this.finalFailure = finalFailure;
    first = new Leg(call.control, book);
    waiting = new Waiting(call);
    rescue = new Rescue(call.text);
    call.rescue = rescue;
  }

  /**
   * Serves a call whose clocks run.
   *
   * @param seed random bits of this call, or of its session
   * @param sticky whether {@code seed} is a session's
   * @param beganNanos now
   * @return the status the caller got
   * @throws IOException if the caller's connection broke
   */
  int run(RouteRuntime on, RequestScan request, long seed, boolean sticky, long beganNanos)
      throws IOException {
    route = on;
    scan = request;
    lastKey = 0;
    lastTold = -1;
    started = false;
    delivered = false;
    whole = false;
    rescue.begin(call, request, on.policy().midStream());
    long now = beganNanos;
    if (on.hedgeBudget() != null) {
      on.hedgeBudget().deposit();
    }
    plan.begin(on.order(), on.policy().failover(), on.filterMayMove(), seed, sticky, now);
    if (call.explain) {
      RouteTrace.passedOver(on, book, now);
    }
    AttemptPlan.Step step = plan.first(now);
    while (true) {
      if (step == AttemptPlan.Step.QUEUE) {
        step = waiting.forPlace(plan, on, book);
        if (step == AttemptPlan.Step.STOP) {
          return stop(true);
        }
        now = System.nanoTime();
      }
      if (step == AttemptPlan.Step.SAME_TARGET) {
        waiting.pause(plan.waitNanos(), book);
        now = System.nanoTime();
      }
      TargetRuntime target = on.target(plan.target());
      FailureClass failure = attempt(on, target, now);
      if (failure == null) {
        return 200;
      }
      if (call.left()) {
        call.http.abort();
        return started ? 200 : CLIENT_CLOSED_REQUEST;
      }
      step = next(on, on.target(plan.target()), failure); // a second copy may have taken over
      if (step == AttemptPlan.Step.STOP) {
        return stop(false);
      }
      now = System.nanoTime();
    }
  }

  /** Nothing is left that could help. */
  private int stop(boolean busy) throws IOException {
    if (call.left()) {
      call.http.abort();
      return started ? 200 : CLIENT_CLOSED_REQUEST;
    }
    if (started) {
      Objects.requireNonNull(route).rescued("failed");
      finalFailure.midStream(call, book, null);
      return 200;
    }
    return busy
        ? finalFailure.busy(call, book, Objects.requireNonNull(route).name())
        : finalFailure.upstream(call, book);
  }

  private AttemptPlan.Step next(RouteRuntime on, TargetRuntime target, FailureClass failure) {
    Retry retry = target.provider().retry();
    long now = System.nanoTime();
    boolean oldNameRefused =
        failure == FailureClass.BAD_PARAMETER
            && book.maxTokensRefused()
            && first.target() == target
            && first.oldTokenLimit();
    if (oldNameRefused) {
      target.state().wantMaxCompletionTokens(target.model(), call.dynamicModel);
      if (plan.again(now)) {
        book.mended(target);
        on.retried(target.provider(), failure);
        return AttemptPlan.Step.OTHER_KEY; // the same target at once, with the newer name
      }
    }
    boolean formRefused = book.prefillRefused() || failure == FailureClass.BAD_PARAMETER;
    if (rescue.active() && rescue.prefixed() && formRefused) {
      target.state().health().prefillRefused(book.prefillRefused());
      rescue.onlyAnew();
      if (plan.again(now)) {
        return AttemptPlan.Step.OTHER_KEY; // the same target at once, from the beginning
      }
    }
    AttemptPlan.Step step =
        plan.next(
            failure,
            lastKey,
            target.provider().keys().size(),
            retry,
            lastTold,
            now,
            call.control.callDeadlineNanos());
    switch (step) {
      case SAME_TARGET, OTHER_KEY -> on.retried(target.provider(), failure);
      case NEXT_TARGET, QUEUE -> {
        TargetRuntime to = on.target(plan.target());
        if (to != target) { // else it waits for a place where it was
          on.failedOver(target.provider(), to.provider(), failure);
        }
      }
      case STOP -> {}
    }
    return step;
  }

  /** One attempt at one target, with its second copy; null if the caller has all they will get. */
  private @Nullable FailureClass attempt(RouteRuntime on, TargetRuntime target, long now)
      throws IOException {
    call.requestNanos = now - call.receivedNanos - call.earlierAttemptsNanos;
    int key = chooseKey(target, now);
    first.aim(target, key, plan.admission(), now);
    RequestScan request = Objects.requireNonNull(scan);
    boolean anotherLeft =
        plan.anotherLeft(now); // once the timer runs, the plan may be its thread's
    boolean hedging = !started && armHedge(on, target, request, now);
    call.attempts++;
    FailureClass failure;
    boolean told = false;
    try {
      failure = first.ask(call, request, on, anotherLeft, rescue.active() ? rescue : null);
      told = true;
    } finally {
      if (!told) {
        giveUp(hedging);
      }
    }
    Leg leg = failure == null ? first : null;
    if (hedging) {
      leg = settleHedge(on, failure);
    }
    if (leg == null) {
      return failed(first, Objects.requireNonNull(failure));
    }
    return deliver(on, leg);
  }

  /** A defect: the places that the copies hold must not stay taken. */
  private void giveUp(boolean hedging) {
    first.target().state().released(first.admission(), System.nanoTime());
    Leg other = hedging ? Objects.requireNonNull(hedge).settle(FailureClass.ABANDONED) : null;
    if (other != null) {
      other.target().state().released(other.admission(), System.nanoTime());
    }
  }

  private int chooseKey(TargetRuntime target, long now) {
    KeyRing keys = target.provider().keys();
    int key =
        keys.choose(
            plan.attemptSeed(), now, plan.triedKeys(), target.state().health().deniedKeys(now));
    // All were tried: the last one may have recovered while this call waited.
    return key >= 0 ? key : lastKey;
  }

  private boolean armHedge(RouteRuntime on, TargetRuntime target, RequestScan request, long now) {
    Config.Hedge settings = on.policy().hedge();
    if (settings == null || on.hedgeBudget() == null) {
      return false;
    }
    long after = TimeUnit.MILLISECONDS.toNanos(settings.afterMs());
    if (settings.percentile() > 0) {
      after =
          (call.stream
                  ? target.state().health().firstToken()
                  : target.state().health().plainAnswers())
              .percentile(settings.percentile());
      if (after < 0) {
        return false; // not enough is known yet
      }
    }
    Hedge second = hedge;
    if (second == null) {
      second = new Hedge(sweeper);
      hedge = second;
      call.hedge = second;
    }
    second.arm(first, call, request, on, plan, now + after);
    return true;
  }

  /** Who won, if anybody did; the loser's account is closed. */
  private @Nullable Leg settleHedge(RouteRuntime on, @Nullable FailureClass failure) {
    Hedge second = Objects.requireNonNull(hedge);
    Leg leg = second.settle(failure);
    if (!second.sent()) {
      return leg;
    }
    call.attempts++;
    if (leg == second.second()) {
      on.hedged("won");
      first.release();
      if (failure == null || failure == FailureClass.ABANDONED) {
        first.target().state().released(first.admission(), System.nanoTime());
      } else {
        account(first, failure);
      }
      plan.hedgeTook(second.index());
      return leg;
    }
    on.hedged("lost");
    if (leg == null) {
      book.absorb(second.second().book());
      second.end(call);
    }
    return leg;
  }

  /** Commits the answer of {@code leg}; null if the caller has all they will get. */
  private @Nullable FailureClass deliver(RouteRuntime on, Leg leg) throws IOException {
    TargetRuntime target = leg.target();
    long now = System.nanoTime();
    boolean streaming = leg.delivery().streaming();
    target.state().answered(leg.admission(), streaming, now - leg.startedNanos(), now);
    if (streaming) {
      target.provider().firstTokenSeconds().record(now - leg.startedNanos());
    }
    if (call.explain) {
      book.answered(target, leg.key(), streaming, now - leg.startedNanos());
      call.trace = book.story();
    }
    boolean again = started;
    started |= streaming;
    call.servedBy = target;
    call.answeredNanos = now;
    call.streamed = streaming;
    FailureClass broke;
    boolean answered = false;
    try {
      broke = leg.passOn(call, again);
      answered = true;
    } finally {
      if (!answered) {
        // The caller's connection broke: no fault of the target, which has worked for us.
        call.served = leg.delivery().usage();
        target.used(call.served);
        target.failed(FailureClass.ABANDONED);
        target.state().released(leg.admission(), System.nanoTime());
      }
    }
    call.served = leg.delivery().usage();
    if (broke == null) {
      delivered = true;
      whole = !again;
      if (again) {
        on.rescued(rescue.prefixed() ? "resumed" : "restarted");
      }
      leg.release();
      long end = System.nanoTime();
      endedNanos = end;
      target.provider().upstreamSeconds().record(end - leg.startedNanos());
      target.state().succeeded(leg.admission(), leg.key(), end);
      target.succeeded(call.served);
      return null;
    }
    target.used(call.served);
    delivered = true;
    if (leg != first) {
      book.follow(leg.book());
    }
    FailureClass failure = failed(leg, Failures.midStream(broke));
    if (!streaming || call.left()) {
      call.http.abort();
      return null;
    }
    if (!rescue.possible() || leg.control().failure() == UpstreamException.Kind.CALL_TIMEOUT) {
      on.rescued(rescue.possible() ? "failed" : "unsound");
      finalFailure.midStream(call, book, rescue.possible() ? null : rescue.whyNot());
      return null;
    }
    if (hedge != null) {
      hedge.end(call);
    }
    rescue.activate();
    return failure;
  }

  /** Ends an attempt that failed. */
  private FailureClass failed(Leg leg, FailureClass failure) {
    leg.release();
    if (failure == FailureClass.UNSUPPORTED && !rescue.active()) {
      call.attempts--; // a target that was passed over: no attempt
    }
    account(leg, failure);
    return failure;
  }

  private void account(Leg leg, FailureClass failure) {
    TargetRuntime target = leg.target();
    long now = System.nanoTime();
    long took = now - leg.startedNanos();
    call.earlierAttemptsNanos += took;
    if (failure != FailureClass.UNSUPPORTED) {
      target.provider().upstreamSeconds().record(took);
    }
    lastKey = leg.key();
    lastTold = leg.toldNanos();
    target.failed(failure);
    KeyRest.apply(target, leg.key(), failure, leg.toldNanos(), now);
    leg.report(failure, now, plan.attemptSeed());
  }

  /** Whether the caller got one whole answer, and from one target. */
  boolean whole() {
    return whole;
  }

  /** When the caller had got all of an answer, or 0. */
  long endedNanos() {
    return endedNanos;
  }

  /** Whether the caller got an answer, or the beginning of one. */
  boolean delivered() {
    return delivered;
  }

  /** Ends the call: when this returns, nothing of it is in use any more. */
  void end() {
    Hedge second = hedge;
    if (second != null) {
      second.end(call);
    }
    first.end(call);
    endedNanos = 0;
    rescue.end();
    route = null;
    scan = null;
  }

  @Override
  public void close() {
    Hedge second = hedge;
    if (second != null) {
      second.close();
    }
  }
}
