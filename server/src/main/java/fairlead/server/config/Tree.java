package fairlead.server.config;

import java.util.List;

/**
 * A configuration file as mappings, lists and scalars that know where they stand; the same for YAML
 * and JSON. Immutable once built.
 *
 * <p>Lines and columns count from 1, columns in code points.
 */
sealed interface Tree {

  int line();

  int column();

  /** How many nodes an alias to this one stands for. */
  int size();

  /** What people call this kind of thing. */
  String kind();

  /** Key-value pairs in file order; keys are unique. */
  record Mapping(List<Entry> entries, int line, int column, int size) implements Tree {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  record Entry(Scalar key, Tree value) {}

  record Sequence(List<Tree> items, int line, int column, int size) implements Tree {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * Anything else.
   *
   * @param text as written, escapes resolved, references not
   * @param plain whether it was written without quotes, so that it may be a number, a boolean or
   *     nothing at all
   */
  record Scalar(String text, boolean plain, int line, int column) implements Tree {
    @Override
    public int size() {
      return 1;
    }

    /** YAML 1.2 core schema, 10.3.2: how nothing is written. */
    boolean isNothing() {
      return plain
          && (text.isEmpty()
              || text.equals("~")
              || text.equals("null")
              || text.equals("Null")
              || text.equals("NULL"));
    }

    @Override
    public String kind() {
      return isNothing() ? "nothing" : plain ? "a single value" : "text";
    }

    /** Not the text: it may be a secret. */
    @Override
    public String toString() {
      return "Scalar[" + line + ':' + column + ']';
    }
  }

  /** The file is not YAML or JSON; the message holds no text of the file. */
  @SuppressWarnings("serial") // never serialised
  final class SyntaxException extends RejectedException {
    final int line;
    final int column;

    SyntaxException(int line, int column, String message) {
      super(message);
      this.line = line;
      this.column = column;
    }
  }
}
