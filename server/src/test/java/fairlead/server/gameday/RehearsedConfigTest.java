package fairlead.server.gameday;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RehearsedConfigTest {
  private static final String YAML =
      """
      auth: { keys: [ { name: ci, value: env.CALLER_KEY } ] }
      providers:
        a: { type: anthropic, api_key: "${A_KEY}", default_model: m,
             headers: { X-Team: canary-header }, proxy: "http://proxy:3128" }
        b: { type: openai-compatible, base_url: "${B_URL}", keys: [ env.B_KEY, env.B_KEY_2 ] }
        c: { type: openai, api_key: "${C_KEY:-canary-default}", default_model: n }
      routing:
        r: { targets: [ a/m, b/x ], strategy: priority, mid_stream: error }
        s: { targets: [ b/x ], failover: false }
      fallbacks: [ c/n ]
      """;

  private static Config load(Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("f.yaml"), YAML);
    Map<String, String> environment =
        RehearsedConfig.environment(file, Map.of("A_KEY", "canary-a-0123456789"));
    assertThat(environment).containsEntry("A_KEY", "canary-a-0123456789");
    Loaded loaded = new ConfigLoader(environment).load(file);
    assertThat(loaded.errors()).isEmpty();
    return requireNonNull(loaded.config());
  }

  @Test
  void noSecretIsLeftAndNoneIsNeeded(@TempDir Path directory) throws Exception {
    Config config =
        RehearsedConfig.of(
            load(directory), List.of("a=http://127.0.0.1:1/v1", "one:b=http://127.0.0.1:2/v1"));

    for (Config.Provider provider : config.providers().values()) {
      assertThat(provider.keys())
          .allSatisfy(key -> assertThat(key.value()).startsWith("rehearsal-" + provider.name()));
      assertThat(provider.headers()).isEmpty();
      assertThat(provider.proxy()).isNull();
      assertThat(provider.baseUrl()).startsWith("http://127.0.0.1:");
    }
    assertThat(config.auth().mode()).isEqualTo(Config.Auth.Mode.LOOPBACK_ONLY);
    assertThat(config.server().host()).isEqualTo("127.0.0.1");
    assertThat(config.toString()).doesNotContain("canary");
  }

  @Test
  void aRunHasCopiesOfItsRoutes(@TempDir Path directory) throws Exception {
    Config config =
        RehearsedConfig.of(
            load(directory),
            List.of(
                "one:a=http://127.0.0.1:1/v1",
                "one:b=http://127.0.0.1:2/v1",
                "one:c=http://127.0.0.1:3/v1"));

    Config.Route copy = requireNonNull(config.routes().get("one_r"));
    assertThat(copy.targets())
        .extracting(Config.Target::provider)
        .containsExactly("one_a", "one_b", "one_c");
    assertThat(copy.midStream()).isEqualTo(Config.MidStream.ERROR);
    assertThat(copy.strategy()).isEqualTo(Config.Strategy.PRIORITY);
    assertThat(requireNonNull(config.providers().get("one_b")).keys()).hasSize(2);
    assertThat(requireNonNull(config.routes().get("one_s")).targets())
        .extracting(Config.Target::provider)
        .containsExactly("one_b");
    assertThat(config.routes()).containsKeys("r", "s");
  }

  @Test
  void aRouteWhoseProvidersAreNotAllThereHasNoCopy(@TempDir Path directory) throws Exception {
    Config config = RehearsedConfig.of(load(directory), List.of("one:b=http://127.0.0.1:2/v1"));

    assertThat(config.routes()).containsKey("one_s").doesNotContainKey("one_r");
  }

  @Test
  void withoutRoutesEachProviderIsOne() {
    Loaded loaded =
        new ConfigLoader(Map.of())
            .load(
                "f.json",
                """
                { "providers": { "openai": { "keys": ["k-1"], "default_model": "m" },
                    "anthropic": { "keys": ["k-2"], "default_model": "n" } },
                  "fallbacks": ["anthropic/n"] }
                """);
    assertThat(loaded.errors()).isEmpty();

    List<Config.Route> routes = RehearsedConfig.routes(requireNonNull(loaded.config()));

    assertThat(routes).extracting(Config.Route::name).containsExactly("openai", "anthropic");
    assertThat(routes.getFirst().targets())
        .extracting(Config.Target::provider)
        .containsExactly("openai", "anthropic");
    assertThat(routes.getLast().failover()).isFalse();
  }

  @Test
  void theFirstChoiceIsTheHeaviestOfTheFirstPriority() {
    Config.Route route =
        new Config.Route(
            "r",
            List.of(
                new Config.Target("late", "m", 9, 2),
                new Config.Target("drained", "m", 0, 1),
                new Config.Target("light", "m", 1, 1),
                new Config.Target("heavy", "m", 3, 1)),
            Config.Strategy.WEIGHTED,
            true,
            0);

    assertThat(Rehearsal.firstChoice(route).provider()).isEqualTo("heavy");
  }

  @Test
  void anUnknownProviderIsNamed(@TempDir Path directory) throws Exception {
    Config config = load(directory);

    assertThatThrownBy(() -> RehearsedConfig.of(config, List.of("nobody=http://127.0.0.1:1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nobody=http://127.0.0.1:1");
  }
}
