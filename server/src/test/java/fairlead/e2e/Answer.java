package fairlead.e2e;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says, read the slow and obvious way from a tree, for either wire, plain or
 * streamed: the second opinion about what the gateway makes of it.
 *
 * @param finish in OpenAI's words
 * @param promptTokens in OpenAI's meaning, cached ones included; -1 where none were reported
 */
record Answer(
    String text,
    String finish,
    List<Call> calls,
    long promptTokens,
    long completionTokens,
    long cachedTokens) {

  /** A tool call; arguments are compared as trees, since only their spelling may differ. */
  record Call(String id, String name, Object arguments) {}

  static Answer ofOpenAi(byte[] body, boolean stream) {
    return stream ? openAiStream(events(body)) : openAi(Recordings.object(body));
  }

  static Answer ofAnthropic(byte[] body, boolean stream) {
    return stream ? anthropicStream(events(body)) : anthropic(Recordings.object(body));
  }

  /** The payloads of a stream's events, without {@code [DONE]}. */
  static List<Map<String, Object>> events(byte[] body) {
    List<Map<String, Object>> events = new ArrayList<>();
    for (String line : new String(body, StandardCharsets.UTF_8).split("\r?\n")) {
      if (line.startsWith("data:") && !line.substring(5).strip().equals("[DONE]")) {
        events.add(Recordings.object(line.substring(5).strip().getBytes(StandardCharsets.UTF_8)));
      }
    }
    return events;
  }

  private static Answer openAi(Map<String, Object> answer) {
    Map<String, Object> choice = maps(answer.get("choices")).getFirst();
    Map<String, Object> message = map(choice.get("message"));
    List<Call> calls = new ArrayList<>();
    for (Map<String, Object> call : maps(message.get("tool_calls"))) {
      Map<String, Object> function = map(call.get("function"));
      calls.add(
          new Call(
              text(call.get("id")),
              text(function.get("name")),
              arguments(text(function.get("arguments")))));
    }
    return withOpenAiUsage(
        text(message.get("content")), text(choice.get("finish_reason")), calls, answer);
  }

  private static Answer openAiStream(List<Map<String, Object>> events) {
    StringBuilder text = new StringBuilder();
    String finish = "";
    Map<Integer, String[]> calls = new TreeMap<>();
    Map<String, Object> last = Map.of();
    for (Map<String, Object> event : events) {
      if (event.get("usage") instanceof Map<?, ?>) {
        last = event;
      }
      for (Map<String, Object> choice : maps(event.get("choices"))) {
        Map<String, Object> delta = map(choice.get("delta"));
        text.append(text(delta.get("content")));
        if (choice.get("finish_reason") != null) {
          finish = text(choice.get("finish_reason"));
        }
        for (Map<String, Object> call : maps(delta.get("tool_calls"))) {
          String[] parts =
              calls.computeIfAbsent(
                  (int) number(call.get("index")), _ -> new String[] {"", "", ""});
          Map<String, Object> function = map(call.get("function"));
          parts[0] += text(call.get("id"));
          parts[1] += text(function.get("name"));
          parts[2] += text(function.get("arguments"));
        }
      }
    }
    List<Call> whole =
        calls.values().stream().map(p -> new Call(p[0], p[1], arguments(p[2]))).toList();
    return withOpenAiUsage(text.toString(), finish, whole, last);
  }

  private static Answer withOpenAiUsage(
      String text, String finish, List<Call> calls, Map<String, Object> from) {
    Map<String, Object> usage = map(from.get("usage"));
    return new Answer(
        text,
        finish,
        calls,
        usage.isEmpty() ? -1 : number(usage.get("prompt_tokens")),
        usage.isEmpty() ? -1 : number(usage.get("completion_tokens")),
        number(map(usage.get("prompt_tokens_details")).get("cached_tokens")));
  }

  private static Answer anthropic(Map<String, Object> message) {
    StringBuilder text = new StringBuilder();
    List<Call> calls = new ArrayList<>();
    for (Map<String, Object> block : maps(message.get("content"))) {
      switch (text(block.get("type"))) {
        case "text" -> text.append(text(block.get("text")));
        case "tool_use" ->
            calls.add(
                new Call(text(block.get("id")), text(block.get("name")), map(block.get("input"))));
        default -> {}
      }
    }
    return withAnthropicUsage(
        text.toString(), text(message.get("stop_reason")), calls, map(message.get("usage")));
  }

  private static Answer anthropicStream(List<Map<String, Object>> events) {
    StringBuilder text = new StringBuilder();
    String stop = "";
    Map<Integer, String[]> calls = new TreeMap<>();
    Map<String, Object> usage = new TreeMap<>();
    for (Map<String, Object> event : events) {
      int index = (int) number(event.get("index"));
      switch (text(event.get("type"))) {
        case "message_start" -> usage.putAll(map(map(event.get("message")).get("usage")));
        case "content_block_start" -> {
          Map<String, Object> block = map(event.get("content_block"));
          text.append(text(block.get("text")));
          if ("tool_use".equals(block.get("type"))) {
            calls.put(index, new String[] {text(block.get("id")), text(block.get("name")), ""});
          }
        }
        case "content_block_delta" -> {
          Map<String, Object> delta = map(event.get("delta"));
          text.append(text(delta.get("text")));
          String[] call = calls.get(index);
          if (call != null) {
            call[2] += text(delta.get("partial_json"));
          }
        }
        case "message_delta" -> {
          stop = text(map(event.get("delta")).get("stop_reason"));
          map(event.get("usage"))
              .forEach(
                  (key, value) -> {
                    if (value != null) {
                      usage.put(key, value); // cumulative: the last word counts
                    }
                  });
        }
        default -> {}
      }
    }
    List<Call> whole =
        calls.values().stream().map(p -> new Call(p[0], p[1], arguments(p[2]))).toList();
    return withAnthropicUsage(text.toString(), stop, whole, usage);
  }

  private static Answer withAnthropicUsage(
      String text, String stop, List<Call> calls, Map<String, Object> usage) {
    long cached = number(usage.get("cache_read_input_tokens"));
    return new Answer(
        text,
        switch (stop) {
          case "max_tokens", "model_context_window_exceeded" -> "length";
          case "tool_use" -> "tool_calls";
          case "refusal" -> "content_filter";
          default -> "stop";
        },
        calls,
        number(usage.get("input_tokens"))
            + cached
            + number(usage.get("cache_creation_input_tokens")),
        number(usage.get("output_tokens")),
        cached);
  }

  private static Object arguments(String json) {
    return json.isEmpty() ? Map.of() : Recordings.object(json.getBytes(StandardCharsets.UTF_8));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> maps(@Nullable Object list) {
    return list instanceof List<?> ? (List<Map<String, Object>>) list : List.of();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object object) {
    return object instanceof Map<?, ?> ? (Map<String, Object>) object : Map.of();
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}
