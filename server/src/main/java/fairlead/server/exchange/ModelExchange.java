package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.routing.AttemptPlan;
import fairlead.routing.FailureClass;
import fairlead.server.config.Config;
import fairlead.server.governance.CallerKeys;
import fairlead.server.http.HttpExchange;
import fairlead.server.http.HttpFailure;
import fairlead.server.observe.GatewayMetrics;
import java.io.IOException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One model call from its first byte to its settled account.
 *
 * <p>The way of a call: 1. read the body and scan it; 2. find the route and check that the caller
 * may use it; 3. plan; 4. attempt after attempt, until one delivers or nothing is left that could
 * help; 5. settle. Everything happens on the connection's own thread, top to bottom.
 *
 * <p>Not thread-safe: one per connection, so that its buffers are reused without locks. A call that
 * goes well allocates nothing here.
 */
public final class ModelExchange implements AutoCloseable {
  /** What metrics call a call that never reached a route. */
  private static final String NO_ROUTE = "none";

  private static final int CLIENT_CLOSED_REQUEST = 499;

  /** An error's body that does not come at once is not worth waiting for. */
  private static final long ERROR_BODY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final byte[] NO_HEAD = {};
  private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final GatewayMetrics metrics;
  private final Call call;
  private final RequestReader reader = new RequestReader();
  private final RequestIds ids = new RequestIds();
  private final AttemptPlan plan = new AttemptPlan();
  private final UpstreamRequest request = new UpstreamRequest();
  private final RequestEncoder encoder = new RequestEncoder();
  private final FailureBook book = new FailureBook();
  private final FinalFailure finalFailure = new FinalFailure();
  private final Delivery delivery = new Delivery();
  private final RandomGenerator random = new SplittableRandom();
  private final KeyRest keyRest = new KeyRest();

  private @Nullable RouteRuntime route;
  private int key;
  private boolean delivered;

  public ModelExchange(GatewayMetrics metrics, DeadlineSweeper sweeper) {
    this.metrics = metrics;
    this.call = new Call(sweeper);
  }

  /**
   * Serves one call and answers it.
   *
   * @throws HttpFailure if the request's framing is at fault; the front answers it
   * @throws IOException if the caller's connection broke
   */
  public void handle(
      HttpExchange http, Operation operation, Snapshot snapshot, CallerKeys.Caller caller)
      throws IOException {
    call.http = http;
    call.operation = operation;
    call.requestId = ids.next(http);
    call.served = Call.NO_USAGE;
    call.caller = caller;
    route = null;
    delivered = false;
    metrics.callBegan();
    long began = System.nanoTime();
    int status = CLIENT_CLOSED_REQUEST;
    try {
      status = serve(snapshot, caller);
    } catch (CallFailure failure) {
      status = failure.status();
      finalFailure.own(call, failure);
    } catch (HttpFailure failure) {
      status = failure.status();
      throw failure;
    } catch (RuntimeException defect) {
      status = 500;
      throw defect;
    } finally {
      call.control.stopClock();
      http.unwatch();
      delivery.trim();
      request.reset(operation, NO_HEAD);
      encoder.trim();
      reader.forget();
      call.dynamicModel.clear();
      book.clear();
      finalFailure.trim();
      settle(began, status);
    }
  }

  /** Counts a call that was refused before it got here. */
  public void refused(Operation operation, int status) {
    metrics.requests(NO_ROUTE, RouteRuntime.surface(operation), String.valueOf(status)).increment();
  }

  /** Chooses the id of a request that is answered elsewhere. */
  public ByteSink requestId(HttpExchange http) {
    return ids.next(http);
  }

  private int serve(Snapshot snapshot, CallerKeys.Caller caller) throws IOException {
    ByteRange body = call.http.body();
    call.receivedNanos = System.nanoTime();
    RouteRuntime found = reader.read(call, body, snapshot);
    route = found;
    snapshot.requireAllowed(caller, reader.resolved(), call.dynamicModel, "model");
    book.clear();
    call.earlierAttemptsNanos = 0;
    call.attempts = 0;
    call.control.begin(call.receivedNanos + reader.patienceNanos(found));
    call.http.watchCaller(call.cancel);
    plan.begin(found.order(), found.failover(), random.nextLong());
    AttemptPlan.Step step = plan.first();
    while (true) {
      TargetRuntime target = found.target(plan.target());
      FailureClass failure = attempt(target);
      if (failure == null) {
        return 200;
      }
      if (delivered || call.control.failure() == UpstreamException.Kind.CANCELLED) {
        return delivered ? 200 : abandoned();
      }
      int maxRetries = target.provider().settings().retries().max();
      step = plan.next(failure, key, target.provider().keys().size(), maxRetries);
      switch (step) {
        case STOP -> {
          return finalFailure.upstream(call, book, call.attempts);
        }
        case SAME_TARGET -> {
          found.retried(target.provider(), failure);
          pause(target.provider().settings().retries());
        }
        case OTHER_KEY -> found.retried(target.provider(), failure);
        case NEXT_TARGET ->
            found.failedOver(target.provider(), found.target(plan.target()).provider(), failure);
      }
    }
  }

  /** One attempt at one target; null if the caller has its answer. */
  private @Nullable FailureClass attempt(TargetRuntime target) throws IOException {
    ProviderRuntime provider = target.provider();
    call.attemptNanos = System.nanoTime();
    call.requestNanos = call.attemptNanos - call.receivedNanos - call.earlierAttemptsNanos;
    key = provider.keys().choose(plan.attemptSeed(), call.attemptNanos, plan.triedKeys());
    if (!provider.serves(call.operation)) {
      book.unsupported(
          target, "does not serve " + call.operation.path(), "model", "unsupported_operation");
      return notAsked(target);
    }
    request.reset(call.operation, provider.head(key, call.operation));
    String refusal = encoder.encode(call, reader.scan(), target, request);
    if (refusal != null) {
      book.unsupported(target, refusal, encoder.param(), encoder.code());
      return notAsked(target);
    }
    call.attempts++;
    call.control.beginAttempt();
    UpstreamResponse response;
    try {
      long firstAnswer = firstAnswerDeadline(target);
      call.control.headDeadline(firstAnswer);
      response = provider.upstream().open(request, call.control);
      try {
        return answered(target, response, firstAnswer);
      } finally {
        response.release();
      }
    } catch (UpstreamException e) {
      FailureClass failure = Failures.classify(e.kind());
      book.noAnswer(target, failure, e);
      return failed(target, failure);
    } catch (IOException e) {
      // The caller's connection broke: no fault of the target, but it has worked for us.
      failed(target, FailureClass.ABANDONED);
      throw e;
    }
  }

  /** A target that was passed over: no attempt, no time, but counted. */
  private static FailureClass notAsked(TargetRuntime target) {
    target.failed(FailureClass.UNSUPPORTED);
    return FailureClass.UNSUPPORTED;
  }

  /** Until when the target must show that it works: its head if plain, its first content if not. */
  private long firstAnswerDeadline(TargetRuntime target) {
    Config.Timeouts clocks = target.provider().settings().timeouts();
    RouteRuntime found = Objects.requireNonNull(route);
    long limitMs = call.stream ? clocks.firstTokenMs() : clocks.totalMs();
    if (found.timeoutMs() > 0) {
      limitMs = Math.min(limitMs, found.timeoutMs());
    }
    return call.attemptNanos + TimeUnit.MILLISECONDS.toNanos(limitMs);
  }

  private @Nullable FailureClass answered(
      TargetRuntime target, UpstreamResponse response, long firstAnswer) throws IOException {
    if (response.status() != 200) {
      call.control.clock(
          UpstreamException.Kind.CONTENT_GAP_TIMEOUT, System.nanoTime() + ERROR_BODY_NANOS);
      FailureClass failure = book.httpError(target, response);
      keyRest.apply(target.provider(), key, failure, response, System.nanoTime());
      return failed(target, failure);
    }
    FailureClass failure = delivery.deliver(call, target, response, firstAnswer, book);
    delivered = delivery.committed();
    if (failure != null) {
      keyRest.apply(target.provider(), key, failure, response, System.nanoTime());
      target.used(call.served);
      return failed(target, failure);
    }
    target.provider().upstreamSeconds().record(System.nanoTime() - call.attemptNanos);
    target.succeeded(call.served);
    return null;
  }

  private FailureClass failed(TargetRuntime target, FailureClass failure) {
    long took = System.nanoTime() - call.attemptNanos;
    call.earlierAttemptsNanos += took;
    target.provider().upstreamSeconds().record(took);
    target.failed(failure);
    return failure;
  }

  /** Waits before a repeat; a caller who leaves ends the wait. */
  private void pause(Config.Retries retries) {
    long nanos =
        plan.backoffNanos(
            TimeUnit.MILLISECONDS.toNanos(retries.backoffMs()),
            TimeUnit.MILLISECONDS.toNanos(retries.maxBackoffMs()));
    long paused = System.nanoTime();
    long until = paused + Math.min(nanos, MAX_PAUSE_NANOS);
    Thread waiting = Thread.currentThread();
    call.control.beginAttempt();
    call.control.clock(UpstreamException.Kind.CALL_TIMEOUT, call.control.callDeadlineNanos());
    call.control.attach(() -> LockSupport.unpark(waiting));
    long now = System.nanoTime();
    while (until - now > 0
        && call.control.failure() == null
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(this, until - now);
      now = System.nanoTime();
    }
    call.control.detach();
    call.control.stopClock();
    call.earlierAttemptsNanos += System.nanoTime() - paused;
  }

  private int abandoned() {
    call.http.abort();
    return CLIENT_CLOSED_REQUEST;
  }

  private void settle(long began, int status) {
    long now = System.nanoTime();
    RouteRuntime served = route;
    if (served == null) {
      refused(call.operation, status);
    } else {
      served.requests(call.operation, status).increment();
      served.requestSeconds().record(now - began);
      if (status == 200 && delivered) {
        metrics.requestPhase().record(call.requestNanos);
        if (!call.stream) {
          metrics.responsePhase().record(now - call.answeredNanos);
        }
      }
    }
    metrics.callEnded();
  }

  @Override
  public void close() {
    call.close();
  }
}
