package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All that a simulated provider will do for one request: the head and the body's steps.
 *
 * <p>Belongs to one thread. How it is delivered, to a socket or inside the process, is left to
 * others.
 */
final class SimulatedScript {
  /** How the answer begins. */
  enum Start {
    /** With a head, after the delay. */
    ANSWER,
    /** The connection is refused. */
    REFUSE,
    /** The connection is reset. */
    RESET,
    /** Silence for the delay, then the connection closes. */
    CLOSE,
    /** Bytes that are not HTTP. */
    GARBAGE
  }

  /** A response header. */
  record Header(String name, String value) {}

  /** The preferred form of RFC 9110 section 5.6.7, with two digits for the day. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

  private static final String HTML =
      """
      <html>
      <head><title>502 Bad Gateway</title></head>
      <body>
      <center><h1>502 Bad Gateway</h1></center>
      <hr><center>simulated proxy</center>
      </body>
      </html>
      """;

  final Start start;
  final long delayNanos;
  final int status;
  final List<Header> headers;
  final SimulatedBody body;

  /** How this request is treated. */
  final SimulatedBehaviour behaviour;

  private SimulatedScript(
      SimulatedBehaviour behaviour,
      Start start,
      long delayNanos,
      int status,
      List<Header> headers,
      SimulatedBody body) {
    this.behaviour = behaviour;
    this.start = start;
    this.delayNanos = delayNanos;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /**
   * Decides what to do.
   *
   * @param request null when it could not be understood
   * @param problem why not
   */
  static SimulatedScript of(
      SimulatedState state,
      SimulatedKeys.Key key,
      SimulatedWireKind kind,
      @Nullable SimulatedRequest request,
      String problem,
      long nowNanos) {
    long number = state.next();
    SimulatedBehaviour behaviour = state.towards(number, nowNanos);
    double slower = behaviour.number(Knob.LATENCY_MULTIPLIER, 1);
    double latencyMs =
        behaviour.countOr(Knob.LATENCY_MS, 0)
            + behaviour.countOr(Knob.JITTER_MS, 0) * state.random(number, 2);
    long latency = (long) (latencyMs * slower * 1e6);
    if (behaviour.on(Knob.REFUSE)) {
      return new Builder(behaviour, kind, 0).start(Start.REFUSE);
    }
    if (behaviour.on(Knob.RESET)) {
      return new Builder(behaviour, kind, latency).start(Start.RESET);
    }
    if (behaviour.on(Knob.GARBAGE)) {
      return new Builder(behaviour, kind, latency).start(Start.GARBAGE);
    }
    if (behaviour.on(Knob.SILENT)) {
      latency += SimulatedBody.silenceNanos(behaviour);
      int after = SimulatedBody.afterSilence(behaviour);
      if (after != SimulatedBody.PIECE) {
        return new Builder(behaviour, kind, latency)
            .start(after == SimulatedBody.RESET ? Start.RESET : Start.CLOSE);
      }
    }
    Builder builder = new Builder(behaviour, kind, latency);
    if (behaviour.listsKey(Knob.REVOKED_KEYS, key.ordinal())) {
      return builder.error(SimulatedError.byStatus(401));
    }
    if (behaviour.listsKey(Knob.LIMITED_KEYS, key.ordinal())) {
      return builder.retryAfter(nowEpochSeconds()).error(SimulatedError.byStatus(429));
    }
    if (behaviour.has(Knob.KEY_LIMIT)) {
      long wait =
          key.take(
              behaviour.countOr(Knob.KEY_LIMIT, 1),
              behaviour.countOr(Knob.KEY_LIMIT_WINDOW_MS, 60_000),
              nowNanos);
      if (wait > 0) {
        builder.header("retry-after", Double.toString(Math.ceil(wait / 1e6) / 1e3));
        return builder.error(SimulatedError.byStatus(429));
      }
    }
    if (behaviour.has(Knob.STATUS) || behaviour.has(Knob.ERROR) || behaviour.has(Knob.ERROR_BODY)) {
      long promptTokens = request == null ? 0 : request.promptTokens;
      return builder
          .retryAfter(nowEpochSeconds())
          .error(SimulatedError.of(behaviour, promptTokens));
    }
    if (request == null) {
      return builder.error(SimulatedError.badRequest(problem));
    }
    if (behaviour.on(Knob.REFUSE_PREFILL) && request.lastRole.equals("assistant")) {
      return builder.error(
          SimulatedError.badRequest("simulated: this model does not support assistant prefill"));
    }
    if (request.promptTokens > behaviour.countOr(Knob.CONTEXT_WINDOW, Long.MAX_VALUE)) {
      return builder.error(
          SimulatedError.of(
              SimulatedBehaviour.parse("error=context_length_exceeded"), request.promptTokens));
    }
    return builder.answer(request, slower);
  }

  private static long nowEpochSeconds() {
    return Instant.now().getEpochSecond();
  }

  /** Collects the parts of a script. */
  private static final class Builder {
    private final SimulatedBehaviour behaviour;
    private final SimulatedWireKind kind;
    private final List<Header> headers = new ArrayList<>();
    private long delayNanos;

    Builder(SimulatedBehaviour behaviour, SimulatedWireKind kind, long delayNanos) {
      this.behaviour = behaviour;
      this.kind = kind;
      this.delayNanos = delayNanos;
    }

    void header(String name, String value) {
      headers.add(new Header(name, value));
    }

    SimulatedScript start(Start start) {
      return new SimulatedScript(
          behaviour, start, delayNanos, 0, headers, new WholeBody(behaviour, new byte[0], 1));
    }

    SimulatedScript answer(SimulatedRequest request, double slower) {
      SimulatedAnswer answer = SimulatedAnswer.to(request, behaviour);
      double perSecond = behaviour.number(Knob.TOKENS_PER_SECOND, 0);
      long gap = perSecond > 0 ? (long) (TimeUnit.SECONDS.toNanos(1) / perSecond * slower) : 0;
      header("x-request-id", "req_sim" + answer.id());
      if (request.stream && kind != SimulatedWireKind.EMBEDDINGS) {
        contentType("text/event-stream; charset=utf-8");
        header("cache-control", "no-cache");
        return script(200, new EventBody(behaviour, wire(answer), answer, gap));
      }
      contentType("application/json");
      ByteSink out = new ByteSink(2_048);
      switch (kind) {
        case EMBEDDINGS -> SimulatedEmbedding.response(out, request, behaviour);
        case COUNT_TOKENS ->
            out.ascii("{\"input_tokens\":").decimal(request.promptTokens).append('}');
        default -> {
          wire(answer).plain(out);
          delayNanos += gap * answer.tokens().size();
        }
      }
      int tokens = Math.max(1, answer.tokens().size());
      return script(200, new WholeBody(behaviour, out.toByteArray(), tokens));
    }

    SimulatedScript error(SimulatedError error) {
      String given = behaviour.text(Knob.ERROR_BODY);
      byte[] bytes;
      int status = error.status();
      if (given == null) {
        contentType("application/json");
        ByteSink out = new ByteSink();
        error.body(out, isAnthropic());
        bytes = out.toByteArray();
      } else {
        boolean html = given.equals("html");
        contentType(html ? "text/html" : "application/json");
        bytes = (html ? HTML : given).getBytes(StandardCharsets.UTF_8);
        if (html && !behaviour.has(Knob.STATUS)) {
          status = 502;
        }
      }
      return script(status, new WholeBody(behaviour, bytes, 1));
    }

    Builder retryAfter(long epochSeconds) {
      String value = behaviour.text(Knob.RETRY_AFTER);
      if (value != null) {
        if (value.startsWith("date:")) {
          Instant at = Instant.ofEpochSecond(epochSeconds + Long.parseLong(value.substring(5)));
          value = HTTP_DATE.format(at.atOffset(ZoneOffset.UTC));
        }
        header("retry-after", value);
      }
      String millis = behaviour.text(Knob.RETRY_AFTER_MS);
      if (millis != null) {
        header("retry-after-ms", millis);
      }
      return this;
    }

    private void contentType(String usual) {
      String set = behaviour.textOr(Knob.CONTENT_TYPE, usual);
      if (!set.equals("none")) {
        header("content-type", set);
      }
    }

    /** Requests and tokens of a minute that is half over. */
    private void rateLimits() {
      String form = behaviour.text(Knob.RATE_LIMIT_HEADERS);
      if (form == null) {
        return;
      }
      long percent = behaviour.countOr(Knob.RATE_LIMIT_REMAINING, 100);
      boolean anthropic = form.equals("anthropic");
      String reset = anthropic ? Instant.ofEpochSecond(nowEpochSeconds() + 30).toString() : "30s";
      limit(anthropic, "requests", 1_000, percent, reset);
      limit(anthropic, "tokens", 200_000, percent, reset);
    }

    private void limit(boolean anthropic, String what, long limit, long percent, String reset) {
      String before = anthropic ? "anthropic-ratelimit-" + what + "-" : "x-ratelimit-";
      String after = anthropic ? "" : "-" + what;
      header(before + "limit" + after, Long.toString(limit));
      header(before + "remaining" + after, Long.toString(limit * percent / 100));
      header(before + "reset" + after, reset);
    }

    private SimulatedScript script(int status, SimulatedBody body) {
      rateLimits();
      return new SimulatedScript(behaviour, Start.ANSWER, delayNanos, status, headers, body);
    }

    private SimulatedWire wire(SimulatedAnswer answer) {
      return isAnthropic()
          ? new MessagesWire(answer, behaviour)
          : new OpenAiWire(answer, behaviour);
    }

    private boolean isAnthropic() {
      return kind == SimulatedWireKind.MESSAGES || kind == SimulatedWireKind.COUNT_TOKENS;
    }
  }
}
