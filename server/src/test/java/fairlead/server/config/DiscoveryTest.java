package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import fairlead.server.config.Config.ProviderType;
import fairlead.server.config.Config.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which configuration is taken, in order. */
class DiscoveryTest {
  @TempDir private Path directory = Path.of("");

  private void write(String name, String provider) throws Exception {
    Files.writeString(
        directory.resolve(name),
        "{\"providers\": {\"" + provider + "\": {\"type\": \"simulated\"}}}");
  }

  private Config find(Map<String, String> environment, @Nullable Path named) {
    Loaded loaded = new Discovery(environment, directory).find(named);
    assertThat(loaded.problems()).isEmpty();
    return Objects.requireNonNull(loaded.config());
  }

  @Test
  void theFirstOfTheListWins() throws Exception {
    Map<String, String> keys = Map.of("OPENAI_API_KEY", "x");
    assertThat(find(Map.of(), null).source()).isEqualTo("demo");
    assertThat(find(keys, null).source()).isEqualTo("environment keys");
    write("config.json", "from_json");
    assertThat(find(keys, null).providers()).containsOnlyKeys("from_json");
    write("fairlead.yml", "from_yml");
    assertThat(find(keys, null).providers()).containsOnlyKeys("from_yml");
    write("fairlead.yaml", "from_yaml");
    assertThat(find(keys, null).providers()).containsOnlyKeys("from_yaml");
    write("other.yaml", "from_variable");
    Map<String, String> variable = Map.of("FAIRLEAD_CONFIG", "other.yaml", "OPENAI_API_KEY", "x");
    assertThat(find(variable, null).providers()).containsOnlyKeys("from_variable");
    write("named.yaml", "named");
    assertThat(find(variable, directory.resolve("named.yaml")).providers())
        .containsOnlyKeys("named");
    assertThat(find(Map.of("FAIRLEAD_CONFIG", ""), null).providers()).containsOnlyKeys("from_yaml");
  }

  @Test
  void whatWasNamedAndIsNotThereIsAnError() {
    Loaded loaded =
        new Discovery(Map.of("FAIRLEAD_CONFIG", "gone.yaml", "OPENAI_API_KEY", "x"), directory)
            .find(null);
    assertThat(loaded.config()).isNull();
    assertThat(loaded.problems().getFirst().message()).isEqualTo("there is no such file");
  }

  @Test
  void keysInTheEnvironmentAreProviders() {
    Config config =
        find(
            Map.of(
                "GOOGLE_API_KEY", "g",
                "GROQ_API_KEY", "q",
                "ANTHROPIC_API_KEY", "a",
                "OPENAI_API_KEY", "o",
                "MISTRAL_API_KEY", " "),
            null);
    assertThat(config.providers().values())
        .extracting(
            p -> p.name(), p -> p.type(), p -> p.keys().getFirst().value(), p -> p.baseUrl())
        .containsExactly(
            tuple("openai", ProviderType.OPENAI, "o", "https://api.openai.com/v1"),
            tuple("anthropic", ProviderType.ANTHROPIC, "a", "https://api.anthropic.com/v1"),
            tuple(
                "gemini",
                ProviderType.OPENAI_COMPATIBLE,
                "g",
                "https://generativelanguage.googleapis.com/v1beta/openai"),
            tuple("groq", ProviderType.OPENAI_COMPATIBLE, "q", "https://api.groq.com/openai/v1"));
    Map<String, String> meant =
        Map.of(
            "gpt-5-mini",
            "openai",
            "o3",
            "openai",
            "claude-opus-5",
            "anthropic",
            "gemini-2.5-pro",
            "gemini");
    meant.forEach(
        (model, provider) ->
            assertThat(config.providers().values().stream().filter(p -> p.servesByPrefix(model)))
                .as(model)
                .extracting(p -> p.name())
                .containsExactly(provider));
  }

  @Test
  void theDemoAnswersAndFailsOver() {
    Config demo = find(Map.of(), null);
    assertThat(demo.providers().values())
        .allMatch(p -> p.type() == ProviderType.SIMULATED && p.baseUrl().isEmpty());
    assertThat(Objects.requireNonNull(demo.routes().get("demo")).targets())
        .containsExactly(new Target("sim_a", null, 70, 0), new Target("sim_b", null, 30, 0));
    Config.Route failover = Objects.requireNonNull(demo.routes().get("demo_failover"));
    assertThat(failover.targets().getFirst().provider()).isEqualTo("sim_down");
    assertThat(Objects.requireNonNull(demo.providers().get("sim_down")).simulated())
        .containsExactly(Map.entry("status", "503"));
    assertThat(demo.auth().mode()).isEqualTo(Config.Auth.Mode.LOOPBACK_ONLY);
    RouteCache remembers = Objects.requireNonNull(demo.routes().get("demo")).cache();
    assertThat(remembers.exact() && remembers.semantic()).isTrue();
    assertThat(remembers.mode()).isEqualTo(RouteCache.Mode.SERVE);
    assertThat(failover.cache().exact()).isFalse();
  }
}
