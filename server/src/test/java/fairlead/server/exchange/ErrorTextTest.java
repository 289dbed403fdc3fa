package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What of a provider's words may reach the caller: no key of ours, nothing cut, nothing endless.
 */
class ErrorTextTest {
  private static final String KEY = "key-of-some-length";
  private static final String TOKEN = "token-of-some-length";
  private static final String QUOTE =
      "{\"error\":{\"message\":\"odd headers: Bearer %s\",\"type\":\"odd\"}}";

  private static String yaml(String type) {
    return """
    providers:
      one:
        type: %s
        base_url: "http://1.example/v1"
        keys: [%s, another-key-as-long]
        headers: { x-auth-token: "%s" }
        retries: { max: 0 }
    routing:
      route: { targets: [one/a] }
    """
        .formatted(type, KEY, TOKEN);
  }

  private static FakeExchange ask(String type, boolean stream, Answer answer) throws IOException {
    try (Rig rig = new Rig(yaml(type), Map.of("one", new ScriptedUpstream().then(answer)))) {
      return rig.call(request("route", stream, ""));
    }
  }

  private static FakeExchange request(String model, boolean stream, String more) {
    return FakeExchange.chat(
        "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]%s}"
            .formatted(model, stream, more));
  }

  @Test
  void noErrorAnswerThatQuotesOurCredentialsIsPassedOn() throws IOException {
    for (String type : new String[] {"openai-compatible", "anthropic"}) {
      for (int status : new int[] {400, 404, 422, 429, 500, 503}) {
        for (String secret : new String[] {KEY, TOKEN}) {
          FakeExchange http = ask(type, false, Answer.json(status, QUOTE.formatted(secret)));
          assertThat(http.status).as(type).isEqualTo(status);
          assertThat(http.headers + http.text()).doesNotContain(secret).contains("one/a");
          assertThat(http.text()).contains("status " + status);
        }
      }
    }
  }

  @Test
  void otherErrorAnswersArePassedOnAsTheyAre() throws IOException {
    String body = QUOTE.formatted("key-of-");
    assertThat(ask("openai-compatible", false, Answer.json(422, body)).text()).isEqualTo(body);
  }

  @Test
  void noErrorInsideAnAnswerThatQuotesOurCredentialsIsPassedOn() throws IOException {
    String quote = QUOTE.formatted(KEY);
    FakeExchange hidden = ask("openai-compatible", false, Answer.json(200, quote));
    assertThat(hidden.headers + hidden.text()).doesNotContain(KEY).contains("one/a (");
    FakeExchange streamed =
        ask("openai-compatible", true, Answer.stream("data: " + quote + "\n\n"));
    assertThat(streamed.headers + streamed.text()).doesNotContain(KEY).contains("one/a (");
  }

  @Test
  void anErrorAnswerThatBrokeOffIsMadeWhole() throws IOException {
    FakeExchange http =
        ask(
            "openai-compatible",
            false,
            Answer.json(422, "{\"error\":{\"message\":\"too odd\",\"type\":\"odd\",\"mo")
                .thenFails(UpstreamException.Kind.BODY_CUT));
    assertThat(http.status).isEqualTo(422);
    assertThat(http.text())
        .isEqualTo(
            "{\"error\":{\"message\":\"too odd\",\"type\":\"odd\",\"param\":null,\"code\":null}}");
  }

  @Test
  void anErrorAnswerThatIsTooLongIsMadeWhole() throws IOException {
    String body =
        "{\"error\":{\"message\":\"too odd\",\"type\":\"odd\"},\"echo\":\""
            + "x".repeat(FailureBook.MAX_BODY_BYTES)
            + "\"}";
    assertThat(ask("openai-compatible", false, Answer.json(422, body)).text())
        .isEqualTo(
            "{\"error\":{\"message\":\"too odd\",\"type\":\"odd\",\"param\":null,\"code\":null}}");
  }

  /** Proxies before us refuse an answer whose head is larger than a page or two. */
  @Test
  void theHeadStaysSmallHoweverMuchThereIsToTell() throws IOException {
    String fallbacks =
        IntStream.range(0, BodyFallbacks.MAX_FALLBACKS)
            .mapToObj(i -> "\"one/" + i + "m".repeat(5_000) + "\"")
            .collect(Collectors.joining(",", ",\"fallbacks\":[", "]"));
    ScriptedUpstream one = new ScriptedUpstream().then(Answer.json(500, "{}"));
    try (Rig rig = new Rig(yaml("openai-compatible"), Map.of("one", one))) {
      for (String model : new String[] {"route", "one/" + "n".repeat(250)}) {
        FakeExchange http =
            rig.call(request(model, false, fallbacks).with("x-fairlead-explain", "1"));
        assertThat(http.status).isEqualTo(500);
        assertThat(http.headers.length()).isLessThan(4_000);
        assertThat(http.responseHeader("x-fairlead-route-trace")).contains("HTTP 500");
      }
    }
  }
}
