package fairlead.cache.guard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** Pairs of texts of which somebody has said whether one answer serves both. */
final class PairSets {
  private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  record Pair(boolean same, String a, String b) {}

  private PairSets() {}

  static Path folder() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path pairs = dir.resolveSibling("shared").resolve("data").resolve("pairs");
      if (Files.isDirectory(pairs)) {
        return pairs;
      }
    }
    Assumptions.abort("no shared/data directory beside the repository: pairs are absent");
    throw new AssertionError("unreachable");
  }

  static List<String> lines(String file) {
    Path path = folder().resolve(file);
    try (InputStream raw = Files.newInputStream(path);
        InputStream in = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The pairs of a file, of one split of it when that is not empty. */
  static List<Pair> pairs(String file, String split) {
    List<Pair> pairs = new ArrayList<>();
    int skip = split.isEmpty() ? 0 : 1;
    for (String line : lines(file)) {
      String[] cells = line.split("\t", -1);
      if (cells[0].equals("label") || cells[0].equals("split")) {
        continue;
      }
      if (split.isEmpty() || cells[0].equals(split)) {
        pairs.add(new Pair(cells[skip].equals("1"), text(cells[skip + 1]), text(cells[skip + 2])));
      }
    }
    return pairs;
  }

  private static String text(String cell) {
    return cell.replace("\\n", "\n");
  }

  /** The strings of a JSON file in order, names of members included. */
  static List<String> strings(String file) {
    List<String> strings = new ArrayList<>();
    Matcher matcher = STRING.matcher(String.join("\n", lines(file)));
    while (matcher.find()) {
      strings.add(matcher.group(1).replace("\\n", "\n").replace("\\\"", "\""));
    }
    return strings;
  }
}
