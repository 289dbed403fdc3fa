package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ChatAnswerScanTest {
  private final ChatAnswerScan scan = new ChatAnswerScan();

  private boolean scan(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return scan.scan(bytes, 0, bytes.length);
  }

  @Test
  void readsAChatAnswer() {
    // DeepSeek sends blank lines while a plain request queues.
    assertThat(
            scan(
                "\n\n\n{\"model\":\"m-1\",\"choices\":[{\"message\":{\"content\":\"hi\"},"
                    + "\"finish_reason\":\"stop\"},{\"message\":{\"content\":null,\"tool_calls\":[]},"
                    + "\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":3,"
                    + "\"completion_tokens\":4.0,\"prompt_cache_hit_tokens\":2}}"))
        .isTrue();
    assertThat(scan.model()).hasToString("m-1");
    assertThat(scan.finished()).isTrue();
    assertThat(scan.finishReason()).hasToString("length");
    assertThat(scan.hasContent()).isTrue();
    assertThat(scan.isError()).isFalse();
    assertThat(scan.usage().promptTokens()).isEqualTo(3);
    assertThat(scan.usage().completionTokens()).isEqualTo(4);
    assertThat(scan.usage().cachedTokens()).isEqualTo(2);
  }

  @Test
  void countsReasoningThatXaiCountsBeside() {
    scan(
        "{\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":22,"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":7}}}");
    assertThat(scan.usage().completionTokens()).isEqualTo(12);
    scan(
        "{\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":12,\"total_tokens\":22,"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":7}}}");
    assertThat(scan.usage().completionTokens()).isEqualTo(12);
  }

  @Test
  void passesOverUsageThatSaysNothing() {
    for (String usage :
        new String[] {
          "null", "{}", "[]", "5", "{\"prompt_tokens\":\"5\"}", "{\"total_tokens\":5}"
        }) {
      scan("{\"usage\":" + usage + "}");
      assertThat(scan.usage().known()).as(usage).isFalse();
    }
    scan("{\"usage\":{\"prompt_tokens\":-5,\"completion_tokens\":2}}");
    assertThat(scan.usage().promptTokens()).isZero();
  }

  @Test
  void findsErrorsInsideGoodStatus() {
    String[] bodies = {
      "{\"error\":{\"message\":\"boom\",\"code\":502}}",
      "{\"error\":\"boom\"}",
      "{\"object\":\"error\",\"message\":\"boom\"}",
      "{\"choices\":[{\"finish_reason\":\"error\",\"error\":{\"message\":\"boom\"}}]}",
    };
    for (String body : bodies) {
      assertThat(scan(body)).isTrue();
      assertThat(scan.isError()).as(body).isTrue();
      assertThat(scan.error().message()).isEqualTo("boom");
    }
    for (String reason : new String[] {"error", "insufficient_system_resource", "network_error"}) {
      scan(
          "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"" + reason + "\"}]}");
      assertThat(scan.isError()).as(reason).isTrue();
      assertThat(scan.error().message()).isEqualTo(reason);
    }
    scan(
        "{\"error\":null,\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}");
    assertThat(scan.isError()).isFalse();
    assertThat(scan.error().message()).isEmpty();
  }

  @Test
  void readsEmbeddings() {
    assertThat(
            scan(
                "{\"object\":\"list\",\"data\":[{\"embedding\":[0.1,-2e-3]}],\"model\":\"e\","
                    + "\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}"))
        .isTrue();
    assertThat(scan.hasContent()).isTrue();
    assertThat(scan.finished()).isFalse();
    assertThat(scan.hasChoices()).isFalse();
    assertThat(scan.usage().promptTokens()).isEqualTo(8);
  }

  @Test
  void refusesWhatIsNoWholeObject() {
    for (String body : new String[] {"", "[]", "x", "{\"choices\":[", "<html>", "{} {}"}) {
      assertThat(scan(body)).as(body).isFalse();
      assertThat(scan.errorMessage()).isNotEmpty();
    }
  }
}
