package fairlead.providers.simulated;

import org.jspecify.annotations.Nullable;

/** What a request to the simulated provider asks for, which also says the wire it speaks. */
enum SimulatedWireKind {
  CHAT(0, "/chat/completions"),
  COMPLETIONS(1, "/completions"),
  EMBEDDINGS(2, "/embeddings"),
  MESSAGES(3, "/messages"),
  COUNT_TOKENS(4, "/messages/count_tokens");

  private static final SimulatedWireKind[] ALL = values();

  private final int index;
  private final String path;

  SimulatedWireKind(int index, String path) {
    this.index = index;
    this.path = path;
  }

  int index() {
    return index;
  }

  /** The path below the base address. */
  String path() {
    return path;
  }

  /** The kind whose path ends {@code bytes[start, end)}, or null. */
  static @Nullable SimulatedWireKind ofPath(byte[] bytes, int start, int end) {
    for (SimulatedWireKind kind : ALL) {
      if (endsWith(bytes, start, end, kind.path)) {
        return kind;
      }
    }
    return null;
  }

  static boolean endsWith(byte[] bytes, int start, int end, String suffix) {
    int at = end - suffix.length();
    if (at < start) {
      return false;
    }
    for (int i = 0; i < suffix.length(); i++) {
      if (bytes[at + i] != suffix.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
