package fairlead.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Budgets as they stand in their file, and what is over them. */
final class BudgetTest {
  @TempDir private Path folder = Path.of("");

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("budgets.txt"), text);
  }

  @Test
  void readsLinesInTheirOrderAndPassesOverWhatIsNone() throws IOException {
    Path file = file("# a comment\n\n  B.two   0  200\nA.one 16.5 1e3 2\n");

    assertThat(Budget.read(file))
        .containsExactly(new Budget("B.two", 0, 200, 0), new Budget("A.one", 16.5, 1_000, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A.one 1|expected NAME BYTES NANOS [LOCKS]",
        "A.one 1 2 3 4|expected NAME BYTES NANOS [LOCKS]",
        "A.one x 2|expected a number, found: x",
        "A.one 1 -2|expected a number from 0 on, found: -2",
        "A.one NaN 2|expected a number from 0 on, found: NaN",
        "A.one 1 Infinity|expected a number from 0 on, found: Infinity",
        "one 1 2|expected CLASS.METHOD, found: one",
        "A.ok 3 4|the second budget of A.ok",
      })
  void aBadLineIsNamedWithItsFileAndNumber(String line, String message) throws IOException {
    Path file = file("# first\nA.ok 1 2\n" + line + "\n");

    assertThatThrownBy(() -> Budget.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + ":3: ")
        .hasMessageContaining(message);
  }

  @Test
  void bytesAndLocksAreHeldExactlyAndTimeWidely() {
    Budget budget = new Budget("A.one", 100, 1_000, 1);

    assertThat(budget.excess(new Measured("A.one", 104, 1_000, 1), 1)).isEmpty();
    assertThat(budget.excess(new Measured("A.one", 105, 0, 0), 1)).contains("OVER BUDGET");
    assertThat(budget.excess(new Measured("A.one", 0, 0, 1.02), 1)).contains("MORE LOCKS");
    assertThat(budget.excess(new Measured("A.one", 0, 1_001, 0), 1)).contains("TOO SLOW");
    assertThat(budget.excess(new Measured("A.one", Double.NaN, 0, 0), 1)).isNotEmpty();
  }

  @Test
  void aSlowMachineWidensTheGuardAndAFastOneDoesNotNarrowIt() {
    Budget budget = new Budget("A.one", 0, 1_000, 0);
    Measured slow = new Measured("A.one", 0, 1_900, 0);

    assertThat(budget.excess(slow, 2)).isEmpty();
    assertThat(budget.excess(slow, 1.5)).contains("TOO SLOW");
    assertThat(budget.excess(new Measured("A.one", 0, 999, 0), 0.1)).isEmpty();
  }
}
