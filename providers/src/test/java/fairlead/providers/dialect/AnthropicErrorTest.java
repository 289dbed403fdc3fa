package fairlead.providers.dialect;

import static fairlead.providers.dialect.Recorded.map;
import static fairlead.providers.dialect.Recorded.string;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.wire.ByteSink;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Error bodies in the terms of the chat wire. Single quotes stand for double ones. */
class AnthropicErrorTest {
  private final AnthropicError error = new AnthropicError();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | authentication_error | invalid x-api-key | authentication_error | | invalid_api_key",
        "402 | billing_error | pay | insufficient_quota | | insufficient_quota",
        "403 | permission_error | no | permission_error | | permission_denied",
        "404 | not_found_error | model: x | invalid_request_error | | model_not_found",
        "404 | not_found_error | no such file | invalid_request_error | | not_found",
        "413 | request_too_large | big | invalid_request_error | | request_too_large",
        "429 | rate_limit_error | slow | rate_limit_error | | rate_limit_exceeded",
        "500 | api_error | oops | server_error | | internal_error",
        "504 | timeout_error | late | server_error | | timeout",
        "529 | overloaded_error | Overloaded | server_error | | overloaded",
        "400 | invalid_request_error | prompt is too long: 9 tokens > 8 maximum"
            + " | invalid_request_error | messages | context_length_exceeded",
        "400 | invalid_request_error | max_tokens: must be less | invalid_request_error"
            + " | max_tokens |",
        "400 | invalid_request_error | messages.1.content: bad | invalid_request_error"
            + " | messages.1.content |",
        "400 | invalid_request_error | This model does not: x | invalid_request_error | |",
        "400 | invalid_request_error | Your credit balance is too low | insufficient_quota"
            + " | | insufficient_quota",
        "400 | invalid_request_error | Output blocked by content filtering policy"
            + " | invalid_request_error | | content_filter",
        "418 | teapot_error | short | teapot_error | |",
      })
  void types(int status, String from, String message, String type, String param, String code) {
    read(status, "{'type':'error','error':{'type':'" + from + "','message':'" + message + "'}}");
    assertThat(error.message()).isEqualTo(message);
    assertThat(error.providerType()).isEqualTo(from);
    assertThat(error.type()).isEqualTo(type);
    assertThat(error.param()).isEqualTo(param);
    assertThat(error.code()).isEqualTo(code);
  }

  @Test
  void detailsAndRequestNumberSurvive() {
    read(
        429,
        "{'type':'error','error':{'type':'rate_limit_error','message':'m','details':"
            + "{'error_code':'enforced_spend_limit_reached'}},'request_id':'req_1'}");
    assertThat(error.requestId()).isEqualTo("req_1");
    assertThat(error.code()).isEqualTo("insufficient_quota");
    assertThat(written())
        .containsEntry("details", Map.of("error_code", "enforced_spend_limit_reached"));
  }

  @ParameterizedTest
  @CsvSource({
    "401, authentication_error",
    "429, rate_limit_error",
    "502, server_error",
    "529, server_error",
    "400, invalid_request_error"
  })
  void bodiesOfProxiesLeaveTheStatus(int status, String type) {
    for (String body : new String[] {"<html>Bad</html>", "", "{'error':", "{}", "[]"}) {
      read(status, body);
      assertThat(error.type()).isEqualTo(type);
      assertThat(error.message()).contains(Integer.toString(status));
      assertThat(written()).containsKeys("message", "type", "param", "code");
    }
  }

  @Test
  void aPlainStringIsTheMessage() {
    read(400, "{'error':'say \\\"please\\\"'}");
    assertThat(error.message()).isEqualTo("say \"please\"");
    assertThat(written()).containsEntry("message", "say \"please\"");
  }

  @Test
  void longMessagesAreCut() {
    read(400, "{'error':{'message':'" + "x".repeat(10_000) + "'}}");
    assertThat(error.message()).hasSizeLessThan(4200).endsWith("...");
  }

  @Test
  void recordedErrors() {
    int seen = 0;
    for (String line : Recorded.text("errors/provider-errors.jsonl").split("\n", -1)) {
      if (line.isBlank() || !line.contains("anthropic")) {
        continue;
      }
      Map<String, Object> entry = Recorded.object(line);
      if (!string(entry.get("provider_file")).contains("anthropic")) {
        continue;
      }
      seen++;
      String body = string(entry.get("body"));
      read(((Number) Recorded.required(entry.get("status"))).intValue(), body);
      assertThat(error.message()).isEqualTo(map(Recorded.object(body).get("error")).get("message"));
      String code = error.code() == null ? "" : error.code();
      assertThat(code)
          .isEqualTo(
              switch (string(entry.get("label"))) {
                case "auth" -> "invalid_api_key";
                case "model_not_found" -> "model_not_found";
                case "context_length" -> "context_length_exceeded";
                default -> "";
              });
      assertThat(error.requestId()).startsWith("req_");
    }
    assertThat(seen).isGreaterThanOrEqualTo(4);
  }

  @Test
  void errorsInsidePlainAnswers() {
    AnthropicAnswer answer = new AnthropicAnswer(() -> 7);
    ByteSink out = new ByteSink();
    byte[] body =
        "{'type':'error','error':{'type':'api_error','message':'a \\\"b\\\"'}}"
            .replace('\'', '"')
            .getBytes(UTF_8);
    assertThat(answer.translate(body, 0, body.length, out)).isEqualTo(AnswerStream.ERROR);
    assertThat(answer.errorMessage()).isEqualTo("a \"b\"");
    assertThat(answer.errorType()).isEqualTo("api_error");
    for (String bad : new String[] {"", "{", "[]", "{\"content\":[]}", "{\"content\":7}"}) {
      byte[] bytes = bad.getBytes(UTF_8);
      assertThat(answer.translate(bytes, 0, bytes.length, out)).isEqualTo(AnswerStream.MALFORMED);
    }
    assertThat(out.isEmpty()).isTrue();
  }

  private void read(int status, String body) {
    byte[] bytes = (body.contains("'") ? body.replace('\'', '"') : body).getBytes(UTF_8);
    if (body.contains("\"type\"")) {
      bytes = body.getBytes(UTF_8);
    }
    error.read(status, bytes, 0, bytes.length);
  }

  private Map<String, Object> written() {
    ByteSink out = new ByteSink();
    error.writeTo(out);
    return map(Recorded.object(out.toString()).get("error"));
  }
}
