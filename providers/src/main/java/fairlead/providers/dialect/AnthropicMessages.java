package fairlead.providers.dialect;

import static fairlead.providers.dialect.RefusedRequestException.invalid;
import static fairlead.providers.dialect.RefusedRequestException.unsupported;

import fairlead.providers.dialect.AnthropicContent.Speaker;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;

/**
 * Writes the messages of a chat request as the system blocks and the alternating turns of the
 * Messages wire.
 *
 * <p>Not thread-safe, reusable after {@link #begin}. A turn waits in memory until the other side
 * speaks, because messages of one side are merged and a user turn's tool results come before
 * everything else in it.
 */
final class AnthropicMessages {

  private enum Turn {
    NONE,
    USER,
    ASSISTANT
  }

  private final AnthropicContent blocks = new AnthropicContent();
  private final JsonCursor messages = new JsonCursor();
  private final JsonCursor json = new JsonCursor();
  private final JsonCursor list = new JsonCursor();
  private final JsonCursor call = new JsonCursor();
  private final ByteRange message = new ByteRange();
  private final ByteRange role = new ByteRange();
  private final ByteRange content = new ByteRange();
  private final ByteRange refusal = new ByteRange();
  private final ByteRange toolCalls = new ByteRange();
  private final ByteRange toolCallId = new ByteRange();
  private final ByteRange functionCall = new ByteRange();
  private final ByteRange thinkingBlocks = new ByteRange();
  private final ByteRange cacheControl = new ByteRange();
  private final ByteRange id = new ByteRange();
  private final ByteRange name = new ByteRange();
  private final ByteRange function = new ByteRange();
  private final ByteRange arguments = new ByteRange();
  private final ByteRange element = new ByteRange();
  private boolean isError;

  private final ByteSink system = new ByteSink();
  private final ByteSink turns = new ByteSink();
  private final ByteSink results = new ByteSink();
  private final ByteSink current = new ByteSink();
  private final ByteSink resultParts = new ByteSink(0);
  private final ByteSink input = new ByteSink();
  private final ByteSink cleanId = new ByteSink(64);
  private final ByteSink openIds = new ByteSink(256);
  private final ByteSink usedNames = new ByteSink(256);
  private Turn turn = Turn.NONE;
  private Turn written = Turn.NONE;
  private int functionIds;
  private boolean thoughtless;
  private boolean endsWithResults;

  /** Reads the {@code messages} array of a request. */
  void read(ByteRange array) throws RefusedRequestException {
    begin();
    messages.over(array);
    if (!messages.peekArray()) {
      throw invalid("messages", "must be an array of messages");
    }
    messages.enterArray();
    for (int i = 0; messages.nextElement(); i++) {
      messages.skip();
      message.set(messages.array(), messages.start(), messages.stop());
      message(i);
    }
    if (turn == Turn.ASSISTANT) {
      blocks.trimEnd(current);
    }
    flush();
    if (turns.isEmpty() && !system.isEmpty()) { // instructions alone are a valid chat request
      turns.ascii("{\"role\":\"user\",\"content\":[").append(system.array(), 0, system.length());
      turns.ascii("]}");
      system.clear();
    }
    if (turns.isEmpty()) {
      throw invalid("messages", "must hold at least one message that is not empty");
    }
  }

  private void begin() {
    blocks.begin();
    system.clear();
    turns.clear();
    results.clear();
    current.clear();
    resultParts.clear();
    input.clear();
    openIds.clear();
    usedNames.clear();
    turn = Turn.NONE;
    written = Turn.NONE;
    functionIds = 0;
    thoughtless = false;
    endsWithResults = false;
  }

  /** Lets go of the body and of what only a large request needed. */
  void forget() {
    blocks.forget();
    messages.forget();
    json.forget();
    list.forget();
    call.forget();
    message.clear();
    role.clear();
    content.clear();
    refusal.clear();
    toolCalls.clear();
    toolCallId.clear();
    functionCall.clear();
    thinkingBlocks.clear();
    cacheControl.clear();
    id.clear();
    name.clear();
    function.clear();
    arguments.clear();
    element.clear();
    AnthropicRequest.trim(system);
    AnthropicRequest.trim(turns);
    AnthropicRequest.trim(results);
    AnthropicRequest.trim(current);
    AnthropicRequest.trim(resultParts);
    AnthropicRequest.trim(input);
    AnthropicRequest.trim(cleanId);
    AnthropicRequest.trim(openIds);
    AnthropicRequest.trim(usedNames);
  }

  /** Text blocks separated by commas, maybe none. */
  ByteSink system() {
    return system;
  }

  /** Turns separated by commas, at least one. */
  ByteSink turns() {
    return turns;
  }

  /** Quoted names of the tools that were called, separated by commas, without repetition. */
  ByteSink usedNames() {
    return usedNames;
  }

  /**
   * Whether the request continues a tool loop whose calling turn has no thinking blocks: then
   * thinking with a budget is refused.
   */
  boolean continuesWithoutThinking() {
    return endsWithResults && thoughtless;
  }

  private void message(int i) throws RefusedRequestException {
    json.over(message);
    if (!json.peekObject()) {
      throw invalid("messages[" + i + "]", "must be an object");
    }
    fields();
    if (JsonCursor.equal(role, "user")) {
      speak(Turn.USER);
      int mark = current.length();
      blocks.write(content, Speaker.USER, path(i, "content"), current);
      cache(current, mark);
    } else if (JsonCursor.equal(role, "assistant")) {
      assistant(i);
    } else if (JsonCursor.equal(role, "system") || JsonCursor.equal(role, "developer")) {
      int mark = system.length();
      blocks.write(content, Speaker.SYSTEM, path(i, "content"), system);
      cache(system, mark);
    } else if (JsonCursor.equal(role, "tool") || JsonCursor.equal(role, "function")) {
      result(i);
    } else {
      throw invalid(
          path(i, "role"),
          "must be system, developer, user, assistant or tool, not '"
              + JsonText.excerpt(role, 40)
              + "'");
    }
  }

  private void fields() {
    role.clear();
    content.clear();
    refusal.clear();
    toolCalls.clear();
    toolCallId.clear();
    functionCall.clear();
    thinkingBlocks.clear();
    cacheControl.clear();
    isError = false;
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("role")) {
        json.stringOrSkip(role);
      } else if (json.keyIs("content")) {
        json.valueOrNull(content);
      } else if (json.keyIs("refusal")) {
        json.stringOrSkip(refusal);
      } else if (json.keyIs("tool_calls")) {
        json.valueOrNull(toolCalls);
      } else if (json.keyIs("tool_call_id")) {
        json.stringOrSkip(toolCallId);
      } else if (json.keyIs("function_call")) {
        json.valueOrNull(functionCall);
      } else if (json.keyIs("thinking_blocks")) {
        json.valueOrNull(thinkingBlocks);
      } else if (json.keyIs("cache_control")) {
        json.valueOrNull(cacheControl);
      } else if (json.keyIs("is_error")) {
        isError = json.peek() == 't';
        json.skip();
      } else {
        json.skip();
      }
    }
  }

  private static String path(int i, String member) {
    return "messages[" + i + "]." + member;
  }

  private void speak(Turn speaker) {
    if (turn == speaker) {
      return;
    }
    flush();
    turn = speaker;
  }

  private void flush() {
    if (results.isEmpty() && current.isEmpty()) {
      return;
    }
    if (turn == written) { // only empty messages of the other side came between
      turns.truncate(turns.length() - 2);
      turns.append(',');
    } else {
      AnthropicContent.comma(turns);
      turns.ascii(turn == Turn.USER ? "{\"role\":\"user\"" : "{\"role\":\"assistant\"");
      turns.ascii(",\"content\":[");
      written = turn;
    }
    turns.append(results.array(), 0, results.length());
    if (!results.isEmpty() && !current.isEmpty()) {
      turns.append(',');
    }
    turns.append(current.array(), 0, current.length()).ascii("]}");
    endsWithResults = !results.isEmpty();
    results.clear();
    current.clear();
  }

  /** A mark on the message counts for the last block it brought, unless that has its own. */
  private void cache(ByteSink sink, int mark) {
    if (sink.length() > mark) {
      blocks.markLast(cacheControl, sink);
    }
  }

  private void assistant(int i) throws RefusedRequestException {
    if (turn != Turn.ASSISTANT) {
      speak(Turn.ASSISTANT);
      openIds.clear();
      thoughtless = false;
    }
    int mark = current.length();
    boolean thought = thinkingBlocks();
    int afterThinking = current.length();
    blocks.write(content, Speaker.ASSISTANT, path(i, "content"), current);
    if (current.length() == afterThinking && !refusal.isEmpty()) {
      blocks.text(refusal, current);
    }
    int afterText = current.length();
    toolCalls(i);
    if (current.length() == afterThinking) {
      current.truncate(mark); // a turn cannot end with thinking
    } else if (current.length() > afterText) {
      thoughtless = !thought;
    }
    cache(current, mark);
  }

  private boolean thinkingBlocks() {
    int mark = current.length();
    list.over(thinkingBlocks);
    if (!list.peekArray()) {
      return false;
    }
    list.enterArray();
    while (list.nextElement()) {
      list.skip();
      element.set(list.array(), list.start(), list.stop());
      if (sealed(element)) {
        JsonText.append(AnthropicContent.comma(current), element);
      }
    }
    return current.length() > mark;
  }

  /** Whether the provider would take the block back: with its signature, or encrypted. */
  private boolean sealed(ByteRange block) {
    call.over(block);
    if (!call.peekObject()) {
      return false;
    }
    boolean sealed = false;
    call.enterObject();
    while (call.nextField()) {
      if (call.keyIs("signature") || call.keyIs("data")) {
        call.stringOrSkip(name);
        sealed |= !name.isEmpty();
      } else {
        call.skip();
      }
    }
    return sealed;
  }

  private void toolCalls(int i) throws RefusedRequestException {
    list.over(toolCalls);
    if (list.peekArray()) {
      list.enterArray();
      for (int j = 0; list.nextElement(); j++) {
        list.skip();
        call.over(list.array(), list.start(), list.stop());
        String path = "messages[" + i + "].tool_calls[" + j + "]";
        readCall(path);
        toolUse(path + ".function");
      }
    }
    if (!functionCall.isEmpty()) { // the wire before tools: calls without ids, one at a time
      id.clear();
      function.set(functionCall.array(), functionCall.start(), functionCall.end());
      functionIds++;
      toolUse(path(i, "function_call"));
    }
  }

  private void readCall(String path) throws RefusedRequestException {
    id.clear();
    function.clear();
    if (!call.peekObject()) {
      throw invalid(path, "must be an object");
    }
    call.enterObject();
    while (call.nextField()) {
      if (call.keyIs("id")) {
        call.stringOrSkip(id);
      } else if (call.keyIs("function")) {
        call.valueOrNull(function);
      } else {
        call.skip();
      }
    }
    if (id.isEmpty()) {
      throw invalid(path + ".id", "is missing");
    }
    if (function.isEmpty()) {
      throw unsupported(path + ".type", "only calls of functions can be sent to this provider");
    }
  }

  private void toolUse(String path) throws RefusedRequestException {
    name.clear();
    arguments.clear();
    call.over(function);
    if (!call.peekObject()) {
      throw invalid(path, "must be an object");
    }
    call.enterObject();
    while (call.nextField()) {
      if (call.keyIs("name")) {
        call.stringOrSkip(name);
      } else if (call.keyIs("arguments")) {
        call.valueOrNull(arguments);
      } else {
        call.skip();
      }
    }
    if (name.isEmpty()) {
      throw invalid(path + ".name", "is missing");
    }
    clean(id);
    openIds.append('"').append(cleanId.array(), 0, cleanId.length()).append('"');
    remember(name);
    AnthropicContent.comma(current).ascii("{\"type\":\"tool_use\",\"id\":\"");
    current.append(cleanId.array(), 0, cleanId.length());
    JsonText.append(current.ascii("\",\"name\":\""), name).ascii("\",\"input\":");
    input(path + ".arguments");
    current.append('}');
    blocks.unmarked();
  }

  /** Arguments are text in the chat wire and an object in this one. */
  private void input(String path) throws RefusedRequestException {
    input.clear();
    call.over(arguments);
    if (call.peekString()) {
      call.string();
      JsonText.unescape(call.array(), call.start(), call.stop(), input);
    } else {
      JsonText.append(input, arguments);
    }
    call.over(input.array(), 0, input.length());
    if (call.peek() == 0) {
      current.ascii("{}");
      return;
    }
    boolean object = call.peekObject();
    try {
      call.skip();
      call.finish();
    } catch (JsonSyntaxException e) {
      throw invalid(path, "must be a JSON object, but " + e.getMessage() + ": " + shown());
    }
    if (!object) {
      throw invalid(path, "must be a JSON object: " + shown());
    }
    current.append(input.array(), call.start(), call.stop() - call.start());
  }

  private String shown() {
    String text = input.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  private void remember(ByteRange toolName) {
    int from = usedNames.length();
    AnthropicContent.comma(usedNames);
    int quoted = usedNames.length();
    JsonText.append(usedNames.append('"'), toolName).append('"');
    int length = usedNames.length() - quoted;
    if (find(usedNames, from, usedNames.array(), quoted, length)) {
      usedNames.truncate(from);
    }
  }

  /** Ids of other providers may hold characters that this one refuses: [a-zA-Z0-9_-] only. */
  private void clean(ByteRange raw) {
    cleanId.clear();
    if (raw.isEmpty()) {
      cleanId.ascii("call_").decimal(functionIds);
      return;
    }
    for (int i = raw.start(); i < raw.end(); i++) {
      byte b = raw.array()[i];
      boolean good =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '_'
              || b == '-';
      cleanId.append(good ? b : (byte) '_');
    }
  }

  private void result(int i) throws RefusedRequestException {
    boolean legacy = JsonCursor.equal(role, "function");
    if (legacy) {
      toolCallId.clear();
    } else if (toolCallId.isEmpty()) {
      throw invalid(path(i, "tool_call_id"), "is missing");
    }
    clean(toolCallId);
    input.clear();
    input.append('"').append(cleanId.array(), 0, cleanId.length()).append('"');
    if (!find(openIds, openIds.length(), input.array(), 0, input.length())) {
      throw invalid(
          path(i, legacy ? "role" : "tool_call_id"),
          "answers no tool call of the assistant's message before it: "
              + (legacy ? "function" : JsonText.excerpt(toolCallId, 100)));
    }
    speak(Turn.USER);
    resultParts.clear();
    blocks.write(content, Speaker.TOOL, path(i, "content"), resultParts);
    int mark = results.length();
    AnthropicContent.comma(results).ascii("{\"type\":\"tool_result\",\"tool_use_id\":");
    results.append(input.array(), 0, input.length());
    if (!resultParts.isEmpty()) {
      results.ascii(",\"content\":[").append(resultParts.array(), 0, resultParts.length());
      results.append(']');
    }
    results.ascii(isError ? ",\"is_error\":true}" : "}");
    blocks.unmarked();
    cache(results, mark);
  }

  /** Whether {@code needle[from, from + length)} stands in the first {@code limit} bytes. */
  private static boolean find(ByteSink sink, int limit, byte[] needle, int from, int length) {
    byte[] array = sink.array();
    for (int i = 0; i + length <= limit; i++) {
      int k = 0;
      while (k < length && array[i + k] == needle[from + k]) {
        k++;
      }
      if (k == length) {
        return true;
      }
    }
    return false;
  }
}
