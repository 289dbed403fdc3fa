package fairlead.server.gameday;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScenariosTest {
  @Test
  void theHealthyAnswerHasSixtyWords() {
    assertThat(HealthyAnswer.words(HealthyAnswer.TEXT)).isEqualTo(HealthyAnswer.TOKENS);
    assertThat(HealthyAnswer.is(HealthyAnswer.TEXT)).isTrue();
    assertThat(HealthyAnswer.is(HealthyAnswer.TEXT + " more")).isFalse();
    assertThat(HealthyAnswer.words("")).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thereAreSixteenAndTheirKnobsExist(boolean fast) {
    List<Scenario> all = Scenarios.all(Timing.of(fast));

    assertThat(all)
        .extracting(Scenario::id)
        .containsExactly(
            "S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12",
            "S13", "S14", "S15", "S16");
    for (Scenario scenario : all) {
      for (Variant variant : scenario.variants()) {
        assertThat(SimulatedBehaviour.parse(variant.primary()).knobs()).isNotEmpty();
        assertThat(SimulatedBehaviour.parse(variant.fallback())).isNotNull();
      }
    }
  }

  @Test
  void onlyWhatCanBreakInAStreamIsStreamedOnly() {
    assertThat(Scenarios.all(Timing.FULL).stream().filter(Scenario::streamedOnly))
        .extracting(Scenario::id)
        .containsExactly("S07", "S08", "S09", "S10", "S11", "S14");
  }

  @Test
  void fastIsATenth() {
    Scenario full = Scenarios.all(Timing.FULL).get(14);
    Scenario fast = Scenarios.all(Timing.FAST).get(14);

    assertThat(full.gapMs()).isEqualTo(4_000);
    assertThat(fast.gapMs()).isEqualTo(400);
    assertThat(full.variants().getFirst().primary()).contains("fail_for_ms=60000");
    assertThat(fast.variants().getFirst().primary()).contains("fail_for_ms=6000");
    assertThat(Timing.FAST.seconds(2)).isEqualTo("0.2");
    assertThat(Timing.FULL.seconds(2)).isEqualTo("2");
  }

  @Test
  void aRehearsalWaitsNoLongerThanItsCap() {
    assertThat(Scenarios.rehearsal(12_000, 8_000, 20_000))
        .allSatisfy(scenario -> assertThat(scenario.patienceMs()).isLessThanOrEqualTo(20_000));
  }

  @Test
  void aRehearsalGoesOnCallingUntilAPrimaryCouldBeBack() {
    Scenario outage = Scenarios.rehearsal(12_000, 8_000, 20_000).get(14);

    assertThat(outage.id()).isEqualTo(Scenarios.OUTAGE);
    assertThat((outage.calls() - 1) * outage.gapMs()).isBetween(20_000L, 21_000L);
  }

  @Test
  void nobodyKeepsALimitByWaitingForWhatComesLate() {
    Scenario fast = Scenarios.all(Timing.FAST).get(6);
    Scenario full = Scenarios.all(Timing.FULL).get(6);

    assertThat(full.variants().getFirst().primary()).isEqualTo("first_token_ms=20000");
    assertThat(fast.variants().getFirst().primary()).isEqualTo("first_token_ms=8000");
    assertThat(took(full, 15_000)).isEmpty();
    assertThat(took(full, 15_001)).contains("at most: 15000");
    assertThat(took(fast, 5_000)).isEmpty();
    assertThat(took(fast, 8_000)).contains("at most: 5000");
  }

  @Test
  void whereNobodyElseCanBeAskedALateAnswerIsABlemishAndAManifoldOneIsNot() {
    Scenario late = Seen.scenario("S07").withoutHaste();
    Observation slow = new Seen().primary(0, 200).answeredIn(20_000).observation();
    Scenario attempts = Seen.scenario("S04").withoutHaste();
    Seen many = new Seen();
    for (int i = 0; i < 7; i++) {
      many.primary(i, 503);
    }

    assertThat(Judge.judge(late, slow).verdict()).isEqualTo(Verdict.PARTIAL);
    assertThat(Judge.judge(Seen.scenario("S07"), slow).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(Judge.judge(attempts, many.error(503, "down").observation()).verdict())
        .isEqualTo(Verdict.FAIL);
  }

  private static String took(Scenario scenario, int ms) {
    Observation seen = new Seen().primary(0, 200).fallback(1, 200).answeredIn(ms).observation();
    return String.join("; ", Judge.judge(scenario, seen).reasons());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theGatewaysConfigurationIsOne(boolean fast) {
    GatewayConfig config = new GatewayConfig(Timing.of(fast));
    String yaml =
        config
            .provider("a", false, "http://127.0.0.1:1/v1", 2, false)
            .provider("b", true, "http://127.0.0.1:2/v1", 1, true)
            .route(
                "r",
                new GatewayConfig.Target("a", "m", 8_000),
                new GatewayConfig.Target("b", "n"),
                500)
            .yaml();

    Loaded loaded = new ConfigLoader(Map.of()).load("gameday.yaml", yaml);

    assertThat(loaded.errors()).as(yaml).isEmpty();
    Config gateway = requireNonNull(loaded.config());
    Config.Provider first = requireNonNull(gateway.providers().get("a"));
    assertThat(first.keys()).hasSize(2);
    assertThat(first.timeouts().idleMs()).isEqualTo(fast ? 3_000 : 30_000);
    assertThat(requireNonNull(gateway.providers().get("b")).failover().prefill()).isTrue();
    Config.Route route = requireNonNull(gateway.routes().get("r"));
    assertThat(route.timeoutMs()).isEqualTo(500);
    assertThat(route.targets())
        .extracting(Config.Target::contextWindow)
        .containsExactly(8_000L, 0L);
  }
}
