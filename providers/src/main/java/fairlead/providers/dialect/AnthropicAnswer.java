package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.util.function.LongSupplier;

/**
 * Turns a whole Messages answer into a chat completion.
 *
 * <p>Not thread-safe, reusable: one per connection. Two passes over the body, one to check and one
 * to copy; no tree.
 */
public final class AnthropicAnswer {
  private static final int MAX_ERROR_BYTES = 2048;

  private final JsonCursor json = new JsonCursor();
  private final AnthropicUsage counts = new AnthropicUsage();
  private final AnthropicStop stop = new AnthropicStop();
  private final AnthropicBlock block = new AnthropicBlock();
  private final ChatAnswerWriter writer;
  private final ByteRange type = new ByteRange();
  private final ByteRange id = new ByteRange();
  private final ByteRange model = new ByteRange();
  private final ByteRange content = new ByteRange();
  private final ByteRange usage = new ByteRange();
  private final ByteRange error = new ByteRange();
  private final ByteRange element = new ByteRange();
  private String errorMessage = "";
  private String errorType = "";

  /**
   * @param epochSeconds gives the time of {@code created}, which the Messages wire does not have
   */
  public AnthropicAnswer(LongSupplier epochSeconds) {
    writer = new ChatAnswerWriter(epochSeconds);
  }

  /**
   * Appends the chat completion for {@code body[start, end)}.
   *
   * @return signals of {@link AnswerStream}, or-ed; with {@link AnswerStream#ERROR} and {@link
   *     AnswerStream#MALFORMED} nothing was appended
   */
  public int translate(byte[] body, int start, int end, ByteSink out) {
    counts.clear();
    stop.clear();
    errorMessage = "";
    errorType = "";
    try {
      if (!read(body, start, end)) {
        return AnswerStream.MALFORMED;
      }
    } catch (JsonSyntaxException e) {
      return AnswerStream.MALFORMED;
    }
    if (!error.isEmpty() || JsonCursor.equal(type, "error")) {
      AnthropicErrorBody details = new AnthropicErrorBody();
      details.read(error);
      errorMessage = JsonText.excerpt(details.message(), MAX_ERROR_BYTES);
      errorType = JsonText.excerpt(details.type(), MAX_ERROR_BYTES);
      return AnswerStream.ERROR;
    }
    json.over(content);
    if (!json.peekArray() || !stop.known()) {
      return AnswerStream.MALFORMED;
    }
    writer.begin();
    int signals = AnswerStream.FINISH | AnswerStream.DONE;
    if (counts.take(usage)) {
      writer.usage(counts.usage());
      signals |= AnswerStream.USAGE;
    }
    writer.start(id, model, counts.tier());
    json.enterArray();
    while (json.nextElement()) {
      json.skip();
      signals |= emit(element.set(body, json.start(), json.stop()));
    }
    if (stop.emit(writer)) {
      signals |= AnswerStream.CONTENT;
    }
    writer.end(out);
    return signals;
  }

  private boolean read(byte[] body, int start, int end) {
    type.clear();
    id.clear();
    model.clear();
    content.clear();
    usage.clear();
    error.clear();
    json.over(body, start, end);
    if (!json.peekObject()) {
      return false;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("id")) {
        json.stringOrSkip(id);
      } else if (json.keyIs("model")) {
        json.stringOrSkip(model);
      } else if (json.keyIs("content")) {
        json.valueOrNull(content);
      } else if (json.keyIs("usage")) {
        json.valueOrNull(usage);
      } else if (json.keyIs("error")) {
        json.valueOrNull(error);
      } else if (!stop.field(json)) {
        json.skip();
      }
    }
    json.finish();
    return true;
  }

  private int emit(ByteRange object) {
    if (!block.read(object)) {
      return 0;
    }
    if (block.is("text")) {
      block.emitCitations(writer);
      writer.text(block.text);
      writer.textEnd();
      return block.text.isEmpty() ? 0 : AnswerStream.CONTENT;
    }
    if (block.is("thinking")) {
      writer.reasoning(block.thinking);
      if (!block.signature.isEmpty()) {
        writer.reasoningBlock(block.whole);
      }
      return block.thinking.isEmpty() ? 0 : AnswerStream.CONTENT;
    }
    if (block.is("redacted_thinking")) {
      writer.reasoningBlock(block.whole);
      return 0;
    }
    if (block.is("tool_use")) {
      writer.tool(block.id, block.name);
      if (block.hasInput()) {
        writer.toolInput(block.input);
      }
      writer.toolEnd();
      return AnswerStream.CONTENT;
    }
    return 0; // server-side tools and block types of tomorrow have no place in the chat wire
  }

  /** The counts of the last answer; owned by this object. */
  public Usage usage() {
    return counts.usage();
  }

  /** The provider's own message, bounded, after {@link AnswerStream#ERROR}. */
  public String errorMessage() {
    return errorMessage;
  }

  /** The provider's own type, after {@link AnswerStream#ERROR}; empty when it gave none. */
  public String errorType() {
    return errorType;
  }
}
