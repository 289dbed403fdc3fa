package fairlead.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that are written down, read again, and compared with. */
final class RecordedTest {
  private static final int MANY = 20;

  @TempDir private Path folder = Path.of("");

  private static List<Measured> run(double times) {
    List<Measured> run = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      run.add(new Measured("A.b" + i, 8 * i, 100 * (i + 1) * times, 0));
    }
    return run;
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Path file = folder.resolve("recorded.txt");
    Recorded.of("2026-11-29", "a machine, 2 processors", run(1)).write(file);

    Recorded read = Recorded.read(file);

    assertThat(read.where()).isEqualTo("2026-11-29, a machine, 2 processors");
    for (Measured each : run(1)) {
      assertThat(read.moreBytes(each)).isZero();
      assertThat(read.ratio(each)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"A.x 1,NAME BYTES NANOS", "A.x 1 y,found: y", "A.one 1 2,second record of A.one"})
  void aBadLineIsNamedWithItsFileAndNumber(String line, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("recorded.txt"), "A.one 1 2\n\n" + line + "\n");

    assertThatThrownBy(() -> Recorded.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + ":3: ")
        .hasMessageContaining(message);
  }

  @Test
  void theMedianTellsTheMachineAndOneSlowBenchmarkDoesNotMoveIt() {
    Recorded recorded = Recorded.of("d", "m", run(1));
    List<Measured> now = run(3);
    now.set(4, new Measured("A.b4", 32, 1e9, 0));

    assertThat(recorded.slowness(now)).isCloseTo(3, within(1e-9));
    assertThat(recorded.slowness(now.subList(0, 9))).as("too few to tell").isEqualTo(1);
    assertThat(recorded.slowness(List.of())).isEqualTo(1);
  }

  @Test
  void bytesAreComparedExactlyButForTheHarness() {
    Recorded recorded = Recorded.of("d", "m", run(1));

    assertThat(recorded.moreBytes(new Measured("A.b1", 11, 0, 0))).isZero();
    assertThat(recorded.moreBytes(new Measured("A.b1", 1_032, 0, 0))).isEqualTo(1_024);
    assertThat(recorded.moreBytes(new Measured("A.b2", 0, 0, 0))).isEqualTo(-16);
    assertThat(recorded.moreBytes(new Measured("A.new", 0, 0, 0))).isNaN();
    assertThat(recorded.ratio(new Measured("A.new", 0, 1, 0))).isNaN();
  }

  @Test
  void theReportShowsChangesWithoutTheMachine() {
    Recorded recorded = Recorded.of("2026-11-29", "m", run(1));
    Report report = new Report(recorded, 2);
    Budget budget = new Budget("A.b1", 8, 10_000, 0);

    assertThat(report.line(budget, new Measured("A.b1", 8, 400, 0))).isTrue();
    assertThat(report.line(budget, new Measured("A.b1", 1_032, 800, 1))).isFalse();
    assertThat(report.line(new Budget("A.new", 0, 10, 0), new Measured("A.new", 0, 1, 0))).isTrue();
    assertThat(report.line(new Budget("A.gone", 0, 10, 0), null)).isFalse();

    String[] lines = report.text().split("\n");
    assertThat(lines[0]).contains("2026-11-29, m");
    assertThat(lines[3]).contains(" = ").contains(" x1.00 ").doesNotContain("slower");
    assertThat(lines[4])
        .contains(" +1024 ")
        .contains(" x2.00 ")
        .contains("OVER BUDGET")
        .contains("MORE LOCKS")
        .contains("slower than recorded");
    assertThat(lines[5]).contains(" new ");
    assertThat(lines[6]).contains("NO SUCH BENCHMARK");
  }

  @Test
  void measuredFiguresSurviveTheirFile() throws IOException {
    Measured measured = new Measured("A.b1", 1.5, 123.25, 0.0625);
    Path file = Files.writeString(folder.resolve("results.txt"), measured.toLine() + "\n");

    assertThat(Fields.read(file).stream().map(Measured::parse)).containsExactly(measured);
  }
}
