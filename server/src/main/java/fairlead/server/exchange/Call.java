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

  final CallControl control;
  final Runnable cancel;
  final AnswerHeaders headers = new AnswerHeaders();

  /** What is sent as the model where the target has none of its own. */
  final ByteRange dynamicModel = new ByteRange();

  @SuppressWarnings("NullAway.Init") // set before each call
  HttpExchange http;

  CallerKeys.Caller caller = CallerKeys.Caller.ANYONE;

  /** What the answer that was delivered has cost; belongs to whoever read the answer. */
  Usage served = NO_USAGE;

  Operation operation = Operation.CHAT;
  ByteSink requestId = new ByteSink(0);

  /** The provider's content type where its bytes are relayed, or null for the wire's usual one. */
  @Nullable String relayedContentType;

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
    cancel = control::cancel;
  }

  /** The common header lines of an answer by {@code target}, after the content type. */
  ByteSink answerLines(AnswerHeaders started, TargetRuntime target) {
    long now = System.nanoTime();
    return started
        .requestId(requestId)
        .target(target, dynamicModel)
        .attempts(attempts)
        .cacheAndCost()
        .overhead(requestNanos, now - answeredNanos)
        .lines();
  }

  @Override
  public void close() {
    control.close();
  }
}
