package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole game day, out of the packaged jar: sixteen of sixteen on every wire. */
final class GamedayIT {
  private static final long FAST_SECONDS = 120;
  private static final long FULL_SECONDS = 900;

  @TempDir private Path folder;

  @Test
  void everyScenarioPassesOnEveryWireAndEveryStoryEndsWell() throws IOException {
    everythingPasses("--fast", FAST_SECONDS);
  }

  @Test
  @Tag("slow")
  void alsoInTheTimingOfTheCatalogue() throws IOException {
    everythingPasses("", FULL_SECONDS);
  }

  private void everythingPasses(String option, long seconds) throws IOException {
    Path json = folder.resolve("gameday.json");
    Shell.Result result = gameday(option + " --json " + json, seconds);
    System.out.println(result.output());

    assertThat(result.exitCode()).isZero();
    Map<String, Object> report = JSON.std.mapFrom(Files.readString(json));
    Map<String, Integer> all = Map.of("passed", 16, "of", 16);
    assertThat(report.get("scorecard"))
        .isEqualTo(
            Map.of(
                "openai", all,
                "anthropic", all,
                "anthropic-openai", all,
                "openai-anthropic", all));
    assertThat(report.get("stories"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(6)
        .allSatisfy(
            story ->
                assertThat(story)
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("passed", true)
                    .containsEntry("failed", 0));
    assertThat(folder.resolve("gameday.html")).content().contains("16/16");
  }

  @Test
  void aConfigurationIsRehearsedWithoutItsSecrets() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("mine.yaml"),
            """
            auth: { keys: [ { name: ci, value: env.GAMEDAY_IT_CALLER_KEY } ] }
            providers:
              first: { type: anthropic, api_key: env.GAMEDAY_IT_FIRST_KEY, default_model: m }
              second: { type: openai, api_key: env.GAMEDAY_IT_SECOND_KEY, default_model: n }
            routing:
              pair: { providers: [first, second] }
              alone: { targets: [ first/m ] }
            """);
    Path json = folder.resolve("mine.json");

    Shell.Result result =
        gameday("--config " + config + " --only S04,S08,S13 --json " + json, FAST_SECONDS);

    assertThat(result.exitCode()).as(result.output()).isZero();
    Map<String, Object> report = JSON.std.mapFrom(Files.readString(json));
    assertThat(report.get("scorecard"))
        .isEqualTo(
            Map.of(
                "pair", Map.of("passed", 3, "of", 3),
                // Nobody else can answer: S04 and S08 end in a clean error.
                "alone", Map.of("passed", 1, "of", 3)));
    assertThat(result.output()).contains("no other provider to go on to");
  }

  private static Shell.Result gameday(String arguments, long seconds) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-jar",
            GatewayProcess.jar().toString(),
            "gameday",
            arguments);
    return Shell.run(String.join(" ", command), seconds);
  }
}
