package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.server.caching.StorableAnswer.Reason;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which answers may be kept, and what is found in them. */
final class StorableAnswerTest {
  private final StorableAnswer answer = new StorableAnswer();

  private @Nullable Reason check(String json) {
    return check(Operation.CHAT, json);
  }

  private @Nullable Reason check(Operation operation, String json) {
    return answer.check(operation, json.getBytes(StandardCharsets.UTF_8), 10_000);
  }

  private static String chat(String message, String finish) {
    return "{\"choices\":[{\"index\":0,\"message\":{"
        + message
        + "},\"finish_reason\":"
        + finish
        + "}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";
  }

  @Test
  void wholeAnswerIsKeptWithItsTextAndCounts() {
    assertThat(check(chat("\"content\":\"It \\\"broke\\\".\",\"refusal\":null", "\"stop\"")))
        .isNull();
    assertThat(
            new String(
                answer.text(),
                answer.textStart(),
                answer.textEnd() - answer.textStart(),
                StandardCharsets.UTF_8))
        .isEqualTo("It \"broke\".");
    assertThat(answer.usage().promptTokens()).isEqualTo(3);
    assertThat(answer.usage().completionTokens()).isEqualTo(2);
    assertThat(check(chat("\"content\":\"a\",\"tool_calls\":[]", "\"stop\""))).isNull();
    assertThat(answer.textEnd() - answer.textStart()).isEqualTo(1);
  }

  @Test
  void cutActingRefusingEmptyAndFailedAnswersAreNot() {
    String text = "\"content\":\"a\"";
    for (String finish : new String[] {"\"length\"", "\"content_filter\"", "null", "\"\"", "7"}) {
      assertThat(check(chat(text, finish))).as(finish).isEqualTo(Reason.NOT_FINISHED);
    }
    assertThat(check("{\"choices\":[{\"message\":{\"content\":\"a\"}}]}"))
        .isEqualTo(Reason.NOT_FINISHED);
    assertThat(check(chat(text + ",\"tool_calls\":[{\"id\":\"x\"}]", "\"stop\"")))
        .isEqualTo(Reason.TOOL_CALLS);
    assertThat(check(chat("\"content\":null,\"function_call\":{\"name\":\"x\"}", "\"stop\"")))
        .isEqualTo(Reason.TOOL_CALLS);
    assertThat(check(chat("\"content\":null,\"refusal\":\"I cannot\"", "\"stop\"")))
        .isEqualTo(Reason.REFUSAL);
    assertThat(check(chat("\"content\":\"\"", "\"stop\""))).isEqualTo(Reason.EMPTY);
    assertThat(check(chat("\"content\":null", "\"stop\""))).isEqualTo(Reason.EMPTY);
    assertThat(check("{\"error\":{\"message\":\"x\"}}")).isEqualTo(Reason.ERROR);
    assertThat(check("{\"choices\":[]}")).isEqualTo(Reason.MALFORMED);
    assertThat(check("{\"choices\":[{\"mess")).isEqualTo(Reason.MALFORMED);
    assertThat(check(chat("\"content\":\"" + "a".repeat(20_000) + "\"", "\"stop\"")))
        .isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void oneBadChoiceSpoilsAll() {
    String good = "{\"index\":1,\"message\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}";
    String bad = "{\"index\":0,\"message\":{\"content\":\"a\"},\"finish_reason\":\"length\"}";
    assertThat(check("{\"choices\":[" + good + "," + bad + "]}")).isEqualTo(Reason.NOT_FINISHED);
    assertThat(check("{\"choices\":[" + good + "," + bad.replace("length", "stop") + "]}"))
        .isNull();
    assertThat(answer.text()[answer.textStart()]).as("of the choice 0").isEqualTo((byte) 'a');
  }

  @Test
  void otherOperationsHaveTheirOwnShape() {
    assertThat(
            check(
                Operation.COMPLETIONS,
                "{\"choices\":[{\"text\":\"once\",\"finish_reason\":\"stop\"}]}"))
        .isNull();
    assertThat(check(Operation.EMBEDDINGS, "{\"data\":[{\"embedding\":[0.1]}]}")).isNull();
    assertThat(check(Operation.EMBEDDINGS, "{\"data\":[]}")).isEqualTo(Reason.EMPTY);
  }
}
