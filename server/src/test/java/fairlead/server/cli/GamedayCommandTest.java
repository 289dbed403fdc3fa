package fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Wrong usage; that the game day itself works is shown end to end. */
class GamedayCommandTest {
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new GamedayCommand())
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void anUnknownWire() {
    assertThat(run("--wire", "openai,morse")).isEqualTo(2);
    assertThat(err.toString()).contains("morse").contains("anthropic-openai");
  }

  @Test
  void anUnknownScenario() {
    assertThat(run("--only", "S01,S17")).isEqualTo(2);
    assertThat(err.toString()).contains("S17").contains("S16").contains("U6");
  }

  @Test
  void aConfigurationHasItsOwnWires(@TempDir Path directory) {
    assertThat(run("--config", directory.resolve("f.yaml").toString(), "--wire", "openai"))
        .isEqualTo(2);
  }

  @Test
  void aConfigurationWithErrors(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("f.yaml"), "providers: { a: { typ: x } }\n");

    assertThat(run("--config", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(file + ":1:");
  }

  @Test
  void aReportThatCouldNotBeWrittenIsRefusedBeforeAnythingIsPlayed(@TempDir Path directory) {
    Path nowhere = directory.resolve("none").resolve("g.json");

    assertThat(run("--json", nowhere.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no folder " + nowhere.getParent());
  }

  @Test
  void noConfiguration(@TempDir Path directory) {
    assertThat(run("--config", directory.resolve("none.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("none.yaml");
  }
}
