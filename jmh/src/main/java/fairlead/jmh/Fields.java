package fairlead.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a text file, cut at its blanks; knows where it stands, for messages.
 *
 * <p>Immutable. Empty lines and what begins with {@code #} are no lines of a file.
 */
final class Fields {
  private final Path file;
  private final int line;
  private final String text;
  private final String[] parts;

  private Fields(Path file, int line, String text) {
    this.file = file;
    this.line = line;
    this.text = text;
    this.parts = text.split("\\s+");
  }

  static List<Fields> read(Path file) throws IOException {
    List<Fields> lines = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      String text = line.strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        lines.add(new Fields(file, number, text));
      }
    }
    return lines;
  }

  /**
   * @throws IllegalArgumentException if there are not so many fields
   */
  void require(int count, String form) {
    if (parts.length != count) {
      throw bad("expected " + form + ", found: " + text);
    }
  }

  int count() {
    return parts.length;
  }

  String text(int field) {
    return parts[field];
  }

  /** Everything after the first field. */
  String rest() {
    return text.substring(parts[0].length()).strip();
  }

  /**
   * A number from 0 on.
   *
   * @throws IllegalArgumentException if it is none
   */
  double number(int field) {
    double value;
    try {
      value = Double.parseDouble(parts[field]);
    } catch (NumberFormatException e) {
      throw bad("expected a number, found: " + parts[field], e);
    }
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw bad("expected a number from 0 on, found: " + parts[field]);
    }
    return value;
  }

  IllegalArgumentException bad(String what) {
    return bad(what, null);
  }

  private IllegalArgumentException bad(String what, @Nullable Throwable cause) {
    return new IllegalArgumentException(file + ":" + line + ": " + what, cause);
  }
}
