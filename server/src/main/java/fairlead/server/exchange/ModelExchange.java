package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.governance.CallerKeys;
import fairlead.server.http.HttpExchange;
import fairlead.server.http.HttpFailure;
import fairlead.server.observe.GatewayMetrics;
import java.io.IOException;
import java.util.SplittableRandom;
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

  private final GatewayMetrics metrics;
  private final Call call;
  private final RequestReader reader = new RequestReader();
  private final RequestIds ids = new RequestIds();
  private final FinalFailure finalFailure = new FinalFailure();
  private final Attempts attempts;
  private final RandomGenerator random = new SplittableRandom();

  private @Nullable RouteRuntime route;

  public ModelExchange(GatewayMetrics metrics, DeadlineSweeper sweeper) {
    this.metrics = metrics;
    this.call = new Call(sweeper);
    this.attempts = new Attempts(call, finalFailure, sweeper);
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
      settle(began, status);
      attempts.end();
      reader.forget();
      call.dynamicModel.clear();
      finalFailure.trim();
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
    if (reader.isClientRetry()) {
      metrics.clientRetries().increment();
    }
    call.begin(call.receivedNanos + reader.patienceNanos(found));
    call.http.watchCaller(call.cancel);
    long session = reader.session(found.policy().sticky());
    boolean sticky = session != 0;
    return attempts.run(found, reader.scan(), sticky ? session : random.nextLong(), sticky);
  }

  private void settle(long began, int status) {
    long now = System.nanoTime();
    RouteRuntime served = route;
    if (served == null) {
      refused(call.operation, status);
    } else {
      served.requests(call.operation, status).increment();
      served.requestSeconds().record(now - began);
      if (status == 200 && attempts.delivered()) {
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
    attempts.close();
    call.close();
  }
}
