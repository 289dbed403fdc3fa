package fairlead.providers.simulated;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the simulated provider understands of a request.
 *
 * <p>Immutable. Prompt tokens are counted as 3 for each message and 1 for each 4 bytes of text,
 * rounded up per text.
 */
final class SimulatedRequest {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(500)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  final SimulatedWireKind kind;
  final String model;

  /** Knobs after a {@code #} in the model name; empty when there was none. */
  final String modelKnobs;

  final boolean stream;
  final boolean includeUsage;

  /** 0: no limit. */
  final long maxTokens;

  final String lastRole;

  /** The beginning of the answer that the caller gave as a last message of the assistant, or "". */
  final String prefill;

  final long promptTokens;

  /** Texts to embed. */
  final List<String> inputs;

  final int dimensions;
  final boolean base64;

  /** The tool to call, or null: answer with text. */
  final @Nullable Map<String, Object> tool;

  /** Depends on each byte of the body. */
  final long hash;

  private SimulatedRequest(
      SimulatedWireKind kind, Map<String, Object> body, long hash, String wholeModel) {
    this.kind = kind;
    this.hash = hash;
    int mark = wholeModel.indexOf('#');
    model = mark < 0 ? wholeModel : wholeModel.substring(0, mark);
    modelKnobs = mark < 0 ? "" : wholeModel.substring(mark + 1);
    stream = Boolean.TRUE.equals(body.get("stream"));
    includeUsage = Boolean.TRUE.equals(object(body.get("stream_options")).get("include_usage"));
    maxTokens = number(body.getOrDefault("max_completion_tokens", body.get("max_tokens")));
    dimensions = (int) Math.min(8_192, number(body.get("dimensions")));
    base64 = "base64".equals(body.get("encoding_format"));
    List<Object> messages = list(body.get("messages"));
    Map<String, Object> last = messages.isEmpty() ? Map.of() : object(messages.getLast());
    String role = string(last.get("role"));
    lastRole = isToolResult(last) ? "tool" : role;
    prefill = lastRole.equals("assistant") ? joined(last.get("content")) : "";
    inputs = inputs(kind, body);
    long tokens = 3L * messages.size() + textTokens(body.get("system"));
    for (Object message : messages) {
      tokens += textTokens(object(message).get("content"));
    }
    for (String input : inputs) {
      tokens += tokens(input);
    }
    promptTokens = Math.max(1, tokens);
    tool = lastRole.equals("user") ? chosenTool(body, last) : null;
  }

  /**
   * Reads a request.
   *
   * @throws IllegalArgumentException if the body is not one, with a reason for the caller
   */
  static SimulatedRequest parse(SimulatedWireKind kind, byte[] body, int offset, int length) {
    Map<String, Object> object = object(tree(body, offset, length));
    if (!(object.get("model") instanceof String model) || model.isEmpty()) {
      throw new IllegalArgumentException("you must provide a model parameter");
    }
    if ((kind == SimulatedWireKind.CHAT || kind == SimulatedWireKind.MESSAGES)
        && list(object.get("messages")).isEmpty()) {
      throw new IllegalArgumentException("messages must be an array with at least one message");
    }
    if (kind == SimulatedWireKind.MESSAGES && number(object.get("max_tokens")) < 1) {
      throw new IllegalArgumentException("max_tokens: Field required");
    }
    SimulatedRequest request =
        new SimulatedRequest(kind, object, hash(body, offset, length), model);
    if (kind == SimulatedWireKind.EMBEDDINGS && request.inputs.isEmpty()) {
      throw new IllegalArgumentException("input must be a string or an array");
    }
    return request;
  }

  /**
   * Any JSON as maps, lists, texts, numbers and booleans.
   *
   * @throws IllegalArgumentException if it is not JSON
   */
  static @Nullable Object tree(byte[] json, int offset, int length) {
    try (JsonParser parser = JSON.createParser(json, offset, length)) {
      parser.nextToken();
      return value(parser);
    } catch (IOException e) {
      throw new IllegalArgumentException("the body is not JSON: " + e.getMessage(), e);
    }
  }

  /** FNV-1a over bytes, then mixed. */
  static long hash(byte[] bytes, int offset, int length) {
    long hash = 0xcbf29ce484222325L;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** The finisher of SplitMix64. */
  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** An object as a map, empty if it is none. */
  @SuppressWarnings("unchecked") // made by value()
  static Map<String, Object> object(@Nullable Object value) {
    return value instanceof Map ? (Map<String, Object>) value : Map.of();
  }

  /** An array as a list, empty if it is none. */
  @SuppressWarnings("unchecked") // made by value()
  static List<Object> list(@Nullable Object value) {
    return value instanceof List ? (List<Object>) value : List.of();
  }

  static String string(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  private static boolean isToolResult(Map<String, Object> message) {
    return list(message.get("content")).stream()
        .anyMatch(part -> "tool_result".equals(object(part).get("type")));
  }

  private static List<String> inputs(SimulatedWireKind kind, Map<String, Object> body) {
    Object input =
        switch (kind) {
          case EMBEDDINGS -> body.get("input");
          case COMPLETIONS -> body.get("prompt");
          default -> null;
        };
    if (input instanceof String text) {
      return List.of(text);
    }
    List<Object> items = list(input);
    if (!items.isEmpty() && items.getFirst() instanceof Number) {
      return List.of(items.toString());
    }
    return items.stream().map(Object::toString).toList();
  }

  private static long textTokens(@Nullable Object content) {
    if (content instanceof String text) {
      return tokens(text);
    }
    long tokens = 0;
    for (Object part : list(content)) {
      tokens += tokens(string(object(part).get("text")));
    }
    return tokens;
  }

  private static long tokens(String text) {
    return (text.getBytes(StandardCharsets.UTF_8).length + 3L) / 4;
  }

  /**
   * The tool a model would plausibly call: the one that is asked for by name, the first when a call
   * is required, else one when the last user text has the word tool or a long word of its name.
   */
  private static @Nullable Map<String, Object> chosenTool(
      Map<String, Object> body, Map<String, Object> lastMessage) {
    List<Map<String, Object>> tools =
        list(body.get("tools")).stream().map(SimulatedRequest::function).toList();
    Object choice = body.get("tool_choice");
    if (tools.isEmpty() || "none".equals(choice) || "none".equals(object(choice).get("type"))) {
      return null;
    }
    String asked = string(function(object(choice)).get("name"));
    for (Map<String, Object> tool : tools) {
      if (!asked.isEmpty() && asked.equals(tool.get("name"))) {
        return tool;
      }
    }
    if ("required".equals(choice) || "any".equals(object(choice).get("type"))) {
      return tools.getFirst();
    }
    String text = text(lastMessage.get("content")).toLowerCase(Locale.ROOT);
    for (Map<String, Object> tool : tools) {
      for (String word : string(tool.get("name")).toLowerCase(Locale.ROOT).split("[_-]")) {
        if (word.length() > 3 && text.contains(word)) {
          return tool;
        }
      }
    }
    return text.contains("tool") ? tools.getFirst() : null;
  }

  /** OpenAI nests a tool in {@code function}, Anthropic does not. */
  private static Map<String, Object> function(Object tool) {
    Map<String, Object> outer = object(tool);
    return outer.get("function") == null ? outer : object(outer.get("function"));
  }

  private static String joined(@Nullable Object content) {
    if (content instanceof String text) {
      return text;
    }
    StringBuilder text = new StringBuilder();
    for (Object part : list(content)) {
      text.append(string(object(part).get("text")));
    }
    return text.toString();
  }

  private static String text(@Nullable Object content) {
    if (content instanceof String text) {
      return text;
    }
    StringBuilder text = new StringBuilder();
    for (Object part : list(content)) {
      text.append(string(object(part).get("text"))).append(' ');
    }
    return text.toString();
  }

  /** JSON null is left out of objects and arrays. */
  private static @Nullable Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("it is empty");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          parser.nextToken();
          Object value = value(parser);
          if (value != null) {
            object.put(name, value);
          }
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          Object value = value(parser);
          if (value != null) {
            array.add(value);
          }
        }
        yield array;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      default -> throw new IOException("unexpected " + token);
    };
  }
}
