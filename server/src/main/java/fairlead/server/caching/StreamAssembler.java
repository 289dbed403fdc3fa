package fairlead.server.caching;

import fairlead.providers.UpstreamException;
import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.JsonScan;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one chat completion of the events of a stream, as if it had not been asked for as one.
 *
 * <p>Not thread-safe, reusable. Allocates in proportion to the stream: it runs where nobody waits.
 *
 * <p>Fields are carried over whether they are known or not. Only of some it is known that their
 * pieces are to be joined. Where pieces of another string differ, nobody can say what the whole is:
 * there is then no answer, since a wrong one would be kept.
 */
public final class StreamAssembler {
  /** Strings that come in pieces, wherever in a delta. */
  private static final Set<String> PIECES =
      Set.of(
          "content",
          "refusal",
          "reasoning",
          "reasoning_content",
          "arguments",
          "input",
          "transcript",
          "data",
          "text",
          "summary",
          "thinking",
          "signature");

  private static final String USAGE = "usage";
  private static final String CHOICES = "choices";
  private static final String INDEX = "index";
  private static final String DELTA = "delta";
  private static final String MESSAGE = "message";
  private static final String LOGPROBS = "logprobs";
  private static final String TOOL_CALLS = "tool_calls";
  private static final String FINISH_REASON = "finish_reason";
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  /** Made for the first stream, since it has 8 KB and most connections assemble none. */
  private @Nullable SseReader reader;

  private final SseEvent event = new SseEvent();
  private final JsonScan scan = new JsonScan();

  private boolean unsure;
  private boolean done;

  /**
   * Appends the whole answer that the events in {@code a[from, to)} amount to.
   *
   * @param usage what the provider has counted, for a stream that does not tell
   * @return false, with nothing appended, if the stream is not complete or cannot be made one
   */
  public boolean assemble(byte[] a, int from, int to, Usage usage, ByteSink out) {
    unsure = false;
    done = false;
    JsonNode answer = JsonNode.object();
    SseReader events = reader;
    if (events == null) {
      events = new SseReader();
      reader = events;
    }
    try {
      read(events, a, from, to, answer);
    } catch (UpstreamException tooLarge) {
      unsure = true;
    } finally {
      events.clear();
      event.clear();
      scan.forget();
    }
    if (unsure || !done || !complete(answer)) {
      return false;
    }
    finish(answer);
    addUsage(answer, usage);
    answer.write(out);
    return true;
  }

  /** Gives back all that streams need. */
  public void trim() {
    reader = null;
  }

  private void read(SseReader reader, byte[] a, int from, int to, JsonNode answer)
      throws UpstreamException {
    int at = from;
    while (true) {
      while (reader.next(event)) {
        accept(event.data(), answer);
      }
      if (at == to) {
        break;
      }
      reader.reserve();
      int count = Math.min(reader.room(), to - at);
      System.arraycopy(a, at, reader.buffer(), reader.limit(), count);
      reader.advance(count);
      at += count;
      if (at == to) {
        reader.end();
      }
    }
  }

  private void accept(ByteRange data, JsonNode answer) {
    if (data.isEmpty() || unsure) {
      return;
    }
    if (Arrays.equals(DONE, 0, DONE.length, data.array(), data.start(), data.end())) {
      done = true;
      return;
    }
    JsonNode chunk = JsonNode.parse(scan, data.array(), data.start(), data.end());
    if (chunk == null || done || chunk.members().containsKey("error")) {
      unsure = true;
      return;
    }
    for (Map.Entry<String, JsonNode> member : chunk.members().entrySet()) {
      switch (member.getKey()) {
        case CHOICES -> choices(member.getValue(), answer);
        case "obfuscation" -> {} // OpenAI's padding of a chunk
        default -> replace(answer, member.getKey(), member.getValue());
      }
    }
  }

  /** The last one that says something counts; objects are merged. */
  private static void replace(JsonNode into, String key, JsonNode value) {
    JsonNode present = into.members().get(key);
    if (present == null || present.isBlank()) {
      into.members().put(key, value);
    } else if (present.kind() == JsonNode.Kind.OBJECT && value.kind() == JsonNode.Kind.OBJECT) {
      value.members().forEach((k, v) -> replace(present, k, v));
    } else if (!value.isBlank()) {
      into.members().put(key, value);
    }
  }

  private void choices(JsonNode chunk, JsonNode answer) {
    JsonNode all = answer.members().computeIfAbsent(CHOICES, key -> JsonNode.array());
    for (JsonNode each : chunk.elements()) {
      JsonNode choice = indexed(all, each);
      for (Map.Entry<String, JsonNode> member : each.members().entrySet()) {
        JsonNode value = member.getValue();
        switch (member.getKey()) {
          case DELTA ->
              join(choice.members().computeIfAbsent(MESSAGE, key -> JsonNode.object()), value);
          case MESSAGE, INDEX -> {} // Perplexity repeats all that was said so far
          case LOGPROBS -> {
            JsonNode present = choice.members().get(LOGPROBS);
            if (present == null || present.isNull()) {
              choice.members().put(LOGPROBS, value);
            } else {
              lists(present, value);
            }
          }
          default -> replace(choice, member.getKey(), value);
        }
      }
    }
  }

  /** The element of the same index; a new one if there is none. */
  private JsonNode indexed(JsonNode list, JsonNode like) {
    JsonNode index = like.members().get(INDEX);
    if (index == null) {
      index = JsonNode.scalar("0");
    }
    for (JsonNode element : list.elements()) {
      JsonNode other = element.members().get(INDEX);
      if (other != null && other.same(index)) {
        return element;
      }
    }
    JsonNode element = JsonNode.object();
    element.members().put(INDEX, index);
    list.elements().add(element);
    return element;
  }

  /** Arrays of probabilities go on where they ended. */
  private void lists(JsonNode present, JsonNode more) {
    for (Map.Entry<String, JsonNode> member : more.members().entrySet()) {
      JsonNode list = present.members().get(member.getKey());
      if (list == null || list.isNull()) {
        present.members().put(member.getKey(), member.getValue());
      } else if (member.getValue().kind() == JsonNode.Kind.ARRAY) {
        list.elements().addAll(member.getValue().elements());
      } else {
        unsure |= !member.getValue().isNull();
      }
    }
  }

  private void join(JsonNode into, JsonNode delta) {
    for (Map.Entry<String, JsonNode> member : delta.members().entrySet()) {
      joinMember(into, member.getKey(), member.getValue());
    }
  }

  private void joinMember(JsonNode into, String key, JsonNode more) {
    JsonNode present = into.members().get(key);
    if (more.kind() == JsonNode.Kind.ARRAY && (present == null || present.isBlank())) {
      present = JsonNode.array();
      into.members().put(key, present);
    }
    if (present == null || present.isNull()) {
      into.members().put(key, more);
    } else if (more.isBlank()) {
      return;
    } else if (present.kind() != more.kind()) {
      unsure |= !present.isBlank();
      into.members().put(key, more);
    } else {
      switch (more.kind()) {
        case OBJECT -> join(present, more);
        case ARRAY -> joinElements(present, more);
        case STRING -> joinText(into, key, present, more);
        case SCALAR -> into.members().put(key, more);
      }
    }
  }

  private void joinText(JsonNode into, String key, JsonNode present, JsonNode more) {
    if (PIECES.contains(key)) {
      // Escapes stay whole, and halves of a pair that were sent apart meet again.
      present.text().append(more.text().array(), 0, more.text().length());
    } else if (present.text().isEmpty()) {
      into.members().put(key, more);
    } else {
      unsure |= !present.same(more);
    }
  }

  private void joinElements(JsonNode present, JsonNode more) {
    for (JsonNode element : more.elements()) {
      if (element.members().containsKey(INDEX)) {
        join(indexed(present, element), element);
      } else {
        present.elements().add(element);
      }
    }
  }

  private static boolean complete(JsonNode answer) {
    JsonNode choices = answer.members().get(CHOICES);
    if (choices == null || choices.elements().isEmpty()) {
      return false;
    }
    for (JsonNode choice : choices.elements()) {
      JsonNode reason = choice.members().get(FINISH_REASON);
      if (reason == null || reason.isBlank() || choice.members().get(MESSAGE) == null) {
        return false;
      }
    }
    return true;
  }

  /** What only a stream has goes, what only a whole answer has comes. */
  private static void finish(JsonNode answer) {
    answer.members().put("object", JsonNode.string("chat.completion"));
    JsonNode choices = answer.members().get(CHOICES);
    if (choices == null) {
      return;
    }
    for (JsonNode choice : choices.elements()) {
      JsonNode message = choice.members().getOrDefault(MESSAGE, JsonNode.object());
      message.members().putIfAbsent("role", JsonNode.string("assistant"));
      message.members().putIfAbsent("content", JsonNode.scalar("null"));
      JsonNode calls = message.members().get(TOOL_CALLS);
      if (calls != null) {
        calls.elements().forEach(call -> call.members().remove(INDEX));
      }
    }
  }

  private static void addUsage(JsonNode answer, Usage counted) {
    JsonNode present = answer.members().get(USAGE);
    if (!counted.known() || (present != null && !present.isNull())) {
      return;
    }
    JsonNode usage = JsonNode.object();
    number(usage, "prompt_tokens", counted.promptTokens());
    number(usage, "completion_tokens", counted.completionTokens());
    number(usage, "total_tokens", counted.totalTokens());
    if (counted.cachedTokens() > 0) {
      JsonNode details = JsonNode.object();
      number(details, "cached_tokens", counted.cachedTokens());
      usage.members().put("prompt_tokens_details", details);
    }
    if (counted.reasoningTokens() > 0) {
      JsonNode details = JsonNode.object();
      number(details, "reasoning_tokens", counted.reasoningTokens());
      usage.members().put("completion_tokens_details", details);
    }
    answer.members().put(USAGE, usage);
  }

  private static void number(JsonNode into, String key, long value) {
    into.members().put(key, JsonNode.scalar(Long.toString(value)));
  }
}
