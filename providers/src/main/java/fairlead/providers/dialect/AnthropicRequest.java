package fairlead.providers.dialect;

import static fairlead.providers.dialect.RefusedRequestException.invalid;
import static fairlead.providers.dialect.RefusedRequestException.unsupported;

import fairlead.providers.dialect.AnthropicTarget.Door;
import fairlead.providers.dialect.ChatFields.Field;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;

/**
 * Turns a chat request into a Messages request.
 *
 * <p>Not thread-safe, reusable: one per connection. No tree: values are copied as bytes, text still
 * escaped; the messages are held once on the way, because turns must be merged. Between two
 * translations it holds neither a body nor large buffers of its own. What maps to what, what is
 * dropped and what is refused stands in {@code docs/providers/anthropic.md}.
 */
public final class AnthropicRequest {
  private static final int KEEP_BYTES = 32 * 1024;
  private static final int SMALL_BYTES = 512;

  /** The provider's bound on {@code metadata.user_id}. */
  private static final int MAX_USER_ID_BYTES = 256;

  /** Members the provider knows and OpenAI does not: they pass as they are. */
  private static final Field[] PASSED = {
    Field.CACHE_CONTROL,
    Field.CONTAINER,
    Field.CONTEXT_MANAGEMENT,
    Field.INFERENCE_GEO,
    Field.MCP_SERVERS,
    Field.SPEED
  };

  private final ChatFields fields = new ChatFields();
  private final AnthropicMessages messages = new AnthropicMessages();
  private final AnthropicTools toolWriter = new AnthropicTools();
  private final AnthropicThinking thinking = new AnthropicThinking();
  private final JsonCursor json = new JsonCursor();
  private final ByteRange inside = new ByteRange();
  private final ByteRange schema = new ByteRange();
  private final ByteSink tools = new ByteSink();

  /**
   * Appends the Messages request for the chat request {@code body[start, end)}.
   *
   * @throws RefusedRequestException if it cannot be said to this provider; {@code out} is as it was
   */
  public void translate(byte[] body, int start, int end, AnthropicTarget target, ByteSink out)
      throws RefusedRequestException {
    int mark = out.length();
    try {
      fields.read(body, start, end);
      refuse();
      messages.read(fields.get(Field.MESSAGES));
      write(target, out);
    } catch (RefusedRequestException e) {
      out.truncate(mark);
      throw e;
    } finally {
      forget(target);
    }
  }

  /**
   * Lets go of the body and of what only a large request needed: a connection may rest for long.
   */
  private void forget(AnthropicTarget target) throws RefusedRequestException {
    fields.forget();
    messages.forget();
    toolWriter.forget();
    inside.clear();
    schema.clear();
    json.forget();
    thinking.read(inside, inside, target); // what it reads last is what it holds: nothing
    trim(tools);
  }

  /** Empties a sink and gives back what only a large request needed. */
  static void trim(ByteSink sink) {
    sink.clear();
    if (sink.array().length > KEEP_BYTES) {
      sink.trim(SMALL_BYTES);
    }
  }

  /** What the caller relies on and this provider does not have. */
  private void refuse() throws RefusedRequestException {
    if (fields.has(Field.N) && !fields.is(Field.N, "1")) {
      throw unsupported(
          "n", "this provider gives one choice, not " + JsonText.shown(fields.get(Field.N)));
    }
    if (fields.is(Field.LOGPROBS, "true")) {
      throw unsupported("logprobs", "this provider gives no log probabilities");
    }
    if (fields.has(Field.TOP_LOGPROBS) && !fields.is(Field.TOP_LOGPROBS, "0")) {
      throw unsupported("top_logprobs", "this provider gives no log probabilities");
    }
    if (fields.has(Field.AUDIO)) {
      throw unsupported("audio", "this provider gives no audio");
    }
    if (fields.has(Field.MODERATION)) {
      throw unsupported("moderation", "this provider gives no moderation results");
    }
    if (fields.has(Field.WEB_SEARCH_OPTIONS)) {
      throw unsupported(
          "web_search_options",
          "add a web_search tool of the provider's own kind to tools instead");
    }
    json.over(fields.get(Field.MODALITIES));
    if (json.peekArray()) {
      json.enterArray();
      while (json.nextElement()) {
        json.stringOrSkip(inside);
        if (!JsonCursor.equal(inside, "text")) {
          throw unsupported(
              "modalities",
              "this provider gives text only: " + JsonText.shown(fields.get(Field.MODALITIES)));
        }
      }
    }
  }

  private void write(AnthropicTarget target, ByteSink out) throws RefusedRequestException {
    thinking.read(fields.get(Field.THINKING), fields.get(Field.REASONING_EFFORT), target);
    long maxTokens = maxTokens(target);
    if (target.door() == Door.DIRECT) {
      out.ascii("{\"model\":").jsonString(target.model());
    } else {
      out.ascii("{\"anthropic_version\":\"").ascii(target.door().version()).append('"');
    }
    out.ascii(",\"max_tokens\":").decimal(maxTokens);
    list(",\"system\":[", messages.system(), out);
    list(",\"messages\":[", messages.turns(), out);
    boolean forced = tools(out);
    boolean thinks =
        thinking.write(
            fields.get(Field.THINKING),
            target,
            maxTokens,
            forced,
            messages.continuesWithoutThinking(),
            out);
    outputConfig(target, out);
    if (target.sampling() && !thinks) {
      sampling(out);
    }
    stop(out);
    userId(out);
    if (target.door() == Door.DIRECT) {
      serviceTier(out);
    }
    for (Field field : PASSED) {
      if (fields.has(field)) {
        out.ascii(",\"").ascii(field.wire()).ascii("\":");
        JsonText.append(out, fields.get(field));
      }
    }
    if (target.door() != Door.BEDROCK && fields.is(Field.STREAM, "true")) {
      out.ascii(",\"stream\":true");
    }
    out.append('}');
  }

  private long maxTokens(AnthropicTarget target) throws RefusedRequestException {
    Field field =
        fields.has(Field.MAX_COMPLETION_TOKENS) ? Field.MAX_COMPLETION_TOKENS : Field.MAX_TOKENS;
    if (!fields.has(field)) {
      return target.defaultMaxTokens() + thinking.explicitBudget();
    }
    json.over(fields.get(field));
    long tokens = json.longOr(0);
    if (tokens < 1) {
      throw invalid(
          field.wire(),
          "must be a whole number of at least 1: " + JsonText.shown(fields.get(field)));
    }
    return tokens;
  }

  private static void list(String opening, ByteSink elements, ByteSink out) {
    if (!elements.isEmpty()) {
      out.ascii(opening).append(elements.array(), 0, elements.length()).append(']');
    }
  }

  /** Returns whether the model must call a tool. */
  private boolean tools(ByteSink out) throws RefusedRequestException {
    tools.clear();
    toolWriter.tools(fields.get(Field.TOOLS), tools);
    toolWriter.functions(fields.get(Field.FUNCTIONS), tools);
    if (!tools.isEmpty()) {
      list(",\"tools\":[", tools, out);
      return toolWriter.choice(
          fields.get(Field.TOOL_CHOICE),
          fields.get(Field.FUNCTION_CALL),
          fields.is(Field.PARALLEL_TOOL_CALLS, "false"),
          out);
    }
    // Calls in the history need definitions; the caller took the tools away, so none may be called.
    AnthropicTools.undefined(messages.usedNames(), tools);
    if (!tools.isEmpty()) {
      list(",\"tools\":[", tools, out);
      out.ascii(",\"tool_choice\":{\"type\":\"none\"}");
    }
    return false;
  }

  private void outputConfig(AnthropicTarget target, ByteSink out) throws RefusedRequestException {
    String effort = thinking.effort(target);
    boolean format = schema();
    ByteRange given = fields.get(Field.OUTPUT_CONFIG);
    if (given.isEmpty() && effort.isEmpty() && !format) {
      return;
    }
    out.ascii(",\"output_config\":{");
    int mark = out.length();
    if (!given.isEmpty()) {
      json.over(given);
      if (!json.peekObject()) {
        throw invalid("output_config", "must be an object");
      }
      json.enterObject();
      while (json.nextField()) {
        boolean replaced =
            (json.keyIs("effort") && !effort.isEmpty()) || (json.keyIs("format") && format);
        int keyStart = json.keyStart();
        json.skip();
        if (!replaced) {
          member(out, mark).append(given.array(), keyStart, json.stop() - keyStart);
        }
      }
    }
    if (!effort.isEmpty()) {
      member(out, mark).ascii("\"effort\":\"").ascii(effort).append('"');
    }
    if (format) {
      member(out, mark).ascii("\"format\":{\"type\":\"json_schema\",\"schema\":");
      JsonText.append(out, schema).append('}');
    }
    out.append('}');
  }

  private static ByteSink member(ByteSink out, int mark) {
    return out.length() == mark ? out : out.append(',');
  }

  /** Whether the answer must follow {@link #schema}. */
  private boolean schema() throws RefusedRequestException {
    schema.clear();
    inside.clear();
    if (!fields.has(Field.RESPONSE_FORMAT)) {
      return false;
    }
    ByteRange wrapper = new ByteRange();
    json.over(fields.get(Field.RESPONSE_FORMAT));
    if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("type")) {
          json.stringOrSkip(inside);
        } else if (json.keyIs("json_schema")) {
          json.valueOrNull(wrapper);
        } else {
          json.skip();
        }
      }
    }
    if (JsonCursor.equal(inside, "text")) {
      return false;
    }
    if (!JsonCursor.equal(inside, "json_schema")) {
      throw unsupported(
          "response_format",
          "this provider has no '"
              + JsonText.excerpt(inside, 40)
              + "' mode; use json_schema, which it enforces");
    }
    json.over(wrapper);
    if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("schema") && json.peekObject()) {
          json.valueOrNull(schema);
        } else {
          json.skip();
        }
      }
    }
    if (schema.isEmpty()) {
      throw invalid("response_format.json_schema.schema", "must be a JSON schema object");
    }
    return true;
  }

  /** The provider's scale ends at 1, and it refuses temperature and top_p together. */
  private void sampling(ByteSink out) throws RefusedRequestException {
    if (fields.has(Field.TEMPERATURE)) {
      ByteRange value = fields.get(Field.TEMPERATURE);
      double temperature = number(Field.TEMPERATURE);
      out.ascii(",\"temperature\":");
      if (temperature > 1) {
        out.append('1');
      } else if (temperature < 0) {
        out.append('0');
      } else {
        JsonText.append(out, value);
      }
    } else if (fields.has(Field.TOP_P)) {
      double topP = number(Field.TOP_P);
      if (topP < 0 || topP > 1) {
        throw invalid(
            "top_p", "must be between 0 and 1: " + JsonText.shown(fields.get(Field.TOP_P)));
      }
      JsonText.append(out.ascii(",\"top_p\":"), fields.get(Field.TOP_P));
    }
    if (fields.has(Field.TOP_K)) {
      JsonText.append(out.ascii(",\"top_k\":"), fields.get(Field.TOP_K));
    }
  }

  private double number(Field field) throws RefusedRequestException {
    ByteRange value = fields.get(field);
    byte first = value.array()[value.start()];
    if (first != '-' && (first < '0' || first > '9')) {
      throw invalid(field.wire(), "must be a number: " + JsonText.shown(value));
    }
    return Double.parseDouble(value.toString());
  }

  private void stop(ByteSink out) throws RefusedRequestException {
    if (!fields.has(Field.STOP)) {
      return;
    }
    int mark = out.length();
    out.ascii(",\"stop_sequences\":[");
    int first = out.length();
    json.over(fields.get(Field.STOP));
    if (json.peekString()) {
      json.stringOrSkip(inside);
      sequence(out, first);
    } else if (json.peekArray()) {
      json.enterArray();
      while (json.nextElement()) {
        if (!json.peekString()) {
          throw invalid("stop", "must be a string or an array of strings");
        }
        json.stringOrSkip(inside);
        sequence(out, first);
      }
    } else {
      throw invalid("stop", "must be a string or an array of strings");
    }
    if (out.length() == first) {
      out.truncate(mark);
    } else {
      out.append(']');
    }
  }

  /** Sequences of white space only are refused by the provider. */
  private void sequence(ByteSink out, int first) {
    if (!JsonText.blank(inside)) {
      JsonText.append(member(out, first).append('"'), inside).append('"');
    }
  }

  private void userId(ByteSink out) {
    inside.clear();
    json.over(fields.get(Field.METADATA));
    if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("user_id")) {
          json.stringOrSkip(inside);
        } else {
          json.skip();
        }
      }
    }
    if (inside.isEmpty()) {
      Field field = fields.has(Field.SAFETY_IDENTIFIER) ? Field.SAFETY_IDENTIFIER : Field.USER;
      json.over(fields.get(field));
      if (json.peekString()) {
        json.stringOrSkip(inside);
      }
    }
    if (!inside.isEmpty() && inside.length() <= MAX_USER_ID_BYTES) {
      JsonText.append(out.ascii(",\"metadata\":{\"user_id\":\""), inside).ascii("\"}");
    }
  }

  private void serviceTier(ByteSink out) {
    json.over(fields.get(Field.SERVICE_TIER));
    if (!json.peekString()) {
      return;
    }
    json.stringOrSkip(inside);
    if (JsonCursor.equal(inside, "default") || JsonCursor.equal(inside, "standard_only")) {
      out.ascii(",\"service_tier\":\"standard_only\"");
    } else if (JsonCursor.equal(inside, "auto")
        || JsonCursor.equal(inside, "priority")
        || JsonCursor.equal(inside, "fast")) {
      out.ascii(",\"service_tier\":\"auto\"");
    }
  }
}
