package fairlead.server.config;

/**
 * Turns offsets into lines and columns.
 *
 * <p>Not thread-safe. Remembers the last place, so that asking for ascending offsets costs one pass
 * over the text in all, however long its lines are.
 */
final class TextCursor {
  private final String text;
  private int offset;
  private int line = 1;
  private int column = 1;

  /** From 1, columns in code points. */
  record Position(int line, int column) {}

  TextCursor(String text) {
    this.text = text;
  }

  /** Where the character at the offset stands; an offset beyond the end is the end. */
  Position at(int target) {
    int end = Math.clamp(target, 0, text.length());
    if (end < offset) {
      offset = 0;
      line = 1;
      column = 1;
    }
    while (offset < end) {
      char c = text.charAt(offset++);
      boolean lastOfBreak =
          c == '\n' || (c == '\r' && (offset == text.length() || text.charAt(offset) != '\n'));
      if (lastOfBreak) {
        line++;
        column = 1;
      } else if (!Character.isLowSurrogate(c)) {
        column++;
      }
    }
    return new Position(line, column);
  }
}
