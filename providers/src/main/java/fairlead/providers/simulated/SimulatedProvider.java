package fairlead.providers.simulated;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.wire.ByteGather;
import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A provider inside the process: answers chat, completions and embeddings in OpenAI's wire without
 * a network, as its {@link SimulatedBehaviour} says.
 *
 * <p>Thread-safe. Equal requests get equal answers. Waits end as soon as the call is cancelled or
 * one of its clocks runs out, and fail with that kind. Faults of the transport become the failures
 * the HTTP client would report; compression and chunk sizes have no meaning here.
 *
 * <p>Cost: it parses the request into a tree and writes the answer anew; tens of microseconds.
 */
public final class SimulatedProvider implements Upstream {
  /** A lost wake-up costs at most this. */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final SimulatedKeys keys = new SimulatedKeys();
  private volatile SimulatedState state;

  public SimulatedProvider(SimulatedBehaviour behaviour) {
    state = new SimulatedState(behaviour, System.nanoTime());
  }

  /** Behaves differently from now on; counts of requests and times start anew. */
  public void behaviour(SimulatedBehaviour behaviour) {
    state = new SimulatedState(behaviour, System.nanoTime());
  }

  public SimulatedBehaviour behaviour() {
    return state.behaviour();
  }

  /** How many requests came since the behaviour was set. */
  public long requests() {
    return state.requests();
  }

  @Override
  public UpstreamResponse open(UpstreamRequest request, CallControl control)
      throws UpstreamException {
    SimulatedWireKind kind =
        switch (request.operation()) {
          case CHAT -> SimulatedWireKind.CHAT;
          case COMPLETIONS -> SimulatedWireKind.COMPLETIONS;
          case EMBEDDINGS -> SimulatedWireKind.EMBEDDINGS;
        };
    SimulatedRequest parsed = null;
    String problem = "";
    try {
      parsed = parse(kind, request.body());
    } catch (IllegalArgumentException e) {
      problem = String.valueOf(e.getMessage());
    }
    SimulatedKeys.Key key = keys.of(credential(request));
    key.count();
    SimulatedScript script =
        SimulatedScript.of(state, key, kind, parsed, problem, System.nanoTime());
    Thread caller = Thread.currentThread();
    control.attach(() -> LockSupport.unpark(caller));
    boolean opened = false;
    try {
      control.clock(Kind.HEAD_TIMEOUT, control.headDeadlineNanos());
      await(script.delayNanos, control);
      control.clock(Kind.CALL_TIMEOUT, control.callDeadlineNanos());
      UpstreamException failure = failureOf(script.start);
      if (failure != null) {
        throw failure;
      }
      opened = true;
      return new SimulatedResponse(script, control);
    } finally {
      if (!opened) {
        control.detach();
      }
    }
  }

  /**
   * Waits, unless the call is stopped meanwhile.
   *
   * @throws UpstreamException of the kind that stopped the call
   */
  static void await(long nanos, CallControl control) throws UpstreamException {
    long until = System.nanoTime() + nanos;
    while (true) {
      Kind stopped = control.failure();
      if (stopped != null) {
        throw new UpstreamException(
            stopped, "the call to the simulated provider was stopped: " + stopped);
      }
      long left = until - System.nanoTime();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(SimulatedProvider.class, Math.min(left, SLICE_NANOS));
    }
  }

  private static SimulatedRequest parse(SimulatedWireKind kind, ByteGather body) {
    if (body.parts() == 1) {
      return SimulatedRequest.parse(kind, body.array(0), body.start(0), body.length());
    }
    ByteSink whole = new ByteSink(body.length());
    body.appendTo(whole);
    return SimulatedRequest.parse(kind, whole.array(), 0, whole.length());
  }

  private static @Nullable UpstreamException failureOf(SimulatedScript.Start start) {
    return switch (start) {
      case ANSWER -> null;
      case REFUSE ->
          new UpstreamException(Kind.CONNECT_REFUSED, "the simulated provider refuses connections");
      case RESET ->
          new UpstreamException(
              Kind.RESET_BEFORE_RESPONSE, "the simulated provider reset the connection");
      case CLOSE ->
          new UpstreamException(
              Kind.RESET_BEFORE_RESPONSE,
              "the simulated provider closed the connection without an answer");
      case GARBAGE ->
          new UpstreamException(
              Kind.MALFORMED_RESPONSE, "the simulated provider answered bytes that are not HTTP");
    };
  }

  /** The credential among the headers, or the empty text. */
  private static String credential(UpstreamRequest request) {
    String headers =
        request.extraHeaders() + new String(request.head(), StandardCharsets.ISO_8859_1);
    for (String line : headers.split("\r\n")) {
      int colon = line.indexOf(':');
      String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      if (name.equals("authorization") || name.equals("x-api-key") || name.equals("api-key")) {
        return line.substring(colon + 1).strip();
      }
    }
    return "";
  }
}
