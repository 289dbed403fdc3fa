package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.catalogue.Models;
import fairlead.server.config.Config.Auth.Mode;
import fairlead.server.config.Config.Strategy;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  }

  @ParameterizedTest
  @CsvSource({
    "weighted,WEIGHTED",
    "priority,PRIORITY",
    "round-robin,ROUND_ROBIN",
    "least_busy,LEAST_BUSY",
    "least-busy,LEAST_BUSY",
    "FASTEST,FASTEST",
  })
  void everyStrategyIsWhatItSays(String written, Strategy strategy) {
    String text = PROVIDERS + "routing:\n  r: { providers: [a], strategy: " + written + " }\n";
    assertThat(load(text).problems()).isEmpty();
    assertThat(Objects.requireNonNull(good(text).routes().get("r")).strategy()).isEqualTo(strategy);
  }

  @Test
  void theCheapestOfTargetsWithoutAPrice() {
    String text =
        PROVIDERS
            + """
            routing:
              r:
                strategy: cheapest
                targets:
                  - { provider: a, model: m, price: { input: 0.15, output: 0.6 } }
                  - { provider: b, model: home-made, weight: 2 }
              free: { strategy: cheapest, targets: [ { provider: a, price: { input: 0, output: 0 } } ] }
            """;
    assertThat(load(text).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:7:9: routing.r.targets[1]: warning: has no price, and none is known of its"
                + " model, so it comes last; write it under 'targets' with 'price: { input: …,"
                + " output: … }'");
    assertThat(Objects.requireNonNull(good(text).routes().get("r")).strategy())
        .isEqualTo(Strategy.CHEAPEST);
  }

  @Test
  void thePriceOfAWellKnownModelNeedNotBeWritten() {
    String text =
        """
        providers: { o: { type: openai, api_key: x, default_model: gpt-4o-mini } }
        routing: { r: { strategy: cheapest, providers: [o] }, s: { strategy: cheapest, targets: [o/gpt-4o-mini] } }
        """;
    boolean known = Models.find("gpt-4o-mini") != null;
    assertThat(load(text).problems()).hasSize(known ? 0 : 2);
  }

  private static final String TWINS =
      """
      providers:
        one: { type: openai, api_key: k-1, default_model: m }
        two: { type: openai-compatible, base_url: "https://api.openai.com/v1/", keys: [k-1], default_model: m }
        else: { type: openai, keys: [k-1, k-2], default_model: m }
        sim: { type: simulated }
        sim2: { type: simulated }
      """;

  @Test
  void oneEndpointUnderTwoNames() {
    assertThat(
            load(TWINS
                    + "routing:\n"
                    + "  r: { providers: [one, else, two] }\n"
                    + "  s: { targets: [one/x, two/x, two/y] }\n"
                    + "  t: { targets: [one, one/m] }\n"
                    + "  fine: { targets: [one/x, two/y, else/x, sim/x, sim2/x] }\n")
                .problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:8:31: routing.r.providers[2]: warning: is the same endpoint as 'one' at line 8"
                + " (same address, model and keys); a failure of one is a failure of both",
            "f.yaml:9:25: routing.s.targets[1]: warning: is the same endpoint as 'one' at line 9"
                + " (same address, model and keys); a failure of one is a failure of both",
            "f.yaml:10:23: routing.t.targets[1]: warning: is the same endpoint as 'one' at line 10"
                + " (same address, model and keys); a failure of one is a failure of both");
  }

  @Test
  void aFallbackThatIsWhatHasFailed() {
    String routing = "routing: { r: { providers: [one], failover: true } }\n";
    assertThat(load(TWINS + routing + "fallbacks: [one/m, two/m, two/x, else/m]\n").problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:8:20: fallbacks[1]: warning: is the same endpoint as 'one' at line 7 (same"
                + " address, model and keys); a failure of one is a failure of both");
    // Fallbacks are not for a route that does without, but are for one another.
    String alone = routing.replace("true", "false");
    assertThat(load(TWINS + alone + "fallbacks: [two/m]\n").problems()).isEmpty();
    assertThat(load(TWINS + "fallbacks: [two/x, one/x]\n").problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.path()).isEqualTo("fallbacks[1]"));
  }

  @Test
  void aHedgeOnOneTargetIsFine() {
    assertThat(
            load(PROVIDERS + "routing: { r: { providers: [a], hedge: { after: p95 } } }\n")
                .problems())
        .isEmpty();
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
