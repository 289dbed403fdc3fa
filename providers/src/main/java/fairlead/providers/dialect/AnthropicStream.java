package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.providers.wire.SseEvent;
import java.util.function.LongSupplier;

/**
 * Turns a Messages stream into the chunks of a chat completion.
 *
 * <p>Not thread-safe, reusable after {@link #begin}: one per connection. An event is checked once
 * and its text copied once, still escaped; nothing is allocated per event. What waits in memory is
 * the thinking block that is open, because it goes back to the provider whole: at most {@value
 * #MAX_BLOCK_BYTES} bytes, a longer one is passed on as text but not offered for sending back.
 */
public final class AnthropicStream implements AnswerStream {
  private static final int MAX_BLOCK_BYTES = 4 << 20;
  private static final int MAX_IDLE_BYTES = 16 * 1024;
  private static final int MAX_KEPT_BYTES = 32 * 1024;
  private static final int MAX_ERROR_BYTES = 2048;
  private static final int ANY_INDEX = -1;

  private enum Open {
    NOTHING,
    TEXT,
    THINKING,
    TOOL,
    OTHER
  }

  private final JsonCursor json = new JsonCursor();
  private final AnthropicUsage counts = new AnthropicUsage();
  private final AnthropicStop stop = new AnthropicStop();
  private final AnthropicBlock block = new AnthropicBlock();
  private final AnthropicErrorBody errorBody = new AnthropicErrorBody();
  private final ChatStreamWriter writer;

  // the members of the event at hand
  private final ByteRange type = new ByteRange();
  private final ByteRange message = new ByteRange();
  private final ByteRange contentBlock = new ByteRange();
  private final ByteRange delta = new ByteRange();
  private final ByteRange usage = new ByteRange();
  private final ErrorBodyScan errorScan = new ErrorBodyScan();
  private final ByteRange error = new ByteRange();
  private final ByteRange id = new ByteRange();
  private final ByteRange model = new ByteRange();
  private final ByteRange part = new ByteRange();
  private long index;

  /** The largest array that an event came in or that was filled for one. */
  private int largest;

  /** What citations brought since this was made; the writer holds some of it. */
  private long citationBytes;

  // the stream so far
  private final ByteSink messageId = new ByteSink(64);
  private final ByteSink thinking = new ByteSink(0);
  private final ByteSink signature = new ByteSink(0);
  private final ByteSink toolInput = new ByteSink(0);
  private Open open = Open.NOTHING;
  private long openIndex;
  private boolean argumentsSeen;
  private boolean started;
  private boolean contentSeen;
  private boolean finished;
  private boolean done;
  private String errorMessage = "";
  private String errorType = "";

  /**
   * @param epochSeconds gives the time of {@code created}, which the Messages wire does not have
   */
  public AnthropicStream(LongSupplier epochSeconds) {
    writer = new ChatStreamWriter(epochSeconds);
  }

  @Override
  public void begin(boolean usageWanted) {
    writer.begin(usageWanted);
    counts.clear();
    messageId.clear();
    clearBlock();
    thinking.trim(MAX_IDLE_BYTES);
    toolInput.trim(MAX_IDLE_BYTES);
    started = false;
    contentSeen = false;
    finished = false;
    done = false;
    errorMessage = "";
    errorType = "";
    errorScan.clear();
  }

  /**
   * Gives memory back after a stream that only it needed.
   *
   * @return false if much of the stream is held in many places; then this must be thrown away
   */
  public boolean trim() {
    writer.begin(false);
    errorScan.forget();
    largest = Math.max(largest, Math.max(thinking.array().length, toolInput.array().length));
    largest = Math.max(largest, Math.max(signature.array().length, messageId.array().length));
    return largest <= MAX_KEPT_BYTES && citationBytes <= MAX_KEPT_BYTES;
  }

  @Override
  public int accept(SseEvent event, ByteSink out) {
    ByteRange data = event.data();
    largest = Math.max(largest, data.array().length);
    if (data.isEmpty() || done) {
      return 0;
    }
    if (JsonCursor.equal(data, "[DONE]")) { // some proxies add the chat wire's end mark
      done = finished;
      return finished ? DONE : MALFORMED;
    }
    int mark = out.length();
    try {
      if (!read(data)) {
        return MALFORMED;
      }
      if (type.isEmpty()) {
        type.set(event.name().array(), event.name().start(), event.name().end());
      }
      writer.to(out);
      int signals = dispatch();
      contentSeen |= (signals & CONTENT) != 0;
      return signals;
    } catch (JsonSyntaxException e) {
      out.truncate(mark);
      return MALFORMED;
    }
  }

  /** Checks the whole event and notes where its members lie. */
  private boolean read(ByteRange data) {
    type.clear();
    message.clear();
    contentBlock.clear();
    delta.clear();
    usage.clear();
    error.clear();
    index = ANY_INDEX;
    json.over(data);
    if (!json.peekObject()) {
      return false;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("index")) {
        index = json.longOr(ANY_INDEX);
      } else if (json.keyIs("delta")) {
        json.valueOrNull(delta);
      } else if (json.keyIs("content_block")) {
        json.valueOrNull(contentBlock);
      } else if (json.keyIs("message")) {
        json.valueOrNull(message);
      } else if (json.keyIs("usage")) {
        json.valueOrNull(usage);
      } else if (json.keyIs("error")) {
        json.valueOrNull(error);
      } else {
        json.skip();
      }
    }
    json.finish();
    return true;
  }

  private int dispatch() {
    if (JsonCursor.equal(type, "content_block_delta")) {
      return started ? blockDelta() : MALFORMED;
    }
    if (JsonCursor.equal(type, "ping")) {
      return ALIVE;
    }
    if (JsonCursor.equal(type, "content_block_start")) {
      return started ? blockStart() : MALFORMED;
    }
    if (JsonCursor.equal(type, "content_block_stop")) {
      return closeBlock();
    }
    if (JsonCursor.equal(type, "message_start")) {
      return messageStart();
    }
    if (JsonCursor.equal(type, "message_delta")) {
      return started ? messageDelta() : MALFORMED;
    }
    if (JsonCursor.equal(type, "message_stop")) {
      done = true;
      return closeBlock() | DONE;
    }
    if (JsonCursor.equal(type, "error")) {
      errorBody.read(error);
      errorScan.scanValue(error.array(), error.start(), error.end());
      errorMessage = JsonText.excerpt(errorBody.message(), MAX_ERROR_BYTES);
      errorType = JsonText.excerpt(errorBody.type(), MAX_ERROR_BYTES);
      if (errorMessage.isEmpty()) {
        errorMessage = "the provider ended the stream with an error event without a message";
      }
      return ERROR;
    }
    return type.isEmpty() ? MALFORMED : 0; // the versioning policy allows new events at any time
  }

  private int messageStart() {
    id.clear();
    model.clear();
    usage.clear();
    json.over(message);
    if (!json.peekObject()) {
      return MALFORMED;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("id")) {
        json.stringOrSkip(id);
      } else if (json.keyIs("model")) {
        json.stringOrSkip(model);
      } else if (json.keyIs("usage")) {
        json.valueOrNull(usage);
      } else {
        json.skip();
      }
    }
    if (started) {
      return secondStart();
    }
    started = true;
    JsonText.append(messageId, id);
    boolean counted = counts.take(usage);
    writer.start(id, model, counts.tier());
    writer.usage(counts.usage());
    return counted ? USAGE : 0;
  }

  /**
   * Proxies repeat the event, or retry upstream inside one stream. A repetition is nothing. Another
   * message is a fresh start as long as nothing of the first was passed on; afterwards the two
   * would be sold as one answer, so the stream is broken.
   */
  private int secondStart() {
    byte[] known = messageId.array();
    boolean same = id.length() == messageId.length();
    for (int i = 0; same && i < messageId.length(); i++) {
      same = known[i] == id.array()[id.start() + i];
    }
    if (same) {
      return 0;
    }
    if (contentSeen || finished) {
      errorMessage =
          "the provider began message "
              + JsonText.excerpt(id, 100)
              + " inside message "
              + messageId
              + ", the answer is cut";
      errorType = "";
      errorScan.clear();
      return ERROR;
    }
    messageId.clear();
    JsonText.append(messageId, id);
    clearBlock();
    counts.clear();
    return counts.take(usage) ? USAGE : 0;
  }

  private int blockStart() {
    int signals = closeBlock();
    openIndex = index;
    open = Open.OTHER;
    if (!block.read(contentBlock)) {
      return signals;
    }
    if (block.is("text")) {
      open = Open.TEXT;
      block.emitCitations(writer);
      return signals | text(block.text);
    }
    if (block.is("thinking")) {
      open = Open.THINKING;
      JsonText.append(signature, block.signature);
      return signals | think(block.thinking);
    }
    if (block.is("redacted_thinking")) {
      writer.reasoningBlock(block.whole);
      return signals;
    }
    if (block.is("tool_use")) {
      open = Open.TOOL;
      if (block.hasInput()) {
        JsonText.compact(block.input, toolInput);
      }
      writer.tool(block.id, block.name);
      return signals | CONTENT;
    }
    return signals;
  }

  private int blockDelta() {
    if (open != Open.NOTHING && index != openIndex && index != ANY_INDEX) {
      return MALFORMED; // blocks come one after the other: text of another one cannot be placed
    }
    part.clear();
    type.clear();
    json.over(delta);
    if (!json.peekObject()) {
      return MALFORMED;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("text")
          || json.keyIs("partial_json")
          || json.keyIs("thinking")
          || json.keyIs("signature")) {
        json.stringOrSkip(part);
      } else if (json.keyIs("citation")) {
        json.valueOrNull(part);
      } else {
        json.skip();
      }
    }
    if (JsonCursor.equal(type, "text_delta")) {
      return open == Open.TEXT || open == Open.NOTHING ? text(part) : 0;
    }
    if (JsonCursor.equal(type, "input_json_delta")) {
      return open == Open.TOOL ? arguments(part) : 0;
    }
    if (JsonCursor.equal(type, "thinking_delta")) {
      return open == Open.THINKING ? think(part) : 0;
    }
    if (JsonCursor.equal(type, "signature_delta")) {
      keep(signature, part);
    } else if (JsonCursor.equal(type, "citations_delta") && open == Open.TEXT) {
      citationBytes += part.length();
      writer.citation(part);
    }
    return 0;
  }

  private int text(ByteRange inside) {
    if (inside.isEmpty()) {
      return 0;
    }
    writer.text(inside);
    return CONTENT;
  }

  private int think(ByteRange inside) {
    if (inside.isEmpty()) {
      return 0;
    }
    keep(thinking, inside);
    writer.reasoning(inside);
    return CONTENT;
  }

  private int arguments(ByteRange inside) {
    if (inside.isEmpty()) {
      return 0;
    }
    argumentsSeen = true;
    writer.toolArguments(inside);
    return CONTENT;
  }

  private static void keep(ByteSink kept, ByteRange inside) {
    if (kept.length() <= MAX_BLOCK_BYTES) {
      JsonText.append(kept, inside);
    }
  }

  private int closeBlock() {
    Open closing = open;
    int signals = 0;
    if (closing == Open.TEXT) {
      writer.textEnd();
    } else if (closing == Open.THINKING) {
      offerThinkingBlock();
    } else if (closing == Open.TOOL) {
      if (!argumentsSeen && !toolInput.isEmpty()) {
        writer.toolInput(part.set(toolInput.array(), 0, toolInput.length()));
      }
      writer.toolEnd();
      signals = argumentsSeen ? 0 : CONTENT;
    }
    clearBlock();
    return signals;
  }

  /** A block without a signature would be refused when it came back, so it is not offered. */
  private void offerThinkingBlock() {
    int length = thinking.length();
    if (signature.isEmpty() || length > MAX_BLOCK_BYTES || signature.length() > MAX_BLOCK_BYTES) {
      return;
    }
    toolInput.clear();
    toolInput.ascii("{\"type\":\"thinking\",\"thinking\":\"").append(thinking.array(), 0, length);
    toolInput.ascii("\",\"signature\":\"").append(signature.array(), 0, signature.length());
    toolInput.ascii("\"}");
    writer.reasoningBlock(part.set(toolInput.array(), 0, toolInput.length()));
  }

  private void clearBlock() {
    open = Open.NOTHING;
    thinking.clear();
    signature.clear();
    toolInput.clear();
    argumentsSeen = false;
  }

  private int messageDelta() {
    int signals = closeBlock();
    stop.clear();
    json.over(delta);
    if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (!stop.field(json)) {
          json.skip();
        }
      }
    }
    if (counts.take(usage)) {
      signals |= USAGE;
    }
    if (stop.known() && !finished) {
      finished = true;
      if (stop.emit(writer)) {
        signals |= CONTENT;
      }
      signals |= FINISH;
    }
    return signals;
  }

  @Override
  public void finish(ByteSink out) {
    writer.end(out);
  }

  @Override
  public boolean finished() {
    return finished;
  }

  @Override
  public Usage usage() {
    return counts.usage();
  }

  @Override
  public String errorMessage() {
    return errorMessage;
  }

  @Override
  public String errorCode() {
    return ""; // the Messages wire has types only
  }

  @Override
  public String errorType() {
    return errorType;
  }

  @Override
  public ErrorBodyScan error() {
    return errorScan;
  }
}
