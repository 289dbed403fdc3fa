package fairlead.cache.embed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** Evaluation data beside the repository; tests skip where it is absent. */
final class SharedData {
  private SharedData() {}

  /** Two texts and whether one answer serves both. */
  record Pair(String a, String b, boolean same) {}

  static List<String> lines(String name) {
    Path file = data().resolve(name);
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = name.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The columns label, a, b, found by the names in the first line. */
  static List<Pair> pairs(String name) {
    List<Pair> pairs = new ArrayList<>();
    List<String> lines = lines(name);
    int label = List.of(lines.getFirst().split("\t")).indexOf("label");
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split("\t");
      pairs.add(
          new Pair(text(fields[label + 1]), text(fields[label + 2]), fields[label].equals("1")));
    }
    return pairs;
  }

  private static String text(String field) {
    return field.replace("\\n", "\n");
  }

  private static Path data() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path data = dir.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    Assumptions.abort("no shared/data directory beside the repository: evaluation data is absent");
    throw new AssertionError("unreachable");
  }
}
