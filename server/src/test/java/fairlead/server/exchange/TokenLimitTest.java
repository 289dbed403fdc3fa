package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Models that refuse {@code max_tokens} and ask for {@code max_completion_tokens}. */
class TokenLimitTest {
  private static final String REFUSAL =
      "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not supported with this"
          + " model. Use 'max_completion_tokens' instead.\",\"type\":\"invalid_request_error\","
          + "\"param\":\"max_tokens\",\"code\":\"unsupported_parameter\"}}";
  private static final String OLD =
      "{ \"max_tokens\" : 1.5e1 , \"model\":\"route\", \"x\":\"max_tokens\", \"messages\":[{"
          + "\"role\":\"user\",\"content\":\"Hi\"}] }\n";
  private static final String ANSWER =
      "{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}";

  private final ScriptedUpstream first = new ScriptedUpstream();
  private final ScriptedUpstream second = new ScriptedUpstream();

  private Rig rig() {
    return new Rig(
        """
        providers:
          one: { type: openai-compatible, base_url: "http://1.example/v1", retries: { max: 0 } }
          two: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 } }
        routing:
          route: { strategy: priority, targets: [one/old, two/new] }
          new: { strategy: priority, targets: [two/new, one/old] }
          alone: { targets: [two/new] }
        """,
        Map.of("one", first, "two", second));
  }

  private static String sent(String asked, String model) {
    return asked.replace("\"route\"", "\"" + model + "\"");
  }

  private static String renamed(String asked, String model) {
    return sent(asked, model).replace("\"max_tokens\" :", "\"max_completion_tokens\" :");
  }

  private static FakeExchange ask(Rig rig, String body) throws IOException {
    return rig.call(FakeExchange.chat(body));
  }

  @Test
  void aRefusedNameIsReplacedOnceAndFromThenOnAtOnce() throws IOException {
    first.then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
    second.then(Answer.json(400, REFUSAL)).then(Answer.json(200, ANSWER));
    try (Rig rig = rig()) {
      FakeExchange http = ask(rig, OLD);
      assertThat(http.status).isEqualTo(200);
      assertThat(http.text()).isEqualTo(ANSWER);
      assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("3");
      assertThat(second.bodies).containsExactly(sent(OLD, "new"), renamed(OLD, "new"));
      assertThat(rig.series("fairlead_retries_total{"))
          .contains("provider=\"two\"")
          .contains("reason=\"bad_parameter\"")
          .endsWith(" 1.0");

      FakeExchange later = ask(rig, OLD.replace("route", "new"));
      assertThat(later.status).isEqualTo(200);
      assertThat(later.responseHeader("x-fairlead-attempts")).isEqualTo("1");
      assertThat(second.bodies).hasSize(3);
      assertThat(second.bodies.getLast()).isEqualTo(renamed(OLD, "new"));
      assertThat(first.bodies)
          .as("other targets keep the caller's name")
          .contains(sent(OLD, "old"));
    }
  }

  @Test
  void theStoryTellsIt() throws IOException {
    second.then(Answer.json(400, REFUSAL)).then(Answer.json(200, ANSWER));
    try (Rig rig = rig()) {
      FakeExchange http =
          rig.call(
              FakeExchange.chat(OLD.replace("route", "alone")).with("x-fairlead-explain", "1"));
      assertThat(http.responseHeader("x-fairlead-route-trace"))
          .containsSubsequence("HTTP 400", "asked again with max_completion_tokens", "answered");
    }
  }

  @Test
  void streamsAreAskedForTheSameWay() throws IOException {
    String hi = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    String stop = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    String done = "data: [DONE]\n\n";
    String stream = hi + stop + done;
    second.then(Answer.json(400, REFUSAL)).then(Answer.stream(stream));
    String asked = OLD.replace("route", "alone").replace("{ \"max", "{ \"stream\":true,\"max");
    try (Rig rig = rig()) {
      FakeExchange http = ask(rig, asked);
      assertThat(http.text()).isEqualTo(stream);
      assertThat(second.bodies.getLast())
          .isEqualTo(renamed(second.bodies.getFirst(), "new"))
          .contains("\"max_completion_tokens\" : 1.5e1");
    }
  }

  @Test
  void aRequestThatHasNothingToRenameIsNotAskedTwice() throws IOException {
    for (String asked :
        new String[] {
          OLD.replace("\"max_tokens\" : 1.5e1 , ", ""),
          OLD.replace("\"max_tokens\" :", "\"max_completion_tokens\":7,\"max_tokens\" :"),
        }) {
      ScriptedUpstream refuses = new ScriptedUpstream().then(Answer.json(400, REFUSAL));
      try (Rig rig = alone(refuses)) {
        FakeExchange http = ask(rig, asked);
        assertThat(http.status).isEqualTo(400);
        assertThat(http.text()).isEqualTo(REFUSAL);
        assertThat(refuses.attempts()).isEqualTo(1);
        assertThat(refuses.bodies).containsExactly(sent(asked, "new"));
      }
    }
  }

  private Rig alone(ScriptedUpstream upstream) {
    return new Rig(
        """
        providers:
          two: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 } }
        routing:
          route: { targets: [two/new] }
        """,
        Map.of("two", upstream));
  }

  @Test
  void aTargetThatRefusesBothNamesIsAskedTwiceAndNotMore() throws IOException {
    second.then(Answer.json(400, REFUSAL));
    try (Rig rig = rig()) {
      FakeExchange http = ask(rig, OLD.replace("route", "alone"));
      assertThat(http.status).isEqualTo(400);
      assertThat(http.text()).isEqualTo(REFUSAL);
      assertThat(second.attempts()).isEqualTo(2);
    }
  }

  @Test
  void anotherRefusedParameterIsTheCallersToMend() throws IOException {
    String other =
        REFUSAL.replace("max_tokens", "top_k").replace("Use 'max_completion_tokens'", "Use none");
    second.then(Answer.json(400, other));
    try (Rig rig = rig()) {
      assertThat(ask(rig, OLD.replace("route", "alone")).text()).isEqualTo(other);
      assertThat(second.attempts()).isEqualTo(1);
    }
  }

  /** What the caller gets to know is how it went on, not what was mended on the way. */
  @Test
  void aFailureAfterTheRewriteIsNotHiddenByTheRefusal() throws IOException {
    second
        .then(Answer.json(400, REFUSAL))
        .then(Answer.json(429, "{\"error\":{\"message\":\"limit\"}}").header("retry-after", "30"));
    try (Rig rig = rig()) {
      FakeExchange http = ask(rig, OLD.replace("route", "alone"));
      assertThat(http.status).isEqualTo(429);
      assertThat(http.text()).contains("limit");
      assertThat(http.responseHeader("x-should-retry")).isEqualTo("true");
    }
  }

  @Test
  void modelsThatOnlyCallersNameAreKnownOneByOne() throws IOException {
    second
        .then(Answer.json(400, REFUSAL))
        .then(Answer.json(200, ANSWER))
        .then(Answer.json(200, ANSWER));
    try (Rig rig = rig()) {
      String asked = OLD.replace("route", "two/gpt-x");
      assertThat(ask(rig, asked).status).isEqualTo(200);
      assertThat(ask(rig, asked).status).isEqualTo(200);
      assertThat(ask(rig, OLD.replace("route", "two/gpt-y")).status).isEqualTo(200);
      assertThat(second.bodies)
          .containsExactly(
              sent(OLD, "gpt-x"), renamed(OLD, "gpt-x"), renamed(OLD, "gpt-x"), sent(OLD, "gpt-y"));
    }
  }

  @Test
  void soManyNamesAreKeptAndNotMore() throws IOException {
    try (Rig rig = rig()) {
      for (int i = 0; i < 200; i++) {
        second.then(Answer.json(400, REFUSAL)).then(Answer.json(200, ANSWER));
      }
      for (int i = 0; i < 200; i++) {
        FakeExchange http = ask(rig, OLD.replace("route", "two/model-" + i));
        assertThat(http.status).isEqualTo(200);
        assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
      }
      assertThat(second.attempts()).isEqualTo(400);
      assertThat(ask(rig, OLD.replace("route", "two/model-199")).status).isEqualTo(200);
      assertThat(second.bodies.getLast()).isEqualTo(renamed(OLD, "model-199"));
      assertThat(ask(rig, OLD.replace("route", "two/model-0")).status).isEqualTo(200);
      assertThat(second.bodies.getLast()).as("forgotten").isEqualTo(sent(OLD, "model-0"));
    }
  }
}
