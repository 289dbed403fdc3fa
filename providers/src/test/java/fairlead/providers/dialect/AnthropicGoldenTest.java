package fairlead.providers.dialect;

import static fairlead.providers.dialect.Recorded.list;
import static fairlead.providers.dialect.Recorded.map;
import static fairlead.providers.dialect.Recorded.string;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import fairlead.providers.Usage;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded Messages answer becomes a chat answer that OpenAI's specification allows. */
class AnthropicGoldenTest {
  private static final String SPLICED = "anthropic__spliced-message-start.chunks.txt";
  private static final long CREATED = 1_700_000_000;

  @TestFactory
  Stream<DynamicTest> recordedAnswers() throws IOException {
    OpenAiSchema schema = new OpenAiSchema();
    List<Recorded.Exchange> all = Recorded.messages();
    assertThat(all).hasSizeGreaterThan(70);
    AnthropicAnswer answer = new AnthropicAnswer(() -> CREATED);
    AnthropicStream stream = new AnthropicStream(() -> CREATED);
    return all.stream()
        .filter(exchange -> !exchange.name().equals(SPLICED))
        .map(
            exchange ->
                DynamicTest.dynamicTest(
                    exchange.name(),
                    () -> {
                      if (exchange.streamed()) {
                        streamed(schema, stream, exchange);
                      } else {
                        plain(schema, answer, exchange);
                      }
                    }));
  }

  private static void plain(
      OpenAiSchema schema, AnthropicAnswer answer, Recorded.Exchange exchange) {
    byte[] body = exchange.response().getBytes(UTF_8);
    ByteSink out = new ByteSink();
    int signals = answer.translate(body, 0, body.length, out);
    Map<String, Object> chat = Recorded.object(out.toString());
    assertThat(schema.problems("CreateChatCompletionResponse", chat)).isEmpty();
    assertThat(signals & (AnswerStream.ERROR | AnswerStream.MALFORMED)).isZero();

    Map<String, Object> original = Recorded.object(exchange.response());
    StringBuilder text = new StringBuilder();
    StringBuilder thinking = new StringBuilder();
    List<Object> blocks = new ArrayList<>();
    List<Object> tools = new ArrayList<>();
    for (Object each : list(original.get("content"))) {
      Map<String, Object> block = map(each);
      switch (string(block.get("type"))) {
        case "text" -> text.append(block.get("text"));
        case "thinking" -> {
          thinking.append(block.get("thinking"));
          blocks.add(block);
        }
        case "redacted_thinking" -> blocks.add(block);
        case "tool_use" -> tools.add(block);
        default -> {}
      }
    }
    Map<String, Object> choice = map(list(chat.get("choices")).getFirst());
    Map<String, Object> message = map(choice.get("message"));
    assertThat(message.get("content")).isEqualTo(text.isEmpty() ? null : text.toString());
    assertThat(message.get("reasoning_content"))
        .isEqualTo(thinking.isEmpty() ? null : thinking.toString());
    assertThat(message.get("thinking_blocks")).isEqualTo(blocks.isEmpty() ? null : blocks);
    List<Object> calls = tools.isEmpty() ? List.of() : list(message.get("tool_calls"));
    assertThat(calls).hasSameSizeAs(tools);
    for (int i = 0; i < tools.size(); i++) {
      Map<String, Object> function = map(map(calls.get(i)).get("function"));
      assertThat(map(calls.get(i)).get("id")).isEqualTo(map(tools.get(i)).get("id"));
      assertThat(Recorded.object(string(function.get("arguments"))))
          .isEqualTo(map(tools.get(i)).get("input"));
    }
    assertThat(choice.get("finish_reason")).isEqualTo(finish(original.get("stop_reason")));
    usageIsExact(map(original.get("usage")), answer.usage(), map(chat.get("usage")));
    assertThat(chat.get("id")).isEqualTo(original.get("id"));
    assertThat(chat.get("model")).isEqualTo(original.get("model"));
    assertThat(chat.get("created")).isEqualTo((int) CREATED);
  }

  private static void streamed(
      OpenAiSchema schema, AnthropicStream stream, Recorded.Exchange exchange)
      throws UpstreamException {
    byte[] bytes = exchange.response().getBytes(UTF_8);
    String whole = run(stream, bytes, bytes.length, true);
    assertThat(run(stream, bytes, 1, true)).isEqualTo(whole);
    if (bytes.length < 2500) {
      for (int split = 1; split < bytes.length; split++) {
        assertThat(run(stream, bytes, split, true)).as("split at %d", split).isEqualTo(whole);
      }
    }

    Rebuilt rebuilt = Rebuilt.of(schema, whole);
    Expected expected = Expected.of(exchange.response());
    assertThat(rebuilt.text.toString()).isEqualTo(expected.text.toString());
    assertThat(rebuilt.reasoning.toString()).isEqualTo(expected.thinking.toString());
    assertThat(rebuilt.finish).isEqualTo(finish(expected.stopReason));
    assertThat(rebuilt.arguments).hasSameSizeAs(expected.inputs);
    for (int i = 0; i < expected.inputs.size(); i++) {
      String input = expected.inputs.get(i).toString();
      assertThat(rebuilt.arguments.get(i)).hasToString(input.isEmpty() ? "{}" : input);
    }
    usageIsExact(expected.usage, stream.usage(), Recorded.required(rebuilt.usage));

    String unwanted = run(stream, bytes, bytes.length, false);
    assertThat(unwanted).doesNotContain("\"usage\"").endsWith("data: [DONE]\n\n");
  }

  /** Feeds {@code bytes} one by one if {@code step} is 1, else in two pieces split there. */
  private static String run(AnthropicStream stream, byte[] bytes, int step, boolean usageWanted)
      throws UpstreamException {
    ByteSink out = new ByteSink();
    stream.begin(usageWanted);
    SseReader reader = new SseReader();
    SseEvent event = new SseEvent();
    int seen = 0;
    int at = 0;
    while (at < bytes.length) {
      int end = step == 1 || at < step ? Math.min(at + step, bytes.length) : bytes.length;
      while (at < end) {
        reader.reserve();
        int count = Math.min(reader.room(), end - at);
        System.arraycopy(bytes, at, reader.buffer(), reader.limit(), count);
        reader.advance(count);
        at += count;
        while (reader.next(event)) {
          seen |= stream.accept(event, out);
        }
      }
    }
    int wanted = AnswerStream.FINISH | AnswerStream.DONE | AnswerStream.USAGE;
    assertThat(seen & ~(AnswerStream.CONTENT | AnswerStream.ALIVE)).isEqualTo(wanted);
    stream.finish(out);
    stream.finish(out);
    return out.toString();
  }

  private static String finish(@Nullable Object stopReason) {
    return switch (string(stopReason)) {
      case "end_turn", "stop_sequence", "pause_turn" -> "stop";
      case "max_tokens" -> "length";
      case "tool_use" -> "tool_calls";
      case "refusal" -> "content_filter";
      default -> throw new AssertionError("a stop reason this test does not know: " + stopReason);
    };
  }

  private static void usageIsExact(
      Map<String, Object> recorded, Usage usage, Map<String, Object> written) {
    long read = number(recorded.get("cache_read_input_tokens"));
    long creation = number(recorded.get("cache_creation_input_tokens"));
    long prompt = number(recorded.get("input_tokens")) + read + creation;
    long completion = number(recorded.get("output_tokens"));
    assertThat(usage.known()).isTrue();
    assertThat(usage.promptTokens()).isEqualTo(prompt);
    assertThat(usage.completionTokens()).isEqualTo(completion);
    assertThat(usage.cachedTokens()).isEqualTo(read);
    assertThat(usage.cacheWriteTokens()).isEqualTo(creation);
    long thinking =
        recorded.get("output_tokens_details") instanceof Map<?, ?> details
            ? number(details.get("thinking_tokens"))
            : 0;
    assertThat(usage.reasoningTokens()).isEqualTo(thinking);
    assertThat(number(written.get("prompt_tokens"))).isEqualTo(prompt);
    assertThat(number(written.get("completion_tokens"))).isEqualTo(completion);
    assertThat(number(written.get("total_tokens"))).isEqualTo(prompt + completion);
    assertThat(number(map(written.get("prompt_tokens_details")).get("cached_tokens")))
        .isEqualTo(read);
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** What the provider's events say, read by a slow twin. */
  private static final class Expected {
    final StringBuilder text = new StringBuilder();
    final StringBuilder thinking = new StringBuilder();
    final List<StringBuilder> inputs = new ArrayList<>();
    final Map<String, Object> usage = new HashMap<>();
    @Nullable Object stopReason;
    String openType = "";

    static Expected of(String sse) {
      Expected expected = new Expected();
      for (String line : sse.split("\n", -1)) {
        if (line.startsWith("data: ")) {
          expected.take(Recorded.object(line.substring(6)));
        }
      }
      return expected;
    }

    private void take(Map<String, Object> event) {
      switch (string(event.get("type"))) {
        case "message_start" -> overwrite(map(event.get("message")).get("usage"));
        case "content_block_start" -> {
          openType = string(map(event.get("content_block")).get("type"));
          if (openType.equals("tool_use")) {
            inputs.add(new StringBuilder());
          }
        }
        case "content_block_delta" -> {
          Map<String, Object> delta = map(event.get("delta"));
          if (delta.get("text") instanceof String s) {
            text.append(s);
          } else if (delta.get("thinking") instanceof String s) {
            thinking.append(s);
          } else if (delta.get("partial_json") instanceof String s && openType.equals("tool_use")) {
            inputs.getLast().append(s);
          }
        }
        case "message_delta" -> {
          stopReason = map(event.get("delta")).get("stop_reason");
          overwrite(event.get("usage"));
        }
        default -> {}
      }
    }

    private void overwrite(@Nullable Object counts) {
      if (counts != null) {
        usage.putAll(map(counts));
      }
    }
  }

  /** What a chat client makes of the chunks. */
  static final class Rebuilt {
    final StringBuilder text = new StringBuilder();
    final StringBuilder reasoning = new StringBuilder();
    final List<StringBuilder> arguments = new ArrayList<>();
    final List<Object> thinkingBlocks = new ArrayList<>();
    String finish = "";
    @Nullable Map<String, Object> usage;

    static Rebuilt of(OpenAiSchema schema, String sse) {
      Rebuilt rebuilt = new Rebuilt();
      String[] events = sse.split("\n\n", -1);
      assertThat(events[events.length - 1]).isEmpty();
      assertThat(events[events.length - 2]).isEqualTo("data: [DONE]");
      Object id = null;
      for (int i = 0; i < events.length - 2; i++) {
        assertThat(events[i]).startsWith("data: {").doesNotContain("\n");
        Map<String, Object> chunk = Recorded.object(events[i].substring(6));
        assertThat(schema.problems("CreateChatCompletionStreamResponse", chunk)).isEmpty();
        assertThat(id == null || id.equals(chunk.get("id"))).isTrue();
        id = chunk.get("id");
        rebuilt.take(chunk, i == 0, i == events.length - 3);
      }
      return rebuilt;
    }

    private void take(Map<String, Object> chunk, boolean isFirst, boolean isLast) {
      assertThat(chunk).containsKey("usage");
      List<Object> choices = list(chunk.get("choices"));
      if (choices.isEmpty()) {
        assertThat(isLast).isTrue();
        usage = map(chunk.get("usage"));
        return;
      }
      assertThat(finish).as("nothing follows the finish but usage").isEmpty();
      Map<String, Object> delta = map(map(choices.getFirst()).get("delta"));
      assertThat(delta.containsKey("role")).isEqualTo(isFirst);
      if (delta.get("content") instanceof String s) {
        text.append(s);
      }
      if (delta.get("reasoning_content") instanceof String s) {
        reasoning.append(s);
      }
      if (delta.containsKey("thinking_blocks")) {
        thinkingBlocks.addAll(list(delta.get("thinking_blocks")));
      }
      if (delta.containsKey("tool_calls")) {
        Map<String, Object> call = map(list(delta.get("tool_calls")).getFirst());
        int index = (int) number(call.get("index"));
        Map<String, Object> function = map(call.get("function"));
        if (call.containsKey("id")) {
          assertThat(index).isEqualTo(arguments.size());
          assertThat(call.get("type")).isEqualTo("function");
          assertThat(string(function.get("name"))).isNotEmpty();
          arguments.add(new StringBuilder());
        }
        arguments.get(index).append(function.get("arguments"));
      }
      if (map(choices.getFirst()).get("finish_reason") instanceof String s) {
        finish = s;
      }
    }
  }
}
