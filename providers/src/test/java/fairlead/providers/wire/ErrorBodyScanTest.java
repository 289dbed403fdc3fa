package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ErrorBodyScanTest {
  private final ErrorBodyScan error = new ErrorBodyScan();

  private void scan(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    error.scan(bytes, 0, bytes.length);
  }

  private void expect(String message, String type, String code) {
    assertThat(error.message()).isEqualTo(message);
    assertThat(error.type()).isEqualTo(type);
    assertThat(error.code()).isEqualTo(code);
  }

  @Test
  void understandsEveryShape() {
    scan("{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":\"p\",\"code\":\"c\"}}");
    expect("m", "t", "c");
    assertThat(error.param()).isEqualTo("p");
    scan(
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");
    expect("Overloaded", "overloaded_error", "");
    scan("{\"code\":\"invalid-argument\",\"error\":\"Incorrect API key\"}");
    expect("Incorrect API key", "", "invalid-argument");
    scan("{\"detail\":\"Invalid API Key\"}");
    expect("Invalid API Key", "", "");
    scan(
        "{\"detail\":[{\"loc\":[\"body\",\"n\"],\"msg\":\"too small\",\"type\":\"value_error\"}]}");
    expect("too small", "value_error", "");
    scan("{\"id\":\"1\",\"message\":\"too many tokens\",\"error_type\":\"TOO_MANY_TOKENS\"}");
    expect("too many tokens", "TOO_MANY_TOKENS", "");
    scan("{\"__type\":\"ValidationException\",\"Message\":\"bad\"}");
    expect("bad", "ValidationException", "");
    scan("{\"object\":\"error\",\"message\":\"m\",\"type\":\"BadRequestError\",\"code\":400}");
    expect("m", "BadRequestError", "400");
    scan(
        "{\"success\":false,\"errors\":[{\"code\":7003,\"message\":\"no route\"}],\"result\":null}");
    expect("no route", "", "7003");
    scan("{\"message\":{\"detail\":[{\"msg\":\"field required\"}]}}");
    expect("field required", "", "");
    scan("\"just text\"");
    expect("just text", "", "");
  }

  @Test
  void findsTheFinerReason() {
    scan(
        "[{\"error\":{\"code\":429,\"message\":\"quota\",\"status\":\"RESOURCE_EXHAUSTED\","
            + "\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
            + "\"reason\":\"RATE_LIMIT_EXCEEDED\"},{\"@type\":"
            + "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"34.4s\"}]}}]");
    expect("quota", "RESOURCE_EXHAUSTED", "429");
    assertThat(error.reason()).isEqualTo("RATE_LIMIT_EXCEEDED");
    assertThat(error.retryDelayMillis()).isEqualTo(34_400);
    scan(
        "{\"error\":{\"code\":\"content_filter\",\"message\":\"filtered\",\"innererror\":"
            + "{\"code\":\"ResponsibleAIPolicyViolation\",\"message\":\"inner\"}}}");
    expect("filtered", "", "content_filter");
    assertThat(error.reason()).isEqualTo("ResponsibleAIPolicyViolation");
    scan(
        "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"m\","
            + "\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}}}");
    assertThat(error.reason()).isEqualTo("enforced_spend_limit_reached");
    scan("{}");
    assertThat(error.reason()).isEmpty();
    assertThat(error.retryDelayMillis()).isEqualTo(-1);
  }

  @Test
  void readsDurations() {
    String[] texts = {
      "0s", "1s", "0.5s", "34.4s", "0.0015s", "99999999999999s", "s", "1", "x", "1.2.3s"
    };
    long[] millis = {0, 1000, 500, 34_400, 1, 366L * 24 * 3600 * 1000, -1, -1, -1, -1};
    for (int i = 0; i < texts.length; i++) {
      byte[] bytes = texts[i].getBytes(StandardCharsets.UTF_8);
      assertThat(ErrorText.durationMillis(bytes, 0, bytes.length))
          .as(texts[i])
          .isEqualTo(millis[i]);
    }
  }

  @Test
  void makesALineOfPagesAndText() {
    scan("");
    expect("", "", "");
    scan(" \r\n ");
    expect("", "", "");
    scan("upstream connect error\n\n  or disconnect");
    expect("upstream connect error or disconnect", "", "");
    scan(
        "<!DOCTYPE html>\n<HTML><head><TITLE>502 Bad\n Gateway</TITLE></head><body>x</body></html>");
    expect("502 Bad Gateway", "", "");
    scan("<html><body><h1>Oops</h1><p>try later</p></body></html>");
    expect("Oops try later", "", "");
    scan("<html");
    assertThat(error.message()).isEmpty();
    scan("{\"unexpected\":true}");
    assertThat(error.message()).isEqualTo("{\"unexpected\":true}");
  }

  @Test
  void boundsEverything() {
    scan(
        "{\"error\":{\"message\":\""
            + "é\\n".repeat(100_000)
            + "\",\"type\":\""
            + "t".repeat(500)
            + "\"}}");
    // The body ends for us inside the message, which is then shown as it stands.
    assertThat(error.message().getBytes(StandardCharsets.UTF_8).length).isLessThan(1100);
    scan(
        "{\"error\":{\"type\":\""
            + "t".repeat(500)
            + "\",\"message\":\""
            + "é\\n".repeat(10_000)
            + "\"}}");
    assertThat(error.message()).endsWith("…").doesNotContain("\ufffd");
    assertThat(error.message().getBytes(StandardCharsets.UTF_8).length).isLessThan(1100);
    assertThat(error.type()).hasSize(ErrorBodyScan.MAX_FIELD_BYTES + 1).endsWith("…");
    scan("{\"error\":".repeat(600) + "1");
    assertThat(error.message()).isNotNull();
    scan("[".repeat(1_000_000));
    assertThat(error.message().length()).isLessThanOrEqualTo(ErrorBodyScan.MAX_MESSAGE_BYTES + 1);
    scan("{\"error\":{\"message\":\"cut in the mid");
    assertThat(error.message()).contains("cut in the mid");
    scan("{\"error\":{\"message\":\"whole\",\"type\":\"cu");
    assertThat(error.message()).isEqualTo("whole");
  }

  @Test
  void decodesEscapes() {
    scan("{\"error\":{\"message\":\"a \\\"b\\\" \\u00e9 \\ud83d\\ude00 \\ud800\\n\"}}");
    assertThat(error.message()).isEqualTo("a \"b\" é 😀 \ufffd\n");
  }
}
