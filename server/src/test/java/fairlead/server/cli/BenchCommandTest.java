package fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Wrong usage, told before anything is started; that the bench works is shown end to end. */
class BenchCommandTest {
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new BenchCommand())
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "--loads=plane-16, plane-16, KIND",
    "--rate=0.01, 0.01, 0.1 to 200000",
    "--rate=fast, fast, --rate",
    "--arrivals=bursts, bursts, constant or poisson",
    "--connections=0, 0, 1 to 20000",
    "--rounds=0, 0, 1 to 1000",
    "--seconds=0, 0, 0.1 to 3600",
    "--only=apache, apache, straight",
    "--upstream=slow=1, slow, --upstream",
    "--upstream-port=99999, 99999, 0 to 65535",
    "--pid=1, 1, NAME=PID",
    "ftp://127.0.0.1/v1, ftp, http://HOST:PORT/v1",
    "--fairlead-config=none.yaml, none.yaml, --fairlead-config"
  })
  void whatIsWrongIsNamed(String argument, String value, String instead) {
    String[] arguments =
        argument.startsWith("--pid")
            ? new String[] {"http://127.0.0.1:9/v1", argument}
            : new String[] {argument};

    assertThat(run(arguments)).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(value, instead);
  }

  @Test
  void aReportThatCouldNotBeWrittenIsRefusedBeforeAnythingIsMeasured(@TempDir Path directory) {
    Path nowhere = directory.resolve("none").resolve("b.html");

    assertThat(run("--html", nowhere.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no folder " + nowhere.getParent());
  }
}
