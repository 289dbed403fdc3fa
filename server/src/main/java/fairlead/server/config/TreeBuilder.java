package fairlead.server.config;

import fairlead.server.config.Tree.Entry;
import fairlead.server.config.Tree.Scalar;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Tree} from a parser's events, without recursion and within bounds.
 *
 * <p>Not thread-safe. Depth and the number of nodes are bounded, aliases counted with all they
 * stand for, so that neither a deep nor a self-multiplying file costs more than a large honest one.
 */
final class TreeBuilder {
  /** The deepest setting there is needs eight. */
  static final int MAX_DEPTH = 32;

  /** A thousand providers with every setting stay below this. */
  static final int MAX_NODES = 100_000;

  private final List<Duplicate> duplicates = new ArrayList<>();
  private final Deque<Frame> open = new ArrayDeque<>();
  private @Nullable Tree root;
  private int nodes;

  /** A key that was written twice. */
  record Duplicate(Scalar first, Scalar second) {}

  private static final class Frame {
    final boolean mapping;
    final int line;
    final int column;
    final @Nullable String anchor;
    final List<Entry> entries = new ArrayList<>();
    final List<Tree> items = new ArrayList<>();
    final Map<String, Scalar> seen = new HashMap<>();
    @Nullable Scalar key;
    int size = 1;

    Frame(boolean mapping, int line, int column, @Nullable String anchor) {
      this.mapping = mapping;
      this.line = line;
      this.column = column;
      this.anchor = anchor;
    }
  }

  private final Map<String, Tree> anchors = new HashMap<>();

  void startMapping(int line, int column, @Nullable String anchor) throws Tree.SyntaxException {
    start(new Frame(true, line, column, anchor));
  }

  void startSequence(int line, int column, @Nullable String anchor) throws Tree.SyntaxException {
    start(new Frame(false, line, column, anchor));
  }

  private void start(Frame frame) throws Tree.SyntaxException {
    Frame parent = open.peek();
    if (parent != null && parent.mapping && parent.key == null) {
      throw new Tree.SyntaxException(
          frame.line, frame.column, "a mapping or list stands where a key must be; write NAME: …");
    }
    if (open.size() == MAX_DEPTH) {
      throw new Tree.SyntaxException(
          frame.line, frame.column, "nested more than " + MAX_DEPTH + " levels deep");
    }
    open.push(frame);
  }

  void end() throws Tree.SyntaxException {
    Frame frame = open.pop();
    Tree built =
        frame.mapping
            ? new Tree.Mapping(List.copyOf(frame.entries), frame.line, frame.column, frame.size)
            : new Tree.Sequence(List.copyOf(frame.items), frame.line, frame.column, frame.size);
    add(built, frame.anchor, 1);
  }

  void scalar(Scalar scalar, @Nullable String anchor) throws Tree.SyntaxException {
    Frame parent = open.peek();
    if (parent != null && parent.mapping && parent.key == null) {
      parent.key = scalar;
      return;
    }
    add(scalar, anchor, 1);
  }

  void alias(String anchor, int line, int column) throws Tree.SyntaxException {
    Tree target = anchors.get(anchor);
    if (target == null) {
      throw new Tree.SyntaxException(
          line,
          column,
          "an unquoted value that starts with * refers to an anchor, and there is no such anchor"
              + " above; put quotes around the value if it is text");
    }
    Frame parent = open.peek();
    if (parent != null && parent.mapping && parent.key == null) {
      throw new Tree.SyntaxException(line, column, "an alias cannot be a key; write the name");
    }
    add(target, null, target.size());
  }

  private void add(Tree value, @Nullable String anchor, int cost) throws Tree.SyntaxException {
    if (anchor != null) {
      anchors.put(anchor, value);
    }
    Frame parent = open.peek();
    if (parent == null) {
      root = value;
      return;
    }
    nodes += cost;
    parent.size += value.size();
    if (nodes > MAX_NODES) {
      throw new Tree.SyntaxException(
          value.line(),
          value.column(),
          "more than " + MAX_NODES + " values, aliases counted in full");
    }
    if (!parent.mapping) {
      parent.items.add(value);
      return;
    }
    Scalar key = parent.key;
    parent.key = null;
    if (key == null) {
      throw new IllegalStateException("value without key at " + value.line());
    }
    Scalar first = parent.seen.putIfAbsent(key.text(), key);
    if (first == null) {
      parent.entries.add(new Entry(key, value));
    } else {
      duplicates.add(new Duplicate(first, key));
    }
  }

  /** The finished tree, or null if there was nothing. */
  @Nullable Tree root() {
    return root;
  }

  List<Duplicate> duplicates() {
    return duplicates;
  }
}
