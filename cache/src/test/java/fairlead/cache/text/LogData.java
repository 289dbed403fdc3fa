package fairlead.cache.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** Logs and texts beside the repository; tests skip where they are absent. */
public final class LogData {
  private LogData() {}

  /** A failed build: the log around the failure, and the failure with its numbers masked. */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  public record Failure(String repo, long id, byte[] log, String chunk, String signature) {}

  /** Two failures of one project; whether they are the same one. */
  public record Pair(int a, int b, boolean same) {}

  /** A line of a program's log and the name of the template that wrote it. */
  record Line(String text, String template) {}

  static Path file(String name) {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path file = dir.resolveSibling("shared").resolve("data").resolve("pairs").resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    Assumptions.abort("no shared/data/pairs/" + name + " beside the repository");
    throw new AssertionError("unreachable");
  }

  static List<String> lines(String name) {
    Path file = file(name);
    try (InputStream in = Files.newInputStream(file);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    name.endsWith(".gz") ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8))) {
      return new ArrayList<>(reader.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  public static List<Failure> failures() {
    List<Failure> failures = new ArrayList<>();
    for (String line : lines("ci_failures_logchunks.jsonl.gz")) {
      Map<String, String> fields = strings(line);
      failures.add(
          new Failure(
              required(fields, "repo"),
              Long.parseLong(required(fields, "id").replace(".log", "")),
              required(fields, "text").getBytes(StandardCharsets.UTF_8),
              required(fields, "chunk"),
              required(fields, "sig")));
    }
    return failures;
  }

  /** All pairs within projects, by the rule of the data: doubtful ones are left out. */
  public static List<Pair> pairs(List<Failure> failures) {
    List<Pair> pairs = new ArrayList<>();
    for (int a = 0; a < failures.size(); a++) {
      for (int b = 0; b < a; b++) {
        if (!failures.get(a).repo().equals(failures.get(b).repo())) {
          continue;
        }
        double similar = similar(failures.get(a).signature(), failures.get(b).signature());
        if (similar == 1 || similar < 0.8) {
          pairs.add(new Pair(a, b, similar == 1));
        }
      }
    }
    return pairs;
  }

  /** 1 for equal texts, else the Jaccard index of their words, which then counts as less. */
  public static double similar(String a, String b) {
    if (a.equals(b)) {
      return 1;
    }
    Set<String> all = new HashSet<>(Arrays.asList(a.split("\\s+")));
    Set<String> others = new HashSet<>(Arrays.asList(b.split("\\s+")));
    Set<String> shared = new HashSet<>(all);
    shared.retainAll(others);
    all.addAll(others);
    return Math.min(0.99, (double) shared.size() / all.size());
  }

  /** What a program has written, whole lines as they were. */
  static List<Line> program(String name) {
    List<Line> lines = new ArrayList<>();
    List<String> rows = lines("loghub_" + name + "_2k_structured.csv.gz");
    List<String> names = cells(rows.getFirst());
    int content = names.indexOf("Content");
    for (String row : rows.subList(1, rows.size())) {
      List<String> cells = cells(row);
      if (cells.size() == names.size()) {
        lines.add(new Line(cells.get(content), cells.get(names.indexOf("EventId"))));
      }
    }
    return lines;
  }

  private static List<String> cells(String row) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < row.length(); i++) {
      char c = row.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < row.length() && row.charAt(i + 1) == '"') {
          cell.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }

  /** The members of a flat JSON object that are strings. */
  private static Map<String, String> strings(String json) {
    Map<String, String> members = new HashMap<>();
    String name = null;
    int at = 0;
    while (at < json.length()) {
      if (json.charAt(at) != '"') {
        at++;
        continue;
      }
      StringBuilder text = new StringBuilder();
      at++;
      while (json.charAt(at) != '"') {
        char c = json.charAt(at++);
        if (c != '\\') {
          text.append(c);
          continue;
        }
        char escaped = json.charAt(at++);
        switch (escaped) {
          case 'n' -> text.append('\n');
          case 't' -> text.append('\t');
          case 'r' -> text.append('\r');
          case 'b' -> text.append('\b');
          case 'f' -> text.append('\f');
          case 'u' -> {
            text.append((char) Integer.parseInt(json.substring(at, at + 4), 16));
            at += 4;
          }
          default -> text.append(escaped);
        }
      }
      at++;
      if (name == null && at < json.length() && json.charAt(at) == ':') {
        name = text.toString();
      } else if (name != null) {
        members.put(name, text.toString());
        name = null;
      }
    }
    return members;
  }

  private static String required(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new AssertionError("no " + name + " in " + fields.keySet());
    }
    return value;
  }
}
