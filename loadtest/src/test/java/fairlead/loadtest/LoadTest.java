package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

final class LoadTest {
  static final List<String> ALL = Load.ALL;

  @ParameterizedTest
  @FieldSource("ALL")
  void aLoadsNameIsWhatMakesIt(String name) {
    assertThat(Load.parse(name).name()).isEqualTo(name);
  }

  @Test
  void partsHaveDefaults() {
    assertThat(Load.parse("paced")).isEqualTo(new Load(LoadKind.PACED, 1_000, 256, 0));
    assertThat(Load.parse("plain-0.1k@50.5")).isEqualTo(new Load(LoadKind.PLAIN, 100, 16, 50.5));
    assertThat(Load.parse("mixed-8@20").name()).isEqualTo("mixed-8@20");
    assertThat(Load.parse("plain-16@20").name())
        .as("callers have no meaning")
        .isEqualTo("plain@20");
  }

  @Test
  void aRateIsForAllThatHaveNoneAndWhatIsThenTheSameIsRunOnce() {
    List<Load> loads = Load.parse(List.of("plain-1", "plain-64", "plain@7", "mixed-4"), 30);

    assertThat(loads).extracting(Load::name).containsExactly("plain@30", "plain@7", "mixed-4@30");
  }

  @Test
  void allAndNothingStandForLists() {
    assertThat(Load.parse(List.of("all"), 0)).extracting(Load::name).isEqualTo(Load.ALL);
    assertThat(Load.parse(List.of(), 0)).extracting(Load::name).isEqualTo(Load.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "plane-16, KIND[-SIZEk]",
    "plain-, KIND[-SIZEk]",
    "plain-20kb, KIND[-SIZEk]",
    "plain-0.01k, 0.1k to 10000k",
    "plain-20000k, 0.1k to 10000k",
    "plain-0, 1 to 10000 callers",
    "plain-10001, 1 to 10000 callers",
    "plain-99999999999999999999, 1 to 10000 callers",
    "plain@0, 0.1 to 200000",
    "plain@200001, 0.1 to 200000"
  })
  void aWrongNameIsToldWithWhatToWrite(String name, String instead) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Load.parse(name))
        .withMessageContaining("--loads")
        .withMessageContaining("\"" + name + "\"")
        .withMessageContaining(instead);
  }
}
