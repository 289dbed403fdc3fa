package fairlead.providers.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.catalogue.KnownProvider.Wire;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.RequestEdits;
import fairlead.providers.wire.RequestScan;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefillTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "claude-3-haiku-20240307",
        "claude-3-5-sonnet-20241022",
        "claude-3-7-sonnet-latest",
        "claude-sonnet-4-20250514",
        "claude-opus-4-1",
        "claude-haiku-4-5-20251001",
        "claude-sonnet-4-5",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
      })
  void claudeUpTo45GoesOn(String model) {
    assertThat(Prefill.supported(Wire.ANTHROPIC, model)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "claude-opus-4-6",
        "claude-sonnet-4-6",
        "us.anthropic.claude-opus-4-6-v1",
        "claude-opus-4-7",
        "claude-sonnet-5",
        "claude-next",
        "claude-opus-latest",
        "somebody-elses-model-3",
        ""
      })
  void newerOrUnknownOnesAreTakenToRefuse(String model) {
    assertThat(Prefill.supported(Wire.ANTHROPIC, model)).isFalse();
  }

  @Test
  void ofTheOpenAiWireOnlyMistralItselfGoesOn() {
    String mistral = "https://api.mistral.ai/v1";
    assertThat(Prefill.supported(Wire.OPENAI_COMPATIBLE, mistral, "mistral-small-latest")).isTrue();
    assertThat(Prefill.supported(Wire.OPENAI_COMPATIBLE, mistral, "open-mixtral-8x7b")).isTrue();
    assertThat(Prefill.supported(Wire.OPENAI_COMPATIBLE, mistral, "magistral-medium")).isFalse();
    assertThat(Prefill.supported(Wire.OPENAI_COMPATIBLE, "mistral-small-latest")).isFalse();
    assertThat(Prefill.supported(Wire.OPENAI_COMPATIBLE, "http://localhost:11434/v1", "mistral-7b"))
        .isFalse();
    assertThat(Prefill.supported(Wire.OPENAI_COMPATIBLE, "https://api.deepseek.com", "mistral-x"))
        .isFalse();
    assertThat(Prefill.supported(Wire.OPENAI, "https://api.openai.com/v1", "gpt-4o")).isFalse();
    for (String other :
        new String[] {"https://api.mistral.ai.evil/v1", "https://api.mistral.a", "https://", ""}) {
      assertThat(Prefill.mistral(other)).as(other).isFalse();
    }
    for (String same : new String[] {"HTTPS://API.MISTRAL.AI", "http://api.mistral.ai:443/v1"}) {
      assertThat(Prefill.mistral(same)).as(same).isTrue();
    }
  }

  @Test
  void anEditedChatRequestIsTranslatedWithTheBeginningAsLastTurn() throws Exception {
    byte[] body =
        """
        {"model":"m","stream":true,"messages":[{"role":"user","content":"Tell me"}]}"""
            .getBytes(StandardCharsets.UTF_8);
    byte[] sent = "Once \"upon\"\n a time \n".getBytes(StandardCharsets.UTF_8);
    RequestScan scan = new RequestScan();
    assertThat(scan.scan(body, 0, body.length)).isTrue();
    ByteSink edited = new ByteSink();
    new RequestEdits().begin().prefill(scan, sent, 0, sent.length, false).appendTo(scan, edited);
    AnthropicTarget target =
        AnthropicTarget.of("claude-haiku-4-5", 4096, AnthropicTarget.Door.DIRECT);
    ByteSink out = new ByteSink();
    new AnthropicRequest().translate(edited.array(), 0, edited.length(), target, out);
    assertThat(out.toString())
        .contains("{\"role\":\"assistant\",\"content\":")
        .contains("\"Once \\\"upon\\\"\\n a time\"");
  }
}
