package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.Operation;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.Usage;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.dialect.AnthropicAnswer;
import fairlead.providers.dialect.AnthropicStream;
import fairlead.providers.dialect.ChatRelayStream;
import fairlead.routing.FailureClass;
import fairlead.server.config.Config;
import java.io.IOException;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a provider's successful answer to the caller, plain or as a stream, in the caller's wire.
 *
 * <p>Lifecycle: 1. {@link #prime} reads until the answer is worth committing; 2. {@link #passOn}
 * commits it and relays the rest; 3. {@link #end}. Belongs to one thread at a time. What streams
 * need, and the translators of other wires, are made when first used.
 */
final class Delivery {
  /** The time of {@code created}, which other wires do not have. */
  private static final LongSupplier EPOCH_SECONDS = () -> Clock.systemUTC().millis() / 1_000;

  private final PlainRelay plain = new PlainRelay();
  private @Nullable StreamRelay stream;
  private @Nullable ChatRelayStream sameWire;
  private @Nullable AnthropicStream anthropicStream;
  private @Nullable AnthropicAnswer anthropicAnswer;
  private @Nullable AnswerStream answer;
  private @Nullable String contentType;
  private boolean streaming;

  /**
   * Reads the answer of {@code response}, whose status is 200, until it may be committed.
   *
   * @param firstContentNanos when the first content of a stream must have come
   * @param rescue null, or what continues a stream whose beginning the caller has
   * @return null when it may be committed, else how it failed; {@link #reason} says more
   */
  @Nullable FailureClass prime(
      Call call,
      TargetRuntime target,
      UpstreamResponse response,
      CallControl control,
      long startedNanos,
      long firstContentNanos,
      long queueNanos,
      @Nullable Rescue rescue) {
    Config.Provider settings = target.provider().settings();
    long idleNanos = TimeUnit.MILLISECONDS.toNanos(target.timeouts().idleMs());
    boolean same = target.provider().speaksChat();
    String declared = response.header("content-type");
    contentType = same ? declared : null;
    streaming = call.stream && !isJson(declared);
    if (!streaming) {
      plain.begin(
          response,
          control,
          same ? null : anthropicAnswer(),
          idleNanos,
          call.operation != Operation.EMBEDDINGS);
      FailureClass failure = plain.prime();
      if (failure == null && rescue != null) {
        return rescue.noStream();
      }
      return failure;
    }
    if (!response.isEventStream()) {
      // Some servers stream events without saying so; the caller must be told what they are.
      contentType = null;
    }
    AnswerStream made = same ? sameWire() : anthropicStream();
    answer = made;
    // Only what the gateway itself asked for is kept back; what a provider adds by itself passes.
    made.begin(call.usageWanted || (same && !settings.streamUsage()));
    StreamRelay relay = stream();
    relay.begin(
        response, made, control, startedNanos, firstContentNanos, idleNanos, queueNanos, rescue);
    return relay.prime();
  }

  /**
   * Commits the answer and relays what is left of it.
   *
   * @param started whether the head of the caller's stream has gone out already
   * @return null once the caller has the whole answer, else how it broke
   * @throws IOException if the caller's connection broke
   */
  @Nullable FailureClass passOn(Call call, TargetRuntime target, boolean started)
      throws IOException {
    if (!streaming) {
      return plain.passOn(call, call.answerLines(call.headers.begin(contentType), target));
    }
    if (!started) {
      call.http.beginStream(200, call.answerLines(call.headers.beginStream(contentType), target));
    }
    return stream().passOn(call);
  }

  /** Whether the answer is an event stream, after {@link #prime}. */
  boolean streaming() {
    return streaming;
  }

  /** What the answer has cost, as far as the provider has said; owned by this delivery. */
  Usage usage() {
    AnswerStream from = answer;
    return streaming ? from == null ? Call.NO_USAGE : from.usage() : plain.usage();
  }

  /** What went wrong, after a failure. */
  String reason() {
    return streaming ? stream().reason() : plain.reason();
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null
        && contentType.toLowerCase(Locale.ROOT).startsWith("application/json");
  }

  private StreamRelay stream() {
    StreamRelay made = stream;
    if (made == null) {
      made = new StreamRelay();
      stream = made;
    }
    return made;
  }

  private ChatRelayStream sameWire() {
    ChatRelayStream made = sameWire;
    if (made == null) {
      made = new ChatRelayStream();
      sameWire = made;
    }
    return made;
  }

  private AnthropicStream anthropicStream() {
    AnthropicStream made = anthropicStream;
    if (made == null) {
      made = new AnthropicStream(EPOCH_SECONDS);
      anthropicStream = made;
    }
    return made;
  }

  private AnthropicAnswer anthropicAnswer() {
    AnthropicAnswer made = anthropicAnswer;
    if (made == null) {
      made = new AnthropicAnswer(EPOCH_SECONDS);
      anthropicAnswer = made;
    }
    return made;
  }

  /**
   * Lets go of the answer, and gives memory back that only a large one needed. A translator that
   * still points into a large answer in many places is thrown away.
   */
  void end() {
    answer = null;
    contentType = null;
    if (plain.end()) {
      anthropicAnswer = null;
    }
    StreamRelay relay = stream;
    if (relay != null) {
      relay.end();
    }
    ChatRelayStream relayed = sameWire;
    if (relayed != null) {
      relayed.forget();
    }
    AnthropicStream translator = anthropicStream;
    if (translator != null && !translator.trim()) {
      anthropicStream = null;
    }
  }
}
