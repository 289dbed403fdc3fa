package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.server.config.Config.Auth.Mode;
import fairlead.server.config.Config.Strategy;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is accepted although it does not do what somebody may expect. */
class WarningsTest {
  private static final String PROVIDERS =
      "providers: { a: { type: simulated }, b: { type: simulated } }\n";

  private static Loaded load(String text) {
    return new ConfigLoader(Map.of("SHORT", "canary", "LONG", "canary-that-is-long-enough"))
        .load("f.yaml", text);
  }

  private static Config good(String text) {
    return Objects.requireNonNull(load(text).config());
  }

  @Test
  void whatHasNoEffectYet() {
    assertThat(load("server: { admin_port: 9090 }\n" + PROVIDERS).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:1:11: server.admin_port: warning: accepted, has no effect in this version");
    // What is asked for is what happens anyway.
    assertThat(
            load(PROVIDERS
                    + "routing: { r: { providers: [a], mid_stream: error, cache: { semantic: false"
                    + " } } }\ncache: { exact: { enabled: false, ttl_seconds: 5 } }\n")
                .problems())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"least_busy", "fastest", "cheapest", "least-busy", "FASTEST"})
  void strategiesToComeAreWeighted(String strategy) {
    String text = PROVIDERS + "routing:\n  r: { providers: [a], strategy: " + strategy + " }\n";
    assertThat(load(text).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.isError()).isFalse();
              assertThat(problem.line()).isEqualTo(3);
              assertThat(problem.message()).endsWith("works as 'weighted' in this version");
            });
    assertThat(Objects.requireNonNull(good(text).routes().get("r")).strategy())
        .isEqualTo(Strategy.WEIGHTED);
  }

  @Test
  void weakCallersKeys() {
    String text = PROVIDERS + "auth: { keys: [ { value: env.SHORT }, { value: env.LONG } ] }\n";
    assertThat(load(text).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.toString())
                  .startsWith(
                      "f.yaml:2:26: auth.keys[0].value: warning: has fewer than 16 characters")
                  .doesNotContain("canary");
            });
    assertThat(good(text).auth().keys())
        .extracting(k -> k.name())
        .containsExactly("key-1", "key-2");
  }

  @Test
  void aRouteWhereNobodyNamesAModel() {
    String text =
        """
        providers: { v: { type: openai-compatible, base_url: "http://127.0.0.1:1/v1" } }
        routing: { r: { providers: [v] } }
        """;
    assertThat(load(text).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:2:29: routing.r.providers[0]: warning: neither the target nor provider 'v' names"
                + " a model; add 'default_model' to the provider, or write 'targets' with 'model'");
  }

  @Test
  void drainedRoutes() {
    assertThat(
            load(PROVIDERS + "routing: { r: { targets: [ { provider: a, weight: 0 } ] } }\n")
                .problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).startsWith("every weight is 0"));
  }

  @Test
  void anywhereWithAuthenticationOrWithoutOnPurpose() {
    String open = PROVIDERS + "server: { host: 0.0.0.0 }\n";
    assertThat(load(open).errors()).hasSize(1);
    assertThat(good(open + "auth: none\n").auth().mode()).isEqualTo(Mode.NONE);
    assertThat(good(open + "auth: { keys: [ { value: env.LONG } ] }\n").auth().mode())
        .isEqualTo(Mode.KEYS);
  }

  @Test
  void prioritiesFollowTheListUnlessWritten() {
    Config config =
        good(
            PROVIDERS
                + "routing:\n"
                + "  r: { providers: [b, a], strategy: priority }\n"
                + "  s: { strategy: priority, targets: [ { provider: a, priority: 7 }, b/m ] }\n"
                + "  t: { targets: [ a/x, a/y ] }\n");
    assertThat(Objects.requireNonNull(config.routes().get("r")).targets())
        .extracting(t -> t.priority())
        .containsExactly(0, 1);
    assertThat(Objects.requireNonNull(config.routes().get("s")).targets())
        .extracting(t -> t.priority())
        .containsExactly(7, 1);
    assertThat(Objects.requireNonNull(config.routes().get("t")).targets())
        .extracting(t -> t.model())
        .containsExactly("x", "y");
  }
}
