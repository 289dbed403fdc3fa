package fairlead.server.exchange;

import fairlead.providers.UpstreamResponse;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.dialect.AnthropicAnswer;
import fairlead.providers.dialect.AnthropicStream;
import fairlead.providers.dialect.ChatRelayStream;
import fairlead.routing.FailureClass;
import java.io.IOException;
import java.time.Clock;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a provider's successful answer to the caller, plain or as a stream, in the caller's wire.
 *
 * <p>Not thread-safe: one per connection. The translators of other wires are made when first used.
 */
final class Delivery {
  /** The time of {@code created}, which other wires do not have. */
  private static final LongSupplier EPOCH_SECONDS = () -> Clock.systemUTC().millis() / 1_000;

  private final PlainRelay plain = new PlainRelay();
  private final StreamRelay stream = new StreamRelay();
  private final ChatRelayStream sameWire = new ChatRelayStream();
  private @Nullable AnthropicStream anthropicStream;
  private @Nullable AnthropicAnswer anthropicAnswer;
  private boolean committed;

  /**
   * Delivers the answer of {@code response}, whose status is 200.
   *
   * @return null once the caller has the whole answer, else how it failed; the book has the story
   * @throws IOException if the caller's connection broke
   */
  @Nullable FailureClass deliver(
      Call call,
      TargetRuntime target,
      UpstreamResponse response,
      long firstAnswerDeadline,
      FailureBook book)
      throws IOException {
    committed = false;
    boolean same = target.provider().speaksChat();
    String contentType = response.header("content-type");
    call.relayedContentType = same ? contentType : null;
    if (call.stream && !isJson(contentType)) {
      if (!response.isEventStream()) {
        // Some servers stream events without saying so; the caller must be told what they are.
        call.relayedContentType = null;
      }
      AnswerStream answer = same ? sameWire : anthropicStream();
      StreamRelay.Ending ending =
          stream.relay(call, target, response, answer, firstAnswerDeadline, book);
      committed = ending != StreamRelay.Ending.FAILED_BEFORE_COMMIT;
      return ending == StreamRelay.Ending.COMPLETE ? null : stream.failureClass();
    }
    String failure = plain.relay(call, target, response, same ? null : anthropicAnswer());
    committed = plain.committed();
    if (failure == null) {
      return null;
    }
    book.unusable(target, plain.failureClass(), failure);
    return plain.failureClass();
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null
        && contentType.toLowerCase(Locale.ROOT).startsWith("application/json");
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

  /** Whether the caller may have received anything. */
  boolean committed() {
    return committed;
  }

  /**
   * Gives memory back that only a large answer needed. A translator that still points into a large
   * answer in many places is thrown away.
   */
  void trim() {
    if (plain.trim()) {
      anthropicAnswer = null;
    }
    stream.trim();
    sameWire.forget();
    AnthropicStream translator = anthropicStream;
    if (translator != null && !translator.trim()) {
      anthropicStream = null;
    }
  }
}
