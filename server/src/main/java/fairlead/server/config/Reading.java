package fairlead.server.config;

import fairlead.server.config.Problem.Severity;
import fairlead.server.config.Tree.Scalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one configuration file: collects what is wrong and resolves references.
 *
 * <p>Not thread-safe. Keeps a bounded number of problems.
 */
final class Reading {
  /** More than anybody reads; a file with more is broken at its root. */
  static final int MAX_PROBLEMS = 200;

  private static final int MAX_SHOWN = 40;

  private final String file;
  private final References references;
  private final List<Problem> problems = new ArrayList<>();
  private boolean failed;

  Reading(String file, References references) {
    this.file = file;
    this.references = references;
  }

  void error(Tree at, String path, String message) {
    error(at.line(), at.column(), path, message);
  }

  void error(int line, int column, String path, String message) {
    failed = true;
    add(new Problem(file, line, column, path, message, Severity.ERROR));
  }

  void warning(Tree at, String path, String message) {
    add(new Problem(file, at.line(), at.column(), path, message, Severity.WARNING));
  }

  private void add(Problem problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(problem);
    }
  }

  boolean failed() {
    return failed;
  }

  /** In file order. */
  List<Problem> problems() {
    List<Problem> sorted = new ArrayList<>(problems);
    sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    return List.copyOf(sorted);
  }

  References references() {
    return references;
  }

  /** What the value stands for, or null after reporting why there is nothing. */
  @Nullable String resolve(Scalar scalar, String path) {
    try {
      return references.resolve(scalar);
    } catch (RejectedException e) {
      error(scalar, path, e.why());
      return null;
    }
  }

  /**
   * The text at the node with references resolved, not empty, without control characters; null
   * after reporting why not.
   *
   * @param wanted what should stand there, for the message
   */
  @Nullable String text(Tree node, String path, String wanted) {
    if (!(node instanceof Scalar scalar) || scalar.isNothing()) {
      error(node, path, "is " + node.kind() + "; write " + wanted);
      return null;
    }
    String text = resolve(scalar, path);
    if (text == null) {
      return null;
    }
    if (text.isEmpty()) {
      error(node, path, "is empty" + origin(scalar) + "; write " + wanted);
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        error(
            node,
            path,
            "contains a line break or another control character"
                + origin(scalar)
                + "; write "
                + wanted);
        return null;
      }
    }
    return text;
  }

  /** The mapping at the node, or null after reporting that it is something else. */
  Tree.@Nullable Mapping mapping(Tree node, String path, String example) {
    if (node instanceof Tree.Mapping mapping) {
      return mapping;
    }
    error(node, path, "is " + node.kind() + "; write a mapping such as " + example);
    return null;
  }

  /** The list at the node, or null after reporting that it is something else. */
  Tree.@Nullable Sequence list(Tree node, String path, String example) {
    if (node instanceof Tree.Sequence sequence) {
      return sequence;
    }
    error(node, path, "is " + node.kind() + "; write a list such as " + example);
    return null;
  }

  /**
   * How to show a wrong value: as written, so that what a reference stands for is never shown. Not
   * for settings that hold secrets.
   */
  static String shown(Scalar scalar) {
    String text = scalar.text();
    StringBuilder shown = new StringBuilder("'");
    int end = Math.min(text.length(), MAX_SHOWN);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) ? ' ' : c);
    }
    return shown.append(end < text.length() ? "…'" : "'").toString();
  }

  static String origin(Scalar scalar) {
    return References.isReference(scalar) ? " (what it refers to, that is)" : "";
  }
}
