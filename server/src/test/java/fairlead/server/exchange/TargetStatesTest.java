package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.routing.KeyRing;
import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is known of a target outlives the configuration for as long as it is about the same. */
class TargetStatesTest {
  private final TargetStates states = new TargetStates(new GatewayMetrics(new MetricsRegistry()));

  private TargetState state(String settings, String model) {
    Config config =
        Objects.requireNonNull(
            new ConfigLoader(Map.of())
                .load("f.yaml", "providers: { p: { type: openai, " + settings + " } }\n")
                .config());
    Config.Provider provider = Objects.requireNonNull(config.providers().get("p"));
    List<Config.ProviderKey> keys = provider.keys();
    KeyRing ring = states.keys(provider, keys);
    TargetState state = states.target(provider, model, ring);
    assertThat(state.keys()).as("the ring it reports to").isSameAs(ring);
    return state;
  }

  @Test
  void clocksAndOtherSettingsThatAreNotItsOwnChangeNothing() {
    TargetState before = state("keys: [test-key-1, test-key-2]", "m");
    assertThat(state("keys: [test-key-1, test-key-2], timeouts: { idle_ms: 5 }", "m"))
        .isSameAs(before);
    assertThat(state("keys: [test-key-1, test-key-2]", "n")).isNotSameAs(before);
    assertThat(state("keys: [test-key-1, test-key-2], health: { min_calls: 3 }", "m"))
        .isNotSameAs(before);
    assertThat(state("keys: [test-key-1, test-key-2], retries: { budget_percent: 3 }", "m"))
        .isNotSameAs(before);
  }

  @Test
  void aKeyMoreIsAPlaceMoreToRememberItsQuota() {
    TargetState before = state("keys: [test-key-1, test-key-2]", "m");
    TargetState after = state("keys: [test-key-1, test-key-2, test-key-3]", "m");
    assertThat(after).isNotSameAs(before);
    long now = System.nanoTime();
    after.quota(2, 0.1, now + 60_000_000_000L, now);
    assertThat(after.health().quota().share(now)).as("two keys are fresh").isEqualTo(1);
  }
}
