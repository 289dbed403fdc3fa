package fairlead.server.exchange;

import fairlead.cache.store.Flight;
import fairlead.providers.CallControl;
import fairlead.providers.Operation;
import fairlead.providers.Usage;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SentText;
import fairlead.server.caching.AnswerCapture;
import fairlead.server.governance.CallerKeys;
import fairlead.server.http.HttpExchange;
import org.jspecify.annotations.Nullable;

/**
 * The state of the call a connection is serving now, shared by the steps that serve it.
 *
 * <p>Not thread-safe: one per connection, reused from call to call. A plain holder: the rules are
 * in the steps.
 */
final class Call implements AutoCloseable {
  static final Usage NO_USAGE = new Usage();
  static final byte[] NOBODY = {};

  /** Headers of the caller that providers shall see, each in the form it is sent in. */
  private static final String[] FORWARDED = {
    "traceparent", "tracestate", "idempotency-key", "openai-beta", "anthropic-beta"
  };

  /** The first of them that changes what is answered; those after it do too. */
  private static final int FIRST_BETA = 3;

  private static final int MAX_FORWARDED_BYTES = 1024;

  final CallControl control;
  final Runnable cancel;
  final AnswerHeaders headers = new AnswerHeaders();
  final ByteSink forwardedHeaders = new ByteSink(256);

  /** For headers that are read in place. */
  final ByteRange header = new ByteRange();

  /** What is sent as the model where the target has none of its own. */
  final ByteRange dynamicModel = new ByteRange();

  @SuppressWarnings("NullAway.Init") // set before each call
  HttpExchange http;

  CallerKeys.Caller caller = CallerKeys.Caller.ANYONE;

  /** What the answer that was delivered has cost; belongs to whoever read the answer. */
  Usage served = NO_USAGE;

  Operation operation = Operation.CHAT;
  ByteSink requestId = new ByteSink(0);

  /** The second copy, if the connection has ever had one. */
  volatile @Nullable Hedge hedge;

  /** What continues a stream that breaks. */
  @Nullable Rescue rescue;

  /** The text of a stream that the caller has, if it is needed. */
  final SentText text = new SentText();

  /** Whether the caller went away. */
  private volatile boolean left;

  /** Who gave the answer that was delivered, or a part of it. */
  @Nullable TargetRuntime servedBy;

  /** Whether the answer that was delivered is a stream of events. */
  boolean streamed;

  /** What the caller is sent, if it may be remembered. */
  final AnswerCapture capture = new AnswerCapture();

  /** Those of the forwarded headers that change what is answered. */
  final ByteRange betas = new ByteRange();

  /** What the cache had to do with it, as the caller is told. */
  final ByteSink cacheState = new ByteSink(24);

  /** Where this call waits for the answer to an equal one. */
  volatile @Nullable Flight flight;

  /** Whether the answer has a key under which it is, or will be, found again. */
  boolean cacheKeyed;

  long cacheKeyHigh;
  long cacheKeyLow;

  /** Why the cache has no part in it, where the caller wants to know. */
  String cacheReason = "";

  /** Whether the caller wants to know how the answer was found. */
  boolean explain;

  /** How it was found, where the caller wants to know. */
  String trace = "";

  boolean stream;
  boolean usageWanted;

  /** When the whole request was here. */
  long receivedNanos;

  /** Gateway time before the present attempt, without earlier attempts. */
  long requestNanos;

  /** Time spent in attempts before the present one. */
  long earlierAttemptsNanos;

  /** When the provider's answer (plain: its last byte; stream: its first content) was here. */
  long answeredNanos;

  int attempts;

  Call(DeadlineSweeper sweeper) {
    control = new CallControl(sweeper);
    cancel = this::cancelled;
  }

  /** The caller went away; from any thread. */
  private void cancelled() {
    left = true;
    control.cancel();
    Hedge second = hedge;
    if (second != null) {
      second.cancel();
    }
    Flight waiting = flight;
    if (waiting != null) {
      waiting.cancel();
    }
  }

  /** Starts a call that may last until {@code deadlineNanos}. */
  void begin(long deadlineNanos) {
    left = false;
    attempts = 0;
    trace = "";
    servedBy = null;
    streamed = false;
    earlierAttemptsNanos = 0;
    control.begin(deadlineNanos);
    explain = http.findHeader("x-fairlead-explain", header) && header.toString().equals("1");
    forwardedHeaders.clear();
    int betasFrom = 0;
    for (int i = 0; i < FORWARDED.length; i++) {
      String name = FORWARDED[i];
      if (i == FIRST_BETA) {
        betasFrom = forwardedHeaders.length();
      }
      if (http.findHeader(name, header) && header.length() <= MAX_FORWARDED_BYTES) {
        forwardedHeaders.ascii(name).ascii(": ");
        forwardedHeaders.append(header.array(), header.start(), header.length());
        forwardedHeaders.ascii("\r\n");
      }
    }
    betas.set(forwardedHeaders.array(), betasFrom, forwardedHeaders.length());
    header.clear();
  }

  /** Whether the caller went away. */
  boolean left() {
    return left;
  }

  /** Forgets what the cache had to do with the call before. */
  void cacheOff() {
    cacheState.clear();
    cacheState.ascii("off");
    cacheKeyed = false;
    cacheReason = "";
  }

  /** Takes note of what the caller is sent of a stream. */
  void sent(ByteSink events) {
    Rescue remembering = rescue;
    if (remembering != null) {
      remembering.sent(events);
    }
    capture.sent(events, text); // after the text has been taken
  }

  /** The common header lines of an answer by {@code target}, after the content type. */
  ByteSink answerLines(AnswerHeaders started, TargetRuntime target) {
    long now = System.nanoTime();
    started
        .requestId(requestId)
        .target(target, dynamicModel)
        .attempts(attempts)
        .cacheAndCost(cacheState, false);
    cacheLines(started);
    started.overhead(requestNanos, now - answeredNanos);
    if (explain) {
      started.line("x-fairlead-route-trace", HeaderText.safe(trace, HeaderText.MAX_TRACE_CHARS));
    }
    return started.lines();
  }

  /** Under which key the answer is found again, or why not. */
  void cacheLines(AnswerHeaders started) {
    if (cacheKeyed) {
      started.cacheKey(cacheKeyHigh, cacheKeyLow);
    }
    if (explain && !cacheReason.isEmpty()) {
      started.line("x-fairlead-cache-reason", cacheReason);
    }
  }

  @Override
  public void close() {
    control.close();
  }
}
