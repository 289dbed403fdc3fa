package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;

/**
 * The event model between a provider's wire and the chat wire: what happens in an answer, in order.
 *
 * <p>Strings are handed over as the inside of a JSON string, still escaped, values as JSON; the
 * ranges are valid during the call only. An error of the provider is no event: it ends the stream
 * and is reported by the reader.
 *
 * <p>Order: {@link #start} once; then any of the content events; {@link #finish} once; {@link
 * #usage} whenever counts are known. {@link #textEnd} closes a text to which citations may belong.
 */
interface AnswerEvents {
  /**
   * The answer begins.
   *
   * @param tier the service tier in the words of the chat wire; empty if unknown
   */
  void start(ByteRange id, ByteRange model, String tier);

  void text(ByteRange inside);

  /** A source of the text that is open, as the provider's own JSON object. */
  void citation(ByteRange object);

  void textEnd();

  void reasoning(ByteRange inside);

  /** A finished block of reasoning that the provider wants back unchanged, as its JSON object. */
  void reasoningBlock(ByteRange object);

  /** Why the provider declined. */
  void refusal(ByteRange inside);

  void tool(ByteRange id, ByteRange name);

  /** A part of the open tool call's arguments: JSON text inside a JSON string. */
  void toolArguments(ByteRange inside);

  /** The open tool call's arguments as a JSON value. */
  void toolInput(ByteRange value);

  /** The open tool call is whole; without any arguments they are {@code {}}. */
  void toolEnd();

  /**
   * The answer ends.
   *
   * @param nativeReason the provider's own word if {@code reason} hides something the caller must
   *     know, else empty
   */
  void finish(FinishReason reason, ByteRange nativeReason);

  /** The counts so far; the object is the reader's and may change afterwards. */
  void usage(Usage usage);
}
