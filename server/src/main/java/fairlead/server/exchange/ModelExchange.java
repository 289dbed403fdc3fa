package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.caching.CacheControls;
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
 * may use it; 3. answer from memory, where the route lets it; else plan, and 4. attempt after
 * attempt, until one delivers or nothing is left that could help; 5. remember the answer, settle.
 * Everything happens on the connection's own thread, top to bottom.
 *
 * <p>Not thread-safe: one per connection, so that its buffers are reused without locks. A call that
 * goes well allocates nothing here.
 */
public final class ModelExchange implements AutoCloseable {
  /** What metrics call a call that never reached a route. */
  private static final String NO_ROUTE = "none";

  private static final int CLIENT_CLOSED_REQUEST = 499;
  private static final System.Logger LOGGER = System.getLogger(ModelExchange.class.getName());

  private final GatewayMetrics metrics;
  private final Call call;
  private final RequestReader reader = new RequestReader();
  private final RequestIds ids = new RequestIds();
  private final FinalFailure finalFailure = new FinalFailure();
  private final Attempts attempts;
  private final RandomGenerator random = new SplittableRandom();

  private final @Nullable SharedCache cache;
  private @Nullable Memory memory; // made for the first call that may use it
  private @Nullable RouteRuntime route;
  private boolean remembered;

  /** For a gateway that remembers nothing. */
  public ModelExchange(GatewayMetrics metrics, DeadlineSweeper sweeper) {
    this(metrics, sweeper, null);
  }

  /**
   * @param cache what answers are remembered in; null: in nothing
   */
  public ModelExchange(
      GatewayMetrics metrics, DeadlineSweeper sweeper, @Nullable SharedCache cache) {
    this.metrics = metrics;
    this.cache = cache;
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
    call.cacheOff();
    remembered = false;
    route = null;
    metrics.callBegan();
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
      forgetMemory(status);
      settle(status);
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
    call.receivedNanos = call.http.receivedNanos();
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
    RouteCaching caching = found.caching();
    if (caching == null || cache == null) {
      requireNotOnly();
      long now = System.nanoTime();
      return attempts.run(found, reader.scan(), sticky ? session : random.nextLong(), sticky, now);
    }
    Memory using = memory(cache);
    int status = using.answer(caching, reader.scan(), random.nextLong());
    if (status != Memory.ASK) {
      remembered = status == 200;
      return status;
    }
    long now = using.askedNanos();
    status = attempts.run(found, reader.scan(), sticky ? session : random.nextLong(), sticky, now);
    remember(using, status);
    return status;
  }

  /** Who wants an answer from memory only must not pay for one where nothing is remembered. */
  private void requireNotOnly() throws CallFailure {
    boolean only =
        call.http.findHeader(CacheControls.MODE_HEADER, call.header)
            && call.header.toString().equals("only");
    call.header.clear();
    if (only) {
      throw CallFailure.notInMemory("Nothing is answered from memory here.");
    }
  }

  private Memory memory(SharedCache from) {
    Memory made = memory;
    if (made == null) {
      made = new Memory(call, from);
      memory = made;
    }
    return made;
  }

  /** A defect here must not spoil an answer that the caller has. */
  private void remember(Memory using, int status) {
    try {
      using.settle(attempts.whole(), status, attempts.endedNanos());
    } catch (RuntimeException defect) {
      LOGGER.log(System.Logger.Level.ERROR, "an answer could not be remembered", defect);
    }
  }

  /** An equal call that waits must not wait for this one any longer, however it ended. */
  private void forgetMemory(int status) {
    Memory used = memory;
    if (used != null) {
      try {
        used.settle(false, status, 0);
      } finally {
        used.end();
      }
    }
  }

  private void settle(int status) {
    long now = attempts.endedNanos() == 0 ? System.nanoTime() : attempts.endedNanos();
    RouteRuntime served = route;
    if (served == null) {
      refused(call.operation, status);
    } else {
      served.requests(call.operation, status).increment();
      served.requestSeconds().record(now - call.http.startedNanos());
      if (remembered) {
        metrics.requestPhase().record(call.requestNanos);
      } else if (status == 200 && attempts.delivered()) {
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
