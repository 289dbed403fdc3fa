package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.QuotaHeaders;
import fairlead.providers.wire.RequestScan;
import fairlead.routing.FailureClass;
import fairlead.server.config.Config;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a call at one target: asks, waits until the answer is worth committing, passes it on.
 *
 * <p>Lifecycle of an attempt: 1. {@link #ask}; 2. after its success {@link #passOn}; 3. {@link
 * #release}, whatever happened. Belongs to one thread at a time; whoever takes it over must have
 * seen {@link #ask} return. One per connection, and a second one where the route hedges; its
 * buffers are reused.
 */
final class Leg implements AutoCloseable {
  /** An error's body that does not come at once is not worth waiting for. */
  private static final long ERROR_BODY_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Limits are counted by the minute where a provider does not say when it begins anew. */
  private static final long UNKNOWN_RESET_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final byte[] NO_HEAD = {};

  private final CallControl control;
  private final FailureBook book;
  private final UpstreamRequest request = new UpstreamRequest();
  private final RequestEncoder encoder = new RequestEncoder();
  private final Delivery delivery = new Delivery();
  private final QuotaHeaders quota = new QuotaHeaders();

  private @Nullable TargetRuntime target;
  private @Nullable UpstreamResponse response;
  private int key;
  private int admission;
  private long startedNanos;
  private long toldNanos;
  private boolean noVerdict;

  /**
   * @param control the clocks of this copy
   * @param book where its failures are written down
   */
  Leg(CallControl control, FailureBook book) {
    this.control = control;
    this.book = book;
  }

  /** A copy with clocks of its own. */
  static Leg second(DeadlineSweeper sweeper) {
    return new Leg(new CallControl(sweeper), new FailureBook());
  }

  /**
   * Chooses the target and its key for the next {@link #ask}.
   *
   * @param newAdmission how the target admitted the call
   * @param nowNanos when this attempt begins
   */
  void aim(TargetRuntime newTarget, int newKey, int newAdmission, long nowNanos) {
    target = newTarget;
    key = newKey;
    admission = newAdmission;
    startedNanos = nowNanos;
    toldNanos = -1;
    noVerdict = false;
    // Here and not in ask: another copy may answer before this one has asked.
    control.beginAttempt();
  }

  /**
   * Asks the target and reads until its answer may be committed.
   *
   * @param anotherLeft whether somebody else could be asked instead
   * @param rescue null, or what continues a stream whose beginning the caller has
   * @return null when the answer may be committed, else how it failed; the book has the story
   */
  @Nullable FailureClass ask(
      Call call,
      RequestScan scan,
      RouteRuntime route,
      boolean anotherLeft,
      @Nullable Rescue rescue) {
    TargetRuntime at = target();
    ProviderRuntime provider = at.provider();
    if (!provider.serves(call.operation)) {
      book.unsupported(
          at, "does not serve " + call.operation.path(), "model", "unsupported_operation");
      return FailureClass.UNSUPPORTED;
    }
    request.reset(call.operation, provider.head(key, call.operation));
    String refusal = encoder.encode(call, scan, at, request, rescue);
    if (refusal != null) {
      book.unsupported(at, refusal, encoder.param(), encoder.code());
      return FailureClass.UNSUPPORTED;
    }
    Config.Timeouts clocks = at.timeouts();
    long limit =
        Clocks.firstAnswerNanos(
            clocks,
            route.policy().timeoutMs(),
            call.stream,
            anotherLeft,
            at.reasoning(),
            scan.length(),
            Math.max(scan.maxTokens(), scan.maxCompletionTokens()));
    long queue = Clocks.queueNanos(clocks, route.policy().timeoutMs());
    long share = Clocks.shareNanos(call.stream, control.callDeadlineNanos() - startedNanos);
    boolean hurried = anotherLeft && share < limit;
    if (hurried) {
      limit = share;
      queue = share;
    }
    long firstAnswer = startedNanos + limit;
    control.headDeadline(startedNanos + Clocks.headNanos(clocks, limit));
    try {
      UpstreamResponse answer = provider.upstream().open(request, control);
      response = answer;
      quota(at, answer);
      if (answer.status() != 200) {
        control.clock(
            UpstreamException.Kind.CONTENT_GAP_TIMEOUT, System.nanoTime() + ERROR_BODY_NANOS);
        FailureClass failure = book.httpError(at, key, answer, tookNanos());
        toldNanos = book.toldNanos();
        return failure;
      }
      FailureClass failure =
          delivery.prime(call, at, answer, control, startedNanos, firstAnswer, queue, rescue);
      if (failure != null) {
        noVerdict = hurried && failure == FailureClass.TIMEOUT;
        book.unusable(at, key, failure, delivery.reason(), tookNanos());
      }
      return failure;
    } catch (UpstreamException e) {
      FailureClass failure = Failures.classify(e.kind());
      noVerdict =
          e.kind() == UpstreamException.Kind.POOL_EXHAUSTED
              || (hurried && failure == FailureClass.TIMEOUT);
      book.noAnswer(at, key, failure, e, tookNanos());
      return failure;
    }
  }

  /** What the provider says is left of the key's share lets it get less before it refuses. */
  private void quota(TargetRuntime at, UpstreamResponse answer) {
    if (quota.read(answer, System::currentTimeMillis)) {
      long now = System.nanoTime();
      long reset = quota.resetMillis();
      at.state()
          .quota(
              key,
              quota.remainingShare(),
              now + (reset < 0 ? UNKNOWN_RESET_NANOS : TimeUnit.MILLISECONDS.toNanos(reset)),
              now);
    }
  }

  /**
   * Commits the answer and relays the rest.
   *
   * @param started whether the head of the caller's stream has gone out already
   * @return null once the caller has the whole answer, else how it broke; the book has the story
   * @throws IOException if the caller's connection broke
   */
  @Nullable FailureClass passOn(Call call, boolean started) throws IOException {
    FailureClass broke = delivery.passOn(call, target(), started);
    if (broke != null) {
      book.unusable(target(), key, broke, delivery.reason(), tookNanos());
    }
    return broke;
  }

  /** Ends the attempt: the connection serves another call if the answer was read whole. */
  void release() {
    UpstreamResponse done = response;
    if (done != null) {
      response = null;
      done.release();
    }
    control.stopClock();
  }

  /** Whether the target was asked with a {@code max_tokens} that could have been renamed. */
  boolean oldTokenLimit() {
    return encoder.oldTokenLimit();
  }

  TargetRuntime target() {
    return Objects.requireNonNull(target);
  }

  CallControl control() {
    return control;
  }

  Delivery delivery() {
    return delivery;
  }

  FailureBook book() {
    return book;
  }

  int key() {
    return key;
  }

  int admission() {
    return admission;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** How long the provider asked to be left alone, or -1. */
  long toldNanos() {
    return toldNanos;
  }

  /** Gives the place at the target back, and tells it how the attempt failed. */
  void report(FailureClass failure, long nowNanos, long seed) {
    TargetState state = target().state();
    if (noVerdict) {
      // All connections were in use, maybe by calls to others; or this caller has little time.
      state.released(admission, nowNanos);
    } else {
      state.failed(admission, failure, startedNanos, nowNanos, seed);
    }
  }

  long tookNanos() {
    return System.nanoTime() - startedNanos;
  }

  /** Lets go of the call, and gives memory back that only a large one needed. */
  void end(Call call) {
    release();
    delivery.end();
    request.reset(call.operation, NO_HEAD);
    encoder.trim();
    book.clear();
    target = null;
  }

  @Override
  public void close() {
    control.close();
  }
}
