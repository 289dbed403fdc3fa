package fairlead.server.config;

import fairlead.server.config.Tree.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces references to the environment and to files by what they stand for.
 *
 * <p>Immutable. A message of its exceptions names the variable or the file, never the value.
 *
 * <ul>
 *   <li><code>${NAME}</code> and <code>${NAME:-default}</code>, anywhere in a value; as in a shell,
 *       the default also stands for a variable that is set to nothing; two dollar signs before a
 *       brace stand for one
 *   <li>{@code env.NAME} as the whole value
 *   <li>{@code file:PATH} as the whole value, relative to the configuration file; line breaks at
 *       the end are dropped
 * </ul>
 */
final class References {
  /** Keys and certificates are far smaller. */
  static final int MAX_FILE_BYTES = 64 * 1024;

  private static final Pattern WHOLE = Pattern.compile("env\\.([A-Za-z_][A-Za-z0-9_]*)");
  private static final Pattern INNER =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\}");

  private final Map<String, String> environment;
  private final Path directory;

  /**
   * @param directory what {@code file:PATH} is relative to
   */
  References(Map<String, String> environment, Path directory) {
    this.environment = environment;
    this.directory = directory;
  }

  /** Whether the value is more than the text that was written. */
  static boolean isReference(Scalar scalar) {
    String text = scalar.text();
    return text.contains("${") || text.startsWith("file:") || WHOLE.matcher(text).matches();
  }

  Path directory() {
    return directory;
  }

  String resolve(Scalar scalar) throws RejectedException {
    String text = scalar.text();
    if (text.startsWith("file:")) {
      return file(text.substring("file:".length()));
    }
    Matcher whole = WHOLE.matcher(text);
    if (whole.matches()) {
      return variable(whole.group(1));
    }
    int next = text.indexOf("${");
    if (next < 0) {
      return text;
    }
    StringBuilder resolved = new StringBuilder(text.length());
    Matcher inner = INNER.matcher(text);
    int done = 0;
    for (; next >= 0; next = text.indexOf("${", done)) {
      if (next > done && text.charAt(next - 1) == '$') {
        resolved.append(text, done, next - 1).append("${");
        done = next + 2;
        continue;
      }
      resolved.append(text, done, next);
      if (!inner.region(next, text.length()).lookingAt()) {
        throw new RejectedException(
            "'${' starts a reference that does not end properly; write ${NAME} or"
                + " ${NAME:-default}, or $${ for a literal ${");
      }
      resolved.append(inner.group(2) == null ? variable(inner.group(1)) : orElse(inner));
      done = inner.end();
    }
    return resolved.append(text, done, text.length()).toString();
  }

  private String variable(String name) throws RejectedException {
    String value = environment.get(name);
    if (value == null) {
      throw new RejectedException(
          "environment variable "
              + name
              + " is not set; set it, or write ${"
              + name
              + ":-default} if there is a default");
    }
    return value;
  }

  private String orElse(Matcher reference) {
    String value = environment.get(reference.group(1));
    return value == null || value.isEmpty() ? reference.group(2) : value;
  }

  private String file(String name) throws RejectedException {
    try {
      Path path = directory.resolve(name);
      // Not a pipe or a device: reading those may never end.
      if (!Files.isRegularFile(path)) {
        throw new RejectedException("there is no file " + path + "; correct the path after file:");
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(path)) {
        bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      }
      if (bytes.length > MAX_FILE_BYTES) {
        throw new RejectedException(
            "file "
                + path
                + " is larger than "
                + MAX_FILE_BYTES / 1024
                + " KiB; name a smaller one");
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = text.length();
      while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
        end--;
      }
      return text.substring(0, end);
    } catch (IOException e) {
      throw new RejectedException(
          "file after file: cannot be read ("
              + e.getClass().getSimpleName()
              + "); check permissions");
    } catch (InvalidPathException e) {
      throw new RejectedException("what follows file: is not a path; write file:PATH");
    }
  }
}
