package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.catalogue.Catalogue;
import fairlead.providers.catalogue.KnownProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The reference lists every setting there is, with its kind, range and default, and no other. */
class ConfigurationPageTest {
  private static List<String> page() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path page = at.resolve("docs/configuration.md");
      if (Files.exists(page)) {
        return Files.readAllLines(page);
      }
    }
    throw new IOException("no docs/configuration.md above " + Path.of("").toAbsolutePath());
  }

  private static List<String> cells(String row) {
    List<String> cells = new ArrayList<>();
    for (String cell : row.replace("\\|", "/").split("\\|", -1)) {
      cells.add(cell.strip());
    }
    return cells.subList(1, cells.size() - 1);
  }

  @Test
  void settingsAndRowsAgree() throws IOException {
    Map<String, List<String>> expected = new LinkedHashMap<>();
    for (Settings.Group group : Settings.GROUPS) {
      List<String> rows = new ArrayList<>();
      for (Setting setting : group.settings()) {
        rows.add(
            String.join(
                " | ",
                "`" + setting.key() + "`",
                setting.kind().title(),
                setting.range(),
                setting.absent()));
      }
      expected.put(group.path().isEmpty() ? "top level" : group.path(), rows);
    }

    Map<String, List<String>> written = new LinkedHashMap<>();
    List<String> rows = new ArrayList<>();
    for (String line : page()) {
      if (line.startsWith("#")) {
        rows = new ArrayList<>();
        if (line.startsWith("### `")) {
          written.put(line.substring(5, line.length() - 1), rows);
        }
      } else if (line.startsWith("| `")) {
        rows.add(String.join(" | ", cells(line).subList(0, Math.min(4, cells(line).size()))));
      }
    }
    assertThat(written).isEqualTo(expected);
    assertThat(List.copyOf(written.keySet())).isEqualTo(List.copyOf(expected.keySet()));
  }

  @Test
  void whatHasNoEffectSaysSo() throws IOException {
    Map<String, Setting> ineffective = new HashMap<>();
    for (Settings.Group group : Settings.GROUPS) {
      for (Setting setting : group.settings()) {
        if (!setting.effective()) {
          ineffective.put(group.path() + "." + setting.key(), setting);
        }
      }
    }
    List<String> said = new ArrayList<>();
    String section = "";
    for (String line : page()) {
      if (line.startsWith("### `")) {
        section = line.substring(5, line.length() - 1);
      } else if (line.startsWith("| `") && line.contains("**No effect yet**")) {
        said.add(section + "." + cells(line).getFirst().replace("`", ""));
      }
    }
    assertThat(said).containsExactlyInAnyOrderElementsOf(ineffective.keySet());
  }

  @Test
  void wellKnownProvidersAgree() throws IOException {
    List<String> expected = new ArrayList<>();
    for (KnownProvider provider : Catalogue.providers()) {
      expected.add(
          provider.name()
              + " "
              + String.join(", ", provider.environment())
              + " "
              + provider.baseUrl());
    }
    List<String> written = new ArrayList<>();
    boolean inSection = false;
    for (String line : page()) {
      inSection = line.startsWith("#") ? line.equals("## Well-known providers") : inSection;
      if (inSection && line.startsWith("| `")) {
        written.add(String.join(" ", cells(line)).replace("`", ""));
      }
    }
    assertThat(written).isEqualTo(expected);
  }

  @Test
  void theExampleIsGood() throws IOException {
    StringBuilder yaml = new StringBuilder();
    boolean inExample = false;
    for (String line : page()) {
      if (line.startsWith("```")) {
        inExample = line.equals("```yaml");
      } else if (inExample) {
        yaml.append(line).append('\n');
      }
    }
    Loaded loaded =
        new ConfigLoader(Map.of("ANTHROPIC_KEY", "x", "OPENAI_KEY", "y"))
            .load("example.yaml", yaml.toString());
    assertThat(loaded.problems()).isEmpty();
    assertThat(Objects.requireNonNull(loaded.config()).routes()).containsOnlyKeys("build_triage");
  }
}
