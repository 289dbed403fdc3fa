package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short runs of {@code bench} out of the packaged jar; what they measure is nobody's business. */
final class BenchIT {
  private static final long SECONDS = 180;
  private static final String SHORT = " --rounds 1 --seconds 0.3 --warm-up 0.4 --settle 0.1";

  @TempDir private Path folder;

  @Test
  void everyKindOfLoadGoesThroughTheGatewayItStarts() throws IOException {
    Path json = folder.resolve("bench.json");
    Path html = folder.resolve("bench.html");
    String loads =
        "plain-2,plain-0.1k-2,plain-1000k-2,plain@100,stream-2,paced-8,mixed-4@50,invalid-keys-2,"
            + "churn-2";

    Shell.Result result =
        bench(
            "--only straight,fairlead --loads "
                + loads
                + SHORT
                + " --json "
                + json
                + " --html "
                + html);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("### plain 1 KB, 100 requests/s", "| fairlead |");
    Map<String, Object> report = JSON.std.mapFrom(Files.readString(json));
    assertThat(report.get("loads"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(9)
        .allSatisfy(load -> assertThat(load.toString()).contains("name=fairlead", "rss_mib="));
    assertThat(html).content().startsWith("<!doctype html>").contains("<svg");
  }

  @Test
  void theMemoryAnswersWhatIsAskedAgain() throws IOException {
    Shell.Result result = bench("--only memory-miss,memory-hit --loads plain-2,stream-2" + SHORT);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("| memory-miss |", "| memory-hit |");
  }

  @Test
  void aUrlIsMeasuredAsItIs() throws Exception {
    try (SimulatedProcess provider = SimulatedProcess.start(Map.of())) {
      Shell.Result result =
          bench(
              "own="
                  + provider.baseUrl()
                  + " --key own=sk-1 --model m --loads plain-2,stream@50"
                  + SHORT);

      assertThat(result.exitCode()).as(result.output()).isZero();
      assertThat(result.output()).contains("| own |").doesNotContain("| straight |");
    }
  }

  private static Shell.Result bench(String arguments) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-jar",
            GatewayProcess.jar().toString(),
            "bench",
            arguments);
    return Shell.run(String.join(" ", command), SECONDS);
  }
}
