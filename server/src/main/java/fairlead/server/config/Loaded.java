package fairlead.server.config;

import fairlead.server.config.Problem.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading a configuration: immutable.
 *
 * @param config null if there is any error
 * @param problems errors and warnings, in file order
 */
public record Loaded(@Nullable Config config, List<Problem> problems) {

  static Loaded failed(String file, String message) {
    return failed(file, 1, 1, "file", message);
  }

  static Loaded failed(String file, int line, int column, String path, String message) {
    return new Loaded(
        null, List.of(new Problem(file, line, column, path, message, Severity.ERROR)));
  }

  /** What keeps the configuration from being used. */
  public List<Problem> errors() {
    return problems.stream().filter(Problem::isError).toList();
  }

  /** What does not. */
  public List<Problem> warnings() {
    return problems.stream().filter(problem -> !problem.isError()).toList();
  }
}
