package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import fairlead.server.admin.RouterControl;
import fairlead.server.admin.RouterView;
import fairlead.server.admin.RouterView.Circuit;
import fairlead.server.admin.RouterView.KeyState;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What operators put back into service is used by the next call. */
class RouterStateTest {
  private static final String YAML =
      """
      providers:
        p:
          type: openai-compatible
          base_url: "http://p.example/v1"
          keys: [ "key-of-a-test-1", "key-of-a-test-2" ]
          retries: { max: 0 }
          health: { consecutive_failures: 2, min_ejection_ms: 3600000, max_ejection_ms: 3600000 }
        q:
          type: openai-compatible
          base_url: "http://q.example/v1"
          retries: { max: 0 }
          health: { consecutive_failures: 2, min_ejection_ms: 3600000, max_ejection_ms: 3600000 }
      routing:
        r: { targets: [p/m] }
        s: { targets: [q/m] }
      fallbacks:
        - { provider: q, model: n, fallback_to: [p/hidden] }
      """;

  private final ScriptedUpstream p = new ScriptedUpstream();
  private final ScriptedUpstream q = new ScriptedUpstream();

  private Rig rig() {
    return new Rig(YAML, Map.of("p", p, "q", q));
  }

  private static void callTwice(Rig rig, String model) throws IOException {
    for (int i = 0; i < 2; i++) {
      rig.call(
          FakeExchange.chat(
              "{\"model\":\""
                  + model
                  + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"));
    }
  }

  private static RouterView.TargetView target(Rig rig, String route) {
    return rig.snapshot.router().view().routes().stream()
        .filter(view -> view.name().equals(route))
        .findFirst()
        .orElseThrow()
        .targets()
        .getFirst();
  }

  private static List<KeyState> keys(Rig rig, String provider) {
    return rig.snapshot.router().view().providers().stream()
        .filter(view -> view.name().equals(provider))
        .findFirst()
        .orElseThrow()
        .keys()
        .stream()
        .map(RouterView.KeyView::state)
        .toList();
  }

  @Test
  void aTargetThatIsRestoredHasNoHistory() throws IOException {
    p.then(Answer.failing(UpstreamException.Kind.CONNECT_TIMEOUT));
    try (Rig rig = rig()) {
      callTwice(rig, "r");
      assertThat(target(rig, "r").circuit()).isEqualTo(Circuit.OPEN);
      RouterControl router = rig.snapshot.router();
      assertThat(router.restoreTarget("p", "nothing")).isFalse();
      assertThat(router.restoreTarget("p", "m")).isTrue();
      RouterView.TargetView restored = target(rig, "r");
      assertThat(restored.circuit()).isEqualTo(Circuit.CLOSED);
      assertThat(restored.failureRate()).isZero();
      assertThat(restored.consecutiveFailures()).isZero();
      assertThat(restored.share()).isEqualTo(1);
      assertThat(restored.ejections()).isZero();
    }
  }

  @Test
  void aTargetThatIsNotOutForgetsItsFailureRate() throws IOException {
    p.then(Answer.json(200, "not an answer")).then(Answer.json(400, "{}"));
    try (Rig rig = rig()) {
      callTwice(rig, "r");
      assertThat(target(rig, "r").circuit()).isEqualTo(Circuit.CLOSED);
      assertThat(target(rig, "r").failureRate()).isPositive();
      assertThat(rig.snapshot.router().restoreTarget("p", "m")).isTrue();
      assertThat(target(rig, "r").failureRate()).isZero();
    }
  }

  @Test
  void aProviderIsRestoredWithAllItHas() throws IOException {
    p.then(Answer.json(401, "{\"error\":{\"code\":\"invalid_api_key\"}}"))
        .then(Answer.json(401, "{\"error\":{\"code\":\"invalid_api_key\"}}"))
        .then(Answer.failing(UpstreamException.Kind.CONNECT_TIMEOUT));
    q.then(Answer.failing(UpstreamException.Kind.CONNECT_TIMEOUT));
    try (Rig rig = rig()) {
      callTwice(rig, "p/anything");
      callTwice(rig, "p/anything");
      callTwice(rig, "r");
      callTwice(rig, "s");
      callTwice(rig, "q/n"); // by a rule this asks for p/hidden too, which no other route does
      assertThat(keys(rig, "p")).containsExactly(KeyState.OUT, KeyState.OUT);
      assertThat(target(rig, "p").model()).as("whatever callers name").isNull();
      assertThat(target(rig, "p").circuit()).isEqualTo(Circuit.OPEN);
      assertThat(target(rig, "r").circuit()).isEqualTo(Circuit.OPEN);
      assertThat(target(rig, "s").circuit()).isEqualTo(Circuit.OPEN);
      RouterControl router = rig.snapshot.router();
      assertThat(router.restoreProvider("nobody")).isFalse();

      assertThat(router.restoreProvider("p")).isTrue();
      assertThat(keys(rig, "p")).containsExactly(KeyState.READY, KeyState.READY);
      assertThat(target(rig, "p").circuit()).isEqualTo(Circuit.CLOSED);
      assertThat(target(rig, "r").circuit()).isEqualTo(Circuit.CLOSED);
      assertThat(target(rig, "s").circuit()).as("another provider's").isEqualTo(Circuit.OPEN);
      assertThat(rig.series("fairlead_circuit_state{provider=\"p\",model=\"hidden\""))
          .endsWith("0.0");
      assertThat(rig.series("fairlead_circuit_state{provider=\"q\",model=\"m\"")).endsWith("2.0");
    }
  }

  @Test
  void aModelThatOneCallerMayNotAskForCostsOthersNothing() throws IOException {
    String refusal = "{\"error\":{\"code\":\"model_not_found\"}}";
    String answer =
        "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"yes\"},"
            + "\"finish_reason\":\"stop\"}]}";
    p.then(Answer.json(403, refusal)).then(Answer.json(403, refusal));
    p.then(Answer.json(200, answer));
    q.then(Answer.json(200, answer));
    try (Rig rig = rig()) {
      String rest = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
      FakeExchange refused = rig.call(FakeExchange.chat("{\"model\":\"p/forbidden\"," + rest));
      assertThat(refused.status).isNotEqualTo(200);
      FakeExchange other =
          rig.call(FakeExchange.chat("{\"model\":\"p/other\",\"fallbacks\":[\"q/n\"]," + rest));
      assertThat(other.status).isEqualTo(200);
      assertThat(other.responseHeader("x-fairlead-provider")).isEqualTo("p");
    }
  }
}
