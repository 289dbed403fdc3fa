package fairlead.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@code ${NAME}} survive YAML's flow style, where braces and commas end an unquoted value.
 *
 * <p>Immutable. Before parsing, each character of a reference that means something to YAML is
 * replaced by one private-use character, and back in the parsed scalars. One for one, so that no
 * line and no column of anything changes. Quotes and backslashes are left alone: inside a quoted
 * value they end or escape as they always do.
 */
final class ReferenceShield {
  /** A reference on one line; what follows {@code :-} is the default and may hold spaces. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "\\$\\{(?:[^\\s,:{}\\[\\]\"'\\\\]*|[A-Za-z_][A-Za-z0-9_]*:-[^{}\\n\\r\"'\\\\]*)\\}");

  private static final char FIRST = '\uE000';
  private static final int ASCII = 0x80;

  private final String text;
  private final List<TextCursor.Position> unclosed;

  private ReferenceShield(String text, List<TextCursor.Position> unclosed) {
    this.text = text;
    this.unclosed = unclosed;
  }

  static ReferenceShield of(String original) throws Tree.SyntaxException {
    TextCursor cursor = new TextCursor(original);
    for (int i = 0; i < original.length(); i++) {
      if (isShield(original.charAt(i))) {
        TextCursor.Position at = cursor.at(i);
        throw new Tree.SyntaxException(
            at.line(), at.column(), "private-use characters U+E000 to U+E07F cannot be used here");
      }
    }
    char[] chars = original.toCharArray();
    Matcher matcher = REFERENCE.matcher(original);
    List<TextCursor.Position> unclosed = new ArrayList<>();
    int from = 0;
    for (int at = original.indexOf("${"); at >= 0; at = original.indexOf("${", from)) {
      matcher.region(at, original.length());
      if (matcher.lookingAt()) {
        from = matcher.end();
        for (int i = at + 1; i < from; i++) {
          if (chars[i] < ASCII) {
            chars[i] = (char) (FIRST + chars[i]);
          }
        }
      } else {
        unclosed.add(cursor.at(at));
        from = at + 2;
      }
    }
    return new ReferenceShield(new String(chars), unclosed);
  }

  /** What to give to the parser. */
  String text() {
    return text;
  }

  /** Undoes the replacement in a parsed scalar. */
  String restore(String parsed) {
    int i = 0;
    while (i < parsed.length() && !isShield(parsed.charAt(i))) {
      i++;
    }
    if (i == parsed.length()) {
      return parsed;
    }
    char[] chars = parsed.toCharArray();
    for (; i < chars.length; i++) {
      if (isShield(chars[i])) {
        chars[i] = (char) (chars[i] - FIRST);
      }
    }
    return new String(chars);
  }

  /** The first badly formed reference on the line, or null. */
  TextCursor.@Nullable Position unclosedOn(int line) {
    for (TextCursor.Position position : unclosed) {
      if (position.line() == line) {
        return position;
      }
    }
    return null;
  }

  private static boolean isShield(char c) {
    return c >= FIRST && c < FIRST + ASCII;
  }
}
