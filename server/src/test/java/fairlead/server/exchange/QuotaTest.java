package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a provider says is left of a limit slows its target before the 429 comes. */
class QuotaTest {
  private static final String ANSWER =
      "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,"
          + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";

  private static Answer answer(int remaining) {
    return Answer.json(200, ANSWER)
        .header("x-ratelimit-limit-requests", "1000")
        .header("x-ratelimit-remaining-requests", String.valueOf(remaining))
        .header("x-ratelimit-reset-requests", "6m0s");
  }

  private static int callsOfTheFirst(int remaining) throws IOException {
    ScriptedUpstream first = new ScriptedUpstream().then(answer(remaining));
    ScriptedUpstream second = new ScriptedUpstream().then(answer(1000));
    try (Rig rig =
        new Rig(
            """
            providers:
              one: { type: openai-compatible, base_url: "http://1.example/v1" }
              two: { type: openai-compatible, base_url: "http://2.example/v1" }
            routing:
              route: { strategy: priority, targets: [one/a, two/b] }
            """,
            Map.of("one", first, "two", second))) {
      for (int i = 0; i < 200; i++) {
        FakeExchange http =
            rig.call(
                FakeExchange.chat(
                    "{\"model\":\"route\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"));
        assertThat(http.status).isEqualTo(200);
      }
      return first.attempts();
    }
  }

  @Test
  void theLessIsLeftTheFewerCallsItGets() throws IOException {
    assertThat(callsOfTheFirst(900)).isEqualTo(200);
    assertThat(callsOfTheFirst(210)).isEqualTo(200);
    assertThat(callsOfTheFirst(100)).isBetween(60, 140);
    assertThat(callsOfTheFirst(0)).as("some, to see when it is reset").isBetween(1, 40);
  }
}
