package fairlead.providers.http;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint behind the HTTP client.
 *
 * <p>Thread-safe. Lifecycle of a call: 1. a place in the pool; 2. a connection from it, or a new
 * one, under the connect clock; 3. the request is written and the head of the response read, under
 * the head clock; 4. the body is read by the caller, under the caller's clocks; 5. the connection
 * goes back to the pool or is closed. Whatever fails, the place is given back.
 *
 * <p>A request is written a second time in one case only: on a connection used before, if the
 * kernel did not take all of its bytes and no byte of a response came. Then the server has at best
 * a part of a request whose length it knows, which it must not act on. When all was written and the
 * connection ends without an answer, the server may have done its work; that is {@link
 * UpstreamException.Kind#RESET_BEFORE_RESPONSE}, for the caller to judge.
 */
final class HttpUpstream implements Upstream {
  private final PooledHost host;
  private final Endpoint endpoint;
  private final Route route;
  private final ConnectionPool pool;
  private final Connector connector;
  private final BodyDrainer drainer;
  private final SendBuffers sendBuffers;
  private final long connectNanos;
  private final long headNanos;

  HttpUpstream(
      Endpoint endpoint,
      ConnectionPool pool,
      Connector connector,
      BodyDrainer drainer,
      SendBuffers sendBuffers) {
    this.endpoint = endpoint;
    this.pool = pool;
    this.connector = connector;
    this.drainer = drainer;
    this.sendBuffers = sendBuffers;
    host = new PooledHost(endpoint);
    route = new Route(endpoint);
    connectNanos = TimeUnit.MILLISECONDS.toNanos(endpoint.connectTimeoutMillis());
    headNanos = TimeUnit.MILLISECONDS.toNanos(endpoint.headTimeoutMillis());
  }

  @Override
  public UpstreamResponse open(UpstreamRequest request, CallControl control)
      throws UpstreamException {
    if (control.failure() != null) {
      throw Failures.stopped(endpoint, control, null);
    }
    long now = System.nanoTime();
    long connectUntil = earlier(now + connectNanos, control.headDeadlineNanos());
    Connection pooled = pool.acquire(host, control, now, connectUntil);
    while (pooled != null && pooled.isStale()) {
      pool.countStale();
      pool.discard(pooled);
      pooled = pool.acquire(host, control, now, connectUntil);
    }
    if (pooled != null) {
      UpstreamResponse response = call(pooled, true, request, control);
      if (response != null) {
        return response;
      }
      pool.countRetry();
      // Writing may have taken longer than connecting may.
      connectUntil = earlier(System.nanoTime() + connectNanos, control.headDeadlineNanos());
    }
    Connection fresh = connect(control, connectUntil);
    UpstreamResponse response = call(fresh, false, request, control);
    if (response == null) {
      throw new IllegalStateException("a new connection was taken for a used one");
    }
    return response;
  }

  private static long earlier(long one, long other) {
    return one - other > 0 ? other : one;
  }

  /** Turns a place without connection into a connection. */
  private Connection connect(CallControl control, long untilNanos) throws UpstreamException {
    Transport transport = null;
    try {
      transport = connector.connect(endpoint, control, untilNanos);
    } finally {
      if (transport == null) {
        pool.forfeit(host);
      }
    }
    pool.countCreated();
    return new Connection(host, transport, sendBuffers, System.nanoTime());
  }

  /** One request on one connection; null if it is to be repeated, with the place still held. */
  private @Nullable UpstreamResponse call(
      Connection connection, boolean reused, UpstreamRequest request, CallControl control)
      throws UpstreamException {
    boolean settled = false;
    try {
      control.attach(connection.abort);
      control.clock(
          UpstreamException.Kind.HEAD_TIMEOUT,
          earlier(connection.acquiredNanos + headNanos, control.headDeadlineNanos()));
      connection.send(request, route);
      connection.readHead();
      control.clock(UpstreamException.Kind.CALL_TIMEOUT, control.callDeadlineNanos());
      if (connection.head().isUnknownCoding() && !connection.body().isEnded()) {
        throw ResponseHead.malformed(
            "its Content-Encoding "
                + connection.head().value("content-encoding")
                + " was not asked for");
      }
      PooledResponse response = new PooledResponse(this, control, connection);
      settled = true;
      return response;
    } catch (IOException e) {
      if (control.failure() == null
          && reused
          && connection.sendFailure() != null
          && !connection.hasReceived()) {
        control.detach();
        connection.abort.run();
        settled = true;
        return null;
      }
      throw headFailure(e, connection, reused, control);
    } finally {
      if (!settled) {
        discard(connection, control);
      }
    }
  }

  private UpstreamException headFailure(
      IOException e, Connection connection, boolean reused, CallControl control) {
    if (control.failure() != null || Thread.currentThread().isInterrupted()) {
      return Failures.stopped(endpoint, control, e);
    }
    if (e instanceof UpstreamException known) {
      return known;
    }
    String what = reused ? " (a connection used before): " : " (a new connection): ";
    if (connection.hasReceived()) {
      return new UpstreamException(
          UpstreamException.Kind.MALFORMED_RESPONSE,
          "the response's head from " + endpoint.authority() + what + "it broke off",
          e);
    }
    IOException unsent = connection.sendFailure();
    IOException cause = unsent == null ? e : unsent;
    boolean alert = cause instanceof SSLException && !(cause.getCause() instanceof IOException);
    return new UpstreamException(
        alert ? UpstreamException.Kind.TLS : UpstreamException.Kind.RESET_BEFORE_RESPONSE,
        endpoint.authority()
            + (unsent == null ? " took the whole request" : " did not take the whole request")
            + " and ended the connection without an answer"
            + what
            + cause.getMessage(),
        cause);
  }

  /** What a failed read of the body is reported as. */
  UpstreamException bodyFailure(IOException e, CallControl control) {
    if (control.failure() != null || Thread.currentThread().isInterrupted()) {
      return Failures.stopped(endpoint, control, e);
    }
    if (e instanceof UpstreamException known) {
      return known;
    }
    return new UpstreamException(
        UpstreamException.Kind.BODY_CUT,
        "the response's body from "
            + endpoint.authority()
            + " broke off: "
            + (e instanceof EOFException ? e.getMessage() : e.toString()),
        e);
  }

  /** Ends the use of a connection that may be whole. */
  void release(Connection connection, CallControl control) {
    control.detach();
    // A canceller marks the call before it looks for what to abort. So if the mark is missing
    // after the detaching, it will not find this connection, which may by then serve another call.
    if (control.failure() != null) {
      pool.discard(connection);
    } else if (connection.isReusable()) {
      giveBack(connection);
    } else if (connection.isPersistent()) {
      drainer.drain(connection, this);
    } else {
      pool.discard(connection);
    }
  }

  /** Pools a connection whose response has ended, or closes it. */
  void giveBack(Connection connection) {
    if (connection.isReusable()) {
      connection.toIdle();
      pool.release(connection, System.nanoTime());
    } else {
      pool.discard(connection);
    }
  }

  void discard(Connection connection, CallControl control) {
    control.detach();
    pool.discard(connection);
  }
}
