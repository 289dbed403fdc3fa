package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.Operation;
import fairlead.providers.Usage;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
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

  /** Headers of the caller that providers shall see, each in the form it is sent in. */
  private static final String[] FORWARDED = {
    "traceparent", "tracestate", "idempotency-key", "openai-beta", "anthropic-beta"
  };

  private static final int MAX_FORWARDED_BYTES = 1024;

  final CallControl control;
  final Runnable cancel;
  final AnswerHeaders headers = new AnswerHeaders();
  final ByteSink forwardedHeaders = new ByteSink(256);
  private final ByteRange header = new ByteRange();

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

  /** What continues a stream that breaks, if the connection has ever had a stream. */
  @Nullable Rescue rescue;

  /** Whether the caller went away. */
  private volatile boolean left;

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

  /** When the present attempt began. */
  long attemptNanos;

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
  }

  /** Starts a call that may last until {@code deadlineNanos}. */
  void begin(long deadlineNanos) {
    left = false;
    attempts = 0;
    trace = "";
    earlierAttemptsNanos = 0;
    control.begin(deadlineNanos);
    explain = http.findHeader("x-fairlead-explain", header) && header.toString().equals("1");
    forwardedHeaders.clear();
    for (String name : FORWARDED) {
      if (http.findHeader(name, header) && header.length() <= MAX_FORWARDED_BYTES) {
        forwardedHeaders.ascii(name).ascii(": ");
        forwardedHeaders.append(header.array(), header.start(), header.length());
        forwardedHeaders.ascii("\r\n");
      }
    }
    header.clear();
  }

  /** Whether the caller went away. */
  boolean left() {
    return left;
  }

  /** Takes note of what the caller is sent of a stream. */
  void sent(ByteSink events) {
    Rescue remembering = rescue;
    if (remembering != null) {
      remembering.sent(events);
    }
  }

  /** The common header lines of an answer by {@code target}, after the content type. */
  ByteSink answerLines(AnswerHeaders started, TargetRuntime target) {
    long now = System.nanoTime();
    started
        .requestId(requestId)
        .target(target, dynamicModel)
        .attempts(attempts)
        .cacheAndCost()
        .overhead(requestNanos, now - answeredNanos);
    if (explain) {
      started.line("x-fairlead-route-trace", HeaderText.safe(trace, HeaderText.MAX_TRACE_CHARS));
    }
    return started.lines();
  }

  @Override
  public void close() {
    control.close();
  }
}
