package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated model says to one request: a list of tokens, either of a text or of a tool
 * call's arguments.
 *
 * <p>Immutable; the same request gives the same answer. Completion tokens are the number of tokens
 * here.
 *
 * @param toolName null for text
 * @param cut whether the request's limit cut it
 */
record SimulatedAnswer(
    SimulatedRequest request, @Nullable String toolName, List<String> tokens, boolean cut) {

  static SimulatedAnswer to(SimulatedRequest request, SimulatedBehaviour behaviour) {
    Map<String, Object> tool = request.tool;
    if (tool != null) {
      Object schema =
          tool.containsKey("parameters") ? tool.get("parameters") : tool.get("input_schema");
      ByteSink arguments = new ByteSink();
      example(arguments, "", SimulatedRequest.object(schema), 0);
      return new SimulatedAnswer(
          request, SimulatedRequest.string(tool.get("name")), pieces(arguments.toString()), false);
    }
    SimulatedAnswerText text = behaviour.text();
    List<String> tokens = text.tokens(text.length());
    if (behaviour.on(Knob.CONTINUE_PREFILL)) {
      tokens = after(request.prefill, tokens);
    }
    boolean cut = request.maxTokens > 0 && request.maxTokens < tokens.size();
    return new SimulatedAnswer(
        request, null, cut ? tokens.subList(0, (int) request.maxTokens) : tokens, cut);
  }

  /** What is left of the tokens behind a text that they begin with, else all of them. */
  private static List<String> after(String prefill, List<String> tokens) {
    int at = 0;
    int token = 0;
    while (token < tokens.size() && at < prefill.length()) {
      String next = tokens.get(token);
      if (prefill.startsWith(next, at)) {
        at += next.length();
        token++;
      } else if (next.startsWith(prefill.substring(at))) {
        List<String> rest = new ArrayList<>(tokens.subList(token, tokens.size()));
        rest.set(0, next.substring(prefill.length() - at));
        return rest;
      } else {
        return tokens;
      }
    }
    return at < prefill.length() ? tokens : tokens.subList(token, tokens.size());
  }

  boolean isToolCall() {
    return toolName != null;
  }

  String text() {
    return String.join("", tokens);
  }

  /** Sixteen hexadecimal digits that depend on the request. */
  String id() {
    return java.util.HexFormat.of().toHexDigits(request.hash);
  }

  long totalTokens() {
    return request.promptTokens + tokens.size();
  }

  /** Pieces of eight characters, never inside a surrogate pair. */
  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + 8);
      if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
        end++;
      }
      pieces.add(text.substring(at, end));
      at = end;
    }
    return pieces;
  }

  /**
   * Appends a value that fits a JSON schema: its default or constant, the first of its
   * alternatives, else one of its type; of objects only the required properties.
   */
  private static void example(ByteSink out, String name, Map<String, Object> schema, int depth) {
    Object given = schema.getOrDefault("default", schema.get("const"));
    List<Object> alternatives = SimulatedRequest.list(schema.get("enum"));
    if (given == null && !alternatives.isEmpty()) {
      given = alternatives.getFirst();
    }
    if (given instanceof String text) {
      out.jsonString(text);
      return;
    }
    if (given instanceof Number || given instanceof Boolean) {
      out.utf8(given.toString());
      return;
    }
    switch (type(schema, depth)) {
      case "integer", "number" -> out.utf8(String.valueOf(schema.getOrDefault("minimum", 1)));
      case "boolean" -> out.ascii("true");
      case "null" -> out.ascii("null");
      case "array" -> {
        out.append('[');
        if (schema.get("minItems") instanceof Number least && least.intValue() > 0) {
          example(out, name, SimulatedRequest.object(schema.get("items")), depth + 1);
        }
        out.append(']');
      }
      case "object" -> {
        Map<String, Object> properties = SimulatedRequest.object(schema.get("properties"));
        out.append('{');
        String separator = "";
        for (Object required : SimulatedRequest.list(schema.get("required"))) {
          String key = SimulatedRequest.string(required);
          out.ascii(separator).jsonString(key).append(':');
          example(out, key, SimulatedRequest.object(properties.get(key)), depth + 1);
          separator = ",";
        }
        out.append('}');
      }
      default -> out.jsonString("simulated " + (name.isEmpty() ? "value" : name));
    }
  }

  private static String type(Map<String, Object> schema, int depth) {
    if (depth > 50) {
      return "null";
    }
    Object type = schema.get("type");
    List<Object> types = SimulatedRequest.list(type);
    if (!types.isEmpty()) {
      return types.getFirst().toString();
    }
    if (type == null && (depth == 0 || schema.containsKey("properties"))) {
      return "object";
    }
    return SimulatedRequest.string(type);
  }
}
