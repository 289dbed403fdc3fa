package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.JsonScan;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stored answer as a stream, and that stream as a whole answer again. */
final class AnswerReplayTest {
  private static final Usage NO_USAGE = new Usage();

  private final AnswerReplay replay = new AnswerReplay();
  private final StreamAssembler assembler = new StreamAssembler();

  private @Nullable String replayed(String answer, boolean usage) {
    ByteSink out = new ByteSink().ascii("before");
    boolean good = replay.stream(answer.getBytes(StandardCharsets.UTF_8), usage, out);
    String text = out.toString().substring("before".length());
    assertThat(good || text.isEmpty()).isTrue();
    return good ? text : null;
  }

  private @Nullable String assembled(String events) {
    ByteSink out = new ByteSink();
    byte[] bytes = events.getBytes(StandardCharsets.UTF_8);
    return assembler.assemble(bytes, 0, bytes.length, NO_USAGE, out) ? out.toString() : null;
  }

  @Test
  void streamOfAStoredAnswerIsWhatOpenAiSends() {
    String answer =
        "{\"id\":\"c-1\",\"object\":\"chat.completion\",\"created\":7,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"It broke.\","
            + "\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
    String head =
        "data: {\"object\":\"chat.completion.chunk\",\"id\":\"c-1\",\"created\":7,\"model\":\"m\","
            + "\"choices\":[";
    String begin = head + "{\"index\":0,\"delta\":{";
    String withoutUsage =
        begin
            + "\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"finish_reason\":null}]}\n\n"
            + begin
            + "\"content\":\"It broke.\"},\"finish_reason\":null}]}\n\n"
            + begin
            + "},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";
    assertThat(replayed(answer, false)).isEqualTo(withoutUsage + "data: [DONE]\n\n");
    assertThat(replayed(answer, true))
        .isEqualTo(
            withoutUsage
                + head
                + "],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}\n\n"
                + "data: [DONE]\n\n");
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void whatAHugeAnswerNeedsIsGivenBack() {
    int size = 1 << 20;
    String filler = "x".repeat(size);
    byte[] answer =
        ("{\"id\":\""
                + filler
                + "\",\"x\":\""
                + filler
                + "\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},"
                + "\"finish_reason\":\"stop\"}]}")
            .getBytes(StandardCharsets.UTF_8);
    ByteSink out = new ByteSink(16 * size);
    assertThat(replay.stream(answer, false, out)).isTrue();
    String first = out.toString();
    out.clear();
    long before = allocatedBytes();
    replay.stream(answer, false, out);
    assertThat(allocatedBytes() - before).isLessThan(size);
    replay.trim();
    out.clear();
    before = allocatedBytes();
    replay.stream(answer, false, out);
    assertThat(allocatedBytes() - before).isGreaterThan(2L * size);
    assertThat(out).hasToString(first);
  }

  @Test
  void whatIsNoAnswerIsNotMadeAStream() {
    for (String broken :
        new String[] {
          "",
          "{}",
          "[]",
          "{\"choices\":[]}",
          "{\"choices\":7}",
          "{\"choices\":[7]}",
          "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}",
          "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":null}]}",
          "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"\"}]}",
          "{\"choices\":[{\"message\":7,\"finish_reason\":\"stop\"}]}",
          "{\"choices\":[{\"text\":\"x\",\"finish_reason\":\"stop\"}]}",
          "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]",
        }) {
      assertThat(replayed(broken, true)).as(broken).isNull();
    }
  }

  @Test
  void recordedAnswersComeBackFromTheirStreams() {
    int tried = 0;
    for (Recorded.Chat chat : Recorded.chats()) {
      if (chat.status() != 200 || chat.isStream()) {
        continue;
      }
      Map<String, Object> answer = Recorded.object(chat.response());
      if (!finished(answer)) {
        continue;
      }
      assertRoundTrip(chat.response(), chat.source());
      tried++;
    }
    assertThat(tried).isGreaterThan(100);
  }

  @Test
  void recordedStreamsBecomeAnswersThatComeBack() {
    int tried = 0;
    int whole = 0;
    for (Recorded.Chat chat : Recorded.chats()) {
      if (chat.status() != 200 || !chat.isStream()) {
        continue;
      }
      tried++;
      String answer = assembled(chat.response());
      if (answer == null) {
        continue;
      }
      whole++;
      assertThat(texts(answer)).as(chat.source()).isEqualTo(SlowAnswer.texts(chat.response()));
      assertRoundTrip(answer, chat.source());
    }
    assertThat(tried).isGreaterThan(40);
    assertThat(whole).as("of %s streams", tried).isGreaterThan(tried * 8 / 10);
  }

  @Test
  void generatedAnswersComeBackFromTheirStreams() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 2000; round++) {
      String answer = generated(random);
      if (random.nextBoolean()) {
        answer = answer.replace(",\"", "\r\n ,\n\"").replace("{\"", "{ \n\"");
      }
      assertRoundTrip(answer, "seed " + seed + ", round " + round + ": " + answer);
    }
  }

  private void assertRoundTrip(String answer, String shown) {
    String events = replayed(answer, true);
    assertThat(events).as(shown).isNotNull();
    String back = assembled(String.valueOf(events));
    assertThat(back).as(shown).isNotNull();
    assertThat(normal(Recorded.object(String.valueOf(back))))
        .as(shown)
        .isEqualTo(normal(Recorded.object(answer)));
    for (String event : String.valueOf(events).split("\n\n", -1)) {
      if (!event.isEmpty() && !event.equals("data: [DONE]")) {
        byte[] data = event.substring("data: ".length()).getBytes(StandardCharsets.UTF_8);
        assertThat(JsonNode.parse(new JsonScan(), data, 0, data.length)).as(event).isNotNull();
        assertThat(data.length).as(event).isLessThan(200_000);
      }
    }
  }

  /** What a stream must not give back: the name of its kind, indexes of calls, a missing text. */
  private static Map<String, Object> normal(Map<String, Object> answer) {
    answer.remove("object");
    for (Object each : (List<?>) answer.getOrDefault("choices", List.of())) {
      @SuppressWarnings("unchecked")
      Map<String, Object> choice = (Map<String, Object>) each;
      choice.putIfAbsent("index", 0);
      choice.remove("delta");
      @SuppressWarnings("unchecked")
      Map<String, Object> message =
          (Map<String, Object>) Objects.requireNonNull(choice.get("message"));
      message.putIfAbsent("role", "assistant");
      message.putIfAbsent("content", null);
      if (message.get("tool_calls") instanceof List<?> calls) {
        calls.forEach(call -> ((Map<?, ?>) call).remove("index"));
      }
    }
    return answer;
  }

  private static boolean finished(Map<String, Object> answer) {
    return answer.get("choices") instanceof List<?> choices
        && !choices.isEmpty()
        && choices.stream()
            .allMatch(
                choice ->
                    choice instanceof Map<?, ?> map
                        && map.get("message") instanceof Map
                        && map.get("finish_reason") instanceof String reason
                        && !reason.isEmpty());
  }

  private static List<String> texts(String answer) {
    List<String> texts = new ArrayList<>();
    for (Object each : (List<?>) Recorded.object(answer).getOrDefault("choices", List.of())) {
      Map<?, ?> message = (Map<?, ?>) Objects.requireNonNull(((Map<?, ?>) each).get("message"));
      texts.add(message.get("content") instanceof String text ? text : "");
    }
    return texts;
  }

  /** The texts of a stream by the plainest means. */
  private static final class SlowAnswer {
    static List<String> texts(String events) {
      Map<Integer, StringBuilder> texts = new LinkedHashMap<>();
      for (String line : events.split("\r?\n", -1)) {
        if (line.startsWith("data:") && !line.strip().endsWith("[DONE]")) {
          Map<String, Object> chunk = Recorded.object(line.substring("data:".length()));
          for (Object each : (List<?>) chunk.getOrDefault("choices", List.of())) {
            Map<?, ?> choice = (Map<?, ?>) each;
            int index = choice.get("index") instanceof Integer i ? i : 0;
            StringBuilder text = texts.computeIfAbsent(index, i -> new StringBuilder());
            if (choice.get("delta") instanceof Map<?, ?> delta
                && delta.get("content") instanceof String piece) {
              text.append(piece);
            }
          }
        }
      }
      return texts.values().stream().map(StringBuilder::toString).toList();
    }
  }

  private static String generated(SplittableRandom random) {
    StringBuilder out = new StringBuilder("{\"id\":\"x\",\"created\":1,\"model\":\"m\"");
    if (random.nextBoolean()) {
      out.append(",\"citations\":[\"a\",\"b\"],\"other\":{\"deep\":[1,{\"x\":null}]}");
    }
    out.append(",\"choices\":[");
    int choices = random.nextInt(1, 4);
    for (int i = 0; i < choices; i++) {
      out.append(i == 0 ? "" : ",").append("{\"index\":").append(i);
      out.append(",\"message\":{\"role\":\"assistant\",\"content\":");
      out.append(random.nextInt(8) == 0 ? "null" : text(random));
      if (random.nextInt(3) == 0) {
        out.append(",\"reasoning_content\":").append(text(random));
      }
      if (random.nextInt(5) == 0) {
        out.append(",\"refusal\":").append(text(random));
      }
      if (random.nextInt(4) == 0) {
        out.append(",\"annotations\":[{\"type\":\"url_citation\",\"n\":1.50}],\"unknown\":\"u\"");
      }
      out.append("}");
      if (random.nextBoolean()) {
        out.append(",\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-0.1}]}");
      }
      out.append(",\"finish_reason\":\"stop\"}");
    }
    out.append("]");
    if (random.nextBoolean()) {
      out.append(",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}");
    }
    return out.append("}").toString();
  }

  private static String text(SplittableRandom random) {
    String[] pieces = {
      "word ",
      "a",
      "\\n",
      "\\\"",
      "\\\\",
      "é",
      "漢字",
      "😀",
      "\\ud83d\\ude00",
      "\\u0041",
      "a rather long run of words without an end to it, or nearly so "
    };
    StringBuilder text = new StringBuilder("\"");
    boolean dense = random.nextBoolean();
    String same = pieces[random.nextInt(pieces.length)];
    for (int i = random.nextInt(1 << random.nextInt(1, 12)); i > 0; i--) {
      text.append(dense ? same : pieces[random.nextInt(pieces.length)]);
    }
    return text.append('"').toString();
  }
}
