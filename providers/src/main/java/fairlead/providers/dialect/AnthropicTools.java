package fairlead.providers.dialect;

import static fairlead.providers.dialect.RefusedRequestException.invalid;
import static fairlead.providers.dialect.RefusedRequestException.unsupported;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;

/**
 * Writes tool definitions and the tool choice of a chat request, and those of the wire before tools
 * ({@code functions}, {@code function_call}).
 *
 * <p>Not thread-safe, reusable. Schemas are copied as they are.
 */
final class AnthropicTools {
  private static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

  private final JsonCursor list = new JsonCursor();
  private final JsonCursor json = new JsonCursor();
  private final ByteRange tool = new ByteRange();
  private final ByteRange type = new ByteRange();
  private final ByteRange function = new ByteRange();
  private final ByteRange custom = new ByteRange();
  private final ByteRange cacheControl = new ByteRange();
  private final ByteRange name = new ByteRange();
  private final ByteRange description = new ByteRange();
  private final ByteRange parameters = new ByteRange();
  private boolean strict;

  /** Appends the tools, each after a comma unless {@code out} is empty. */
  void tools(ByteRange array, ByteSink out) throws RefusedRequestException {
    if (array.isEmpty()) {
      return;
    }
    list.over(array);
    if (!list.peekArray()) {
      throw invalid("tools", "must be an array");
    }
    list.enterArray();
    for (int i = 0; list.nextElement(); i++) {
      list.skip();
      tool.set(list.array(), list.start(), list.stop());
      json.over(tool);
      if (!json.peekObject()) {
        throw invalid("tools[" + i + "]", "must be an object");
      }
      readTool();
      if (!function.isEmpty()) {
        function("tools[" + i + "].function", out);
      } else if (type.isEmpty() || JsonCursor.equal(type, "function")) {
        throw invalid("tools[" + i + "].function", "is missing");
      } else if (!custom.isEmpty()) {
        throw unsupported(
            "tools[" + i + "].type", "custom tools with free text have no equivalent");
      } else {
        JsonText.append(AnthropicContent.comma(out), tool); // a tool of the provider's own kind
      }
    }
  }

  /** Lets go of the body. */
  void forget() {
    list.forget();
    json.forget();
    tool.clear();
    type.clear();
    function.clear();
    custom.clear();
    cacheControl.clear();
    name.clear();
    description.clear();
    parameters.clear();
  }

  /** Appends tools for {@code functions}. */
  void functions(ByteRange array, ByteSink out) throws RefusedRequestException {
    if (array.isEmpty()) {
      return;
    }
    list.over(array);
    if (!list.peekArray()) {
      throw invalid("functions", "must be an array");
    }
    list.enterArray();
    cacheControl.clear();
    for (int i = 0; list.nextElement(); i++) {
      list.skip();
      function.set(list.array(), list.start(), list.stop());
      function("functions[" + i + "]", out);
    }
  }

  /** Appends tools for calls in the history that nothing defines any more. */
  static void undefined(ByteSink quotedNames, ByteSink out) {
    byte[] names = quotedNames.array();
    int from = 0;
    for (int i = 1; i < quotedNames.length(); i++) {
      if (names[i] == '\\') {
        i++;
      } else if (names[i] == '"') {
        AnthropicContent.comma(out).ascii("{\"name\":").append(names, from, i + 1 - from);
        out.ascii(",\"input_schema\":").ascii(NO_PARAMETERS).append('}');
        from = i + 2;
        i += 2;
      }
    }
  }

  private void readTool() {
    type.clear();
    function.clear();
    custom.clear();
    cacheControl.clear();
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("function")) {
        json.valueOrNull(function);
      } else if (json.keyIs("custom")) {
        json.valueOrNull(custom);
      } else if (json.keyIs("cache_control")) {
        json.valueOrNull(cacheControl);
      } else {
        json.skip();
      }
    }
  }

  private void function(String path, ByteSink out) throws RefusedRequestException {
    name.clear();
    description.clear();
    parameters.clear();
    strict = false;
    json.over(function);
    if (!json.peekObject()) {
      throw invalid(path, "must be an object");
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("name")) {
        json.stringOrSkip(name);
      } else if (json.keyIs("description")) {
        json.stringOrSkip(description);
      } else if (json.keyIs("parameters")) {
        json.valueOrNull(parameters);
      } else if (json.keyIs("strict")) {
        strict = json.peek() == 't';
        json.skip();
      } else if (json.keyIs("cache_control")) {
        json.valueOrNull(cacheControl);
      } else {
        json.skip();
      }
    }
    if (name.isEmpty()) {
      throw invalid(path + ".name", "is missing");
    }
    JsonText.append(AnthropicContent.comma(out).ascii("{\"name\":\""), name).append('"');
    if (!description.isEmpty()) {
      JsonText.append(out.ascii(",\"description\":\""), description).append('"');
    }
    out.ascii(",\"input_schema\":");
    schema(path, out);
    if (strict) {
      out.ascii(",\"strict\":true");
    }
    if (!cacheControl.isEmpty()) {
      JsonText.append(out.ascii(",\"cache_control\":"), cacheControl);
    }
    out.append('}');
  }

  /** The provider wants the schema to say that it is an object's; callers often leave it out. */
  private void schema(String path, ByteSink out) throws RefusedRequestException {
    if (parameters.isEmpty()) {
      out.ascii(NO_PARAMETERS);
      return;
    }
    json.over(parameters);
    if (!json.peekObject()) {
      throw invalid(path + ".parameters", "must be a JSON schema object");
    }
    boolean typed = false;
    boolean any = false;
    json.enterObject();
    while (json.nextField()) {
      any = true;
      typed |= json.keyIs("type");
      json.skip();
    }
    if (!any) {
      out.ascii(NO_PARAMETERS);
    } else if (typed) {
      JsonText.append(out, parameters);
    } else {
      out.ascii("{\"type\":\"object\",");
      out.append(parameters.array(), parameters.start() + 1, parameters.length() - 1);
    }
  }

  /**
   * Appends {@code ,"tool_choice":...} if the caller chose.
   *
   * @param functionCall the choice of the wire before tools
   * @param sequential whether parallel calls were switched off
   * @return whether the model must call a tool
   */
  boolean choice(ByteRange toolChoice, ByteRange functionCall, boolean sequential, ByteSink out)
      throws RefusedRequestException {
    boolean legacy = toolChoice.isEmpty();
    String path = legacy ? "function_call" : "tool_choice";
    json.over(legacy ? functionCall : toolChoice);
    type.clear();
    name.clear();
    if (json.peekString()) {
      json.stringOrSkip(type);
    } else if (json.peekObject()) {
      readChoice();
    }
    String kind;
    if (!name.isEmpty()) {
      kind = "tool";
    } else if (JsonCursor.equal(type, "required") || JsonCursor.equal(type, "any")) {
      kind = "any";
    } else if (JsonCursor.equal(type, "none")) {
      kind = "none";
    } else if (JsonCursor.equal(type, "auto")) {
      kind = "auto";
    } else if (toolChoice.isEmpty() && functionCall.isEmpty()) {
      if (!sequential) {
        return false;
      }
      kind = "auto";
    } else {
      throw unsupported(
          path,
          "must be none, auto, required or name one function, not " + JsonText.excerpt(type, 40));
    }
    out.ascii(",\"tool_choice\":{\"type\":\"").ascii(kind).append('"');
    if (kind.equals("tool")) {
      JsonText.append(out.ascii(",\"name\":\""), name).append('"');
    }
    if (sequential && !kind.equals("none")) {
      out.ascii(",\"disable_parallel_tool_use\":true");
    }
    out.append('}');
    return kind.equals("tool") || kind.equals("any");
  }

  private void readChoice() {
    function.clear();
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("name")) {
        json.stringOrSkip(name);
      } else if (json.keyIs("function")) {
        json.valueOrNull(function);
      } else {
        json.skip();
      }
    }
    json.over(function);
    if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("name")) {
          json.stringOrSkip(name);
        } else {
          json.skip();
        }
      }
    }
  }
}
