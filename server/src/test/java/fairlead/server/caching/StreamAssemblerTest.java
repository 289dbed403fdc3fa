package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What streams amount to, and which amount to nothing that may be kept. */
final class StreamAssemblerTest {
  private final StreamAssembler assembler = new StreamAssembler();
  private final Usage usage = new Usage();

  private @Nullable String assembled(String... chunks) {
    StringBuilder events = new StringBuilder();
    for (String chunk : chunks) {
      events.append("data: ").append(chunk).append("\n\n");
    }
    byte[] bytes = events.toString().getBytes(StandardCharsets.UTF_8);
    ByteSink out = new ByteSink();
    boolean good = assembler.assemble(bytes, 0, bytes.length, usage, out);
    assertThat(good || out.isEmpty()).isTrue();
    return good ? out.toString() : null;
  }

  private static String delta(String delta) {
    return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{"
        + delta
        + "},\"finish_reason\":null}]}";
  }

  private static final String FINISH =
      "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";

  private static String answer(String message) {
    return "{\"id\":\"c\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{"
        + message
        + "},\"finish_reason\":\"stop\"}]}";
  }

  @Test
  void whatWasGivenBackIsMadeAgain() {
    String whole = assembled(delta("\"content\":\"a\""), FINISH, "[DONE]");
    assembler.trim();
    assembler.trim();
    assertThat(assembled(delta("\"content\":\"a\""), FINISH, "[DONE]"))
        .isNotNull()
        .isEqualTo(whole);
  }

  @Test
  void piecesAreJoinedAndTheRestIsKept() {
    assertThat(
            assembled(
                delta("\"role\":\"assistant\",\"content\":\"\",\"refusal\":null"),
                delta("\"content\":\"It \""),
                delta("\"content\":\"\\ud83d\""),
                delta("\"content\":\"\\ude00\",\"x\":{\"n\":1.0}"),
                FINISH,
                "[DONE]"))
        .isEqualTo(
            answer(
                "\"role\":\"assistant\",\"content\":\"It \\ud83d\\ude00\",\"refusal\":null,"
                    + "\"x\":{\"n\":1.0}"));
  }

  @Test
  void callsAndProbabilitiesAreJoinedByTheirKind() {
    String calls = "\"tool_calls\":[{\"index\":%s,\"function\":{\"arguments\":\"%s\"}%s}]";
    assertThat(
            assembled(
                delta(calls.formatted(0, "{", ",\"id\":\"a\",\"type\":\"function\"")),
                delta(calls.formatted(1, "[", ",\"id\":\"b\"")),
                delta(calls.formatted(0, "}", ",\"type\":\"function\"")),
                delta(calls.formatted(1, "]", "")),
                FINISH,
                "[DONE]"))
        .isEqualTo(
            answer(
                "\"tool_calls\":[{\"function\":{\"arguments\":\"{}\"},\"id\":\"a\","
                    + "\"type\":\"function\"},{\"function\":{\"arguments\":\"[]\"},\"id\":\"b\"}],"
                    + "\"role\":\"assistant\",\"content\":null"));
    String logprobs =
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%1$s\"},"
            + "\"logprobs\":{\"content\":[\"%1$s\"],\"refusal\":null},\"finish_reason\":\"stop\"}]}";
    assertThat(assembled(logprobs.formatted("a"), logprobs.formatted("b"), "[DONE]"))
        .contains("\"logprobs\":{\"content\":[\"a\",\"b\"],\"refusal\":null}");
  }

  @Test
  void severalChoicesStayApart() {
    String chunk =
        "{\"choices\":[{\"index\":%s,\"delta\":{\"content\":\"%s\"},\"finish_reason\":%s}]}";
    assertThat(
            assembled(
                chunk.formatted(1, "b", "null"),
                chunk.formatted(0, "a", "\"stop\""),
                chunk.formatted(1, "B", "\"stop\""),
                "[DONE]"))
        .contains("\"content\":\"a\"")
        .contains("\"content\":\"bB\"");
    assertThat(
            assembled(
                chunk.formatted(0, "a", "\"stop\""), chunk.formatted(1, "b", "null"), "[DONE]"))
        .isNull();
  }

  @Test
  void usageIsTakenFromTheStreamOrFromWhoCountedIt() {
    String told = "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}";
    usage.prompt(10);
    usage.completion(5);
    assertThat(assembled(delta("\"content\":\"a\""), FINISH, told, "[DONE]"))
        .contains("\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}");
    assertThat(assembled(delta("\"content\":\"a\""), FINISH, "[DONE]"))
        .contains("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}");
  }

  @Test
  void whatIsCutBrokenOrUnclearIsNoAnswer() {
    String text = delta("\"content\":\"a\"");
    assertThat(assembled(text, FINISH)).as("no end mark").isNull();
    assertThat(assembled(text, "[DONE]")).as("no finish reason").isNull();
    assertThat(assembled("[DONE]")).as("nothing").isNull();
    assertThat(assembled(text, "{\"choices\":", FINISH, "[DONE]")).as("no JSON").isNull();
    assertThat(assembled(text, "{\"error\":{\"message\":\"x\"}}", FINISH, "[DONE]")).isNull();
    assertThat(assembled(text, FINISH, "[DONE]", text)).as("after the end").isNull();
    assertThat(assembled(text, delta("\"content\":[{\"type\":\"text\"}]"), FINISH, "[DONE]"))
        .as("text, then parts")
        .isNull();
    assertThat(assembled(delta("\"odd\":\"a\""), delta("\"odd\":\"b\""), FINISH, "[DONE]"))
        .as("pieces or values: nobody knows")
        .isNull();
    assertThat(assembled(delta("\"odd\":\"a\""), delta("\"odd\":\"a\""), FINISH, "[DONE]"))
        .contains("\"odd\":\"a\"");
  }
}
