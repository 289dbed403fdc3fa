package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class MainTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aRunPrintsATableAndWritesEveryRound() throws Exception {
    Path json = folder.resolve("result.json");

    String printed =
        run(
            0,
            "--only=straight,nginx",
            "--loads=plain-1,stream-16",
            "--rounds=2",
            "--seconds=0.2",
            "--warm-up=0.2",
            "--settle=0.1",
            "--json=" + json);

    assertThat(printed).contains("### plain 1 KB, c=1", "### 101 events in one piece, c=16");
    assertThat(printed).containsPattern("\\| straight \\| – \\| – \\| \\d+ \\|");
    assertThat(printed).containsPattern("nginx is not installed|\\| nginx \\| [0-9.]+ \\| 1.00 ");
    assertThat(printed).doesNotContainPattern("\\| [1-9][0-9]* \\(");
    assertThat(Files.readString(json))
        .contains("\"load\":\"plain-1\"", "\"name\":\"straight\"", "\"rounds\":[{", "\"p99_us\":");
  }

  @Test
  void anUnknownLoadIsNamed() {
    assertThat(run(2, "--loads=plane-1")).contains("\"plane-1\"", "plain-1, plain-16");
  }

  private static String run(int expected, String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int code = Main.run(out, arguments);
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(code).as(printed).isEqualTo(expected);
    return printed;
  }
}
