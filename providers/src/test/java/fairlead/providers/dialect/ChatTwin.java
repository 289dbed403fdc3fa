package fairlead.providers.dialect;

import fairlead.providers.Usage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The slow reading of chat chunks that the scan in place must agree with. */
final class ChatTwin {
  private static final Set<String> FAILURES =
      Set.of("error", "insufficient_system_resource", "network_error");

  final Usage usage = new Usage();

  int chunk(Map<String, Object> chunk) {
    int signals = 0;
    if (isError(chunk.get("error")) || "error".equals(chunk.get("object"))) {
      signals |= AnswerStream.ERROR;
    }
    for (Object each : list(chunk.get("choices"))) {
      Map<?, ?> choice = map(each);
      if (content(map(choice.get("delta"))) || text(choice.get("text"))) {
        signals |= AnswerStream.CONTENT;
      }
      if (choice.get("finish_reason") instanceof String reason && !reason.isEmpty()) {
        signals |= FAILURES.contains(reason) ? AnswerStream.ERROR : AnswerStream.FINISH;
      }
      if (isError(choice.get("error"))) {
        signals |= AnswerStream.ERROR;
      }
    }
    Map<?, ?> groq = map(chunk.get("x_groq"));
    if (isError(groq.get("error"))) {
      signals |= AnswerStream.ERROR;
    }
    boolean counted = usage(chunk.get("usage"));
    counted |= usage(groq.get("usage"));
    return signals | (counted ? AnswerStream.USAGE : 0);
  }

  static boolean content(Map<?, ?> delta) {
    for (String key : List.of("content", "reasoning_content", "reasoning", "refusal", "images")) {
      if (text(delta.get(key)) || !list(delta.get(key)).isEmpty()) {
        return true;
      }
    }
    for (Object each : list(delta.get("tool_calls"))) {
      Map<?, ?> function = map(map(each).get("function"));
      Map<?, ?> custom = map(map(each).get("custom"));
      if (text(function.get("name"))
          || text(function.get("arguments"))
          || text(custom.get("name"))
          || text(custom.get("input"))) {
        return true;
      }
    }
    Map<?, ?> call = map(delta.get("function_call"));
    Map<?, ?> audio = map(delta.get("audio"));
    return text(call.get("name"))
        || text(call.get("arguments"))
        || text(audio.get("data"))
        || text(audio.get("transcript"));
  }

  boolean usage(@Nullable Object value) {
    Map<?, ?> u = map(value);
    long prompt = number(u.get("prompt_tokens"));
    long completion = number(u.get("completion_tokens"));
    if (prompt < 0 && completion < 0) {
      return false;
    }
    long cached =
        Math.max(
            number(map(u.get("prompt_tokens_details")).get("cached_tokens")),
            Math.max(number(u.get("prompt_cache_hit_tokens")), number(u.get("cached_tokens"))));
    long reasoning =
        Math.max(
            number(map(u.get("completion_tokens_details")).get("reasoning_tokens")),
            number(u.get("reasoning_tokens")));
    if (reasoning > 0 && number(u.get("total_tokens")) == prompt + completion + reasoning) {
      completion += reasoning;
    }
    usage.prompt(Math.max(prompt, 0));
    usage.completion(Math.max(completion, 0));
    usage.cached(Math.max(cached, 0));
    usage.cacheWrite(
        Math.max(number(map(u.get("prompt_tokens_details")).get("cache_write_tokens")), 0));
    usage.reasoning(Math.max(reasoning, 0));
    return true;
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number n ? n.longValue() : -1;
  }

  private static boolean isError(@Nullable Object value) {
    return value instanceof Map || text(value);
  }

  static boolean text(@Nullable Object value) {
    return value instanceof String s && !s.isEmpty();
  }

  static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }
}
