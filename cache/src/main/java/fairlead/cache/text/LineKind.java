package fairlead.cache.text;

/**
 * Tells what a masked log line is: mere progress, something said, an item of a numbered list, or a
 * finding.
 *
 * <p>Findings are lines that speak of an error in words, test lists' numbered titles, lines that
 * name a place in a file, stack frames, lines of a difference, commands, and what ended otherwise
 * than with 0. Tests that passed or were skipped are progress, whatever their titles speak of. What
 * a program says for debugging names its own place in a source, so there a place is no finding. The
 * words were chosen on real failed builds; of a word five letters count.
 */
final class LineKind {
  static final int PROGRESS = 0;
  static final int PLAIN = 1;
  static final int LISTED = 2;
  static final int FINDING = 3;

  private static final int ERROR_WORD = 1;
  private static final int PROGRESS_WORD = 2;
  private static final WordSet WORDS =
      new WordSet(
          5,
          "error fails failed failing failure exception fatal panic assert undefined"
              + " unresolved cannot not denied unexpected expected invalid mismatch missing killed"
              + " abort segmentation broken conflict refused unknown unable timeout timed traceback"
              + " wrong should must warning warn no err could couldn can diff deprecated returned"
              + " dubious unsupported forbidden unauthorized rejected crash terminated interrupted"
              + " exceeded unhandled uncaught violation problem offense leak overflow corrupt"
              + " illegal bad core incompatible unrecognized",
          "compiling downloading downloaded fetching resolving unpacking selecting preparing"
              + " setting generating generated uploading running caching adding attempting get"
              + " progress ok");

  private static final WordSet RESULTS = new WordSet("ok passed skipped ignored");

  /** Longer ones are no extensions of source files. */
  private static final int MOST_EXTENSION = 5;

  private LineKind() {}

  static int of(byte[] masked, int to) {
    if (isPassed(masked, to)) {
      return PROGRESS;
    }
    if (startsFinding(masked, to)) {
      return FINDING;
    }
    boolean progress = false;
    boolean first = true;
    boolean debugging = false;
    int at = 0;
    while (at < to) {
      byte b = masked[at];
      if (Ascii.isLetter(b)) {
        int end = Ascii.lettersEnd(masked, at, to);
        int groups = WORDS.groups(masked, at, end);
        if (((groups & ERROR_WORD) != 0 && !isMereCan(masked, at, end, to))
            || endsAsError(masked, at, end)) {
          return FINDING;
        }
        debugging |= isDebug(masked, at, end, to);
        progress |= first && groups == PROGRESS_WORD;
        first = false;
        at = end;
      } else if ((b >= '1' && b <= '9')
          || (b == LineMask.MASK && !debugging && isPlace(masked, at))
          || (b < 0 && isMark(masked, at, to, 0x95, 0x98))) {
        return FINDING; // of numbers only codes are left
      } else {
        at++;
      }
    }
    if (progress) {
      return PROGRESS;
    }
    return starts(masked, to, (char) LineMask.MASK + ". ") ? LISTED : PLAIN;
  }

  /**
   * A test that passed, whatever its title speaks of: a check mark, "ok #", "--- pass", "[+]",
   * "title ... ok".
   */
  private static boolean isPassed(byte[] masked, int to) {
    return isMark(masked, 0, to, 0x93, 0x94)
        || starts(masked, to, "ok " + (char) LineMask.MASK)
        || starts(masked, to, "--- pass")
        || starts(masked, to, "[+] ")
        || endsInResult(masked, to);
  }

  /** {@code name ..... ok}, and what may follow but words: a duration, the reason for skipping. */
  private static boolean endsInResult(byte[] masked, int to) {
    for (int at = 1; at < to; at += 2) { // of two dots side by side one is here
      if (masked[at] != '.') {
        continue;
      }
      boolean leader = masked[at - 1] == '.';
      while (at + 1 < to && masked[at + 1] == '.') {
        leader = true;
        at++;
      }
      if (leader && at + 1 < to && masked[at + 1] == ' ' && isResult(masked, at + 2, to)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isResult(byte[] masked, int from, int to) {
    int end = Ascii.lettersEnd(masked, from, to);
    int next = end < to && masked[end] == ' ' ? end + 1 : end;
    return RESULTS.contains(masked, from, end) && (next == to || !Ascii.isWord(masked[next]));
  }

  /** Test titles "#) ", commands "$ ", differences "+ " and "- ", frames "at ", pytest's "e ". */
  private static boolean startsFinding(byte[] masked, int to) {
    if (to < 3) {
      return false;
    }
    byte first = masked[0];
    byte second = masked[1];
    return switch (first) {
      case LineMask.MASK -> second == ')' && masked[2] == ' ';
      case '$', '+', '-', '>', 'e' -> second == ' ';
      case 'a' -> second == 't' && masked[2] == ' ';
      default -> false;
    };
  }

  /** A frame of a stack as Java, JavaScript and .NET write it. */
  static boolean isFrame(byte[] masked, int to) {
    return starts(masked, to, "at ");
  }

  /** "It can take a while" speaks of nothing; "can't" does. */
  private static boolean isMereCan(byte[] masked, int from, int to, int end) {
    boolean can = to - from == 3 && ends(masked, from, to, "can");
    return can && (to == end || (masked[to] != '\'' && masked[to] >= 0));
  }

  /** The level of a message: {@code DEBUG name:}, {@code [debug]}; not a part of a name. */
  private static boolean isDebug(byte[] masked, int from, int to, int end) {
    return (from == 0 || masked[from - 1] == ' ' || masked[from - 1] == '[')
        && to < end
        && (masked[to] == ' ' || masked[to] == ']' || masked[to] == ':')
        && to - from == 5
        && ends(masked, from, to, "debug");
  }

  /** Whether the number is that of a line: {@code name.c:#}, {@code name.cs(#}, {@code line #}. */
  private static boolean isPlace(byte[] masked, int number) {
    int at = number - 1;
    if (at > 3 && masked[at] == ' ') {
      return ends(masked, 0, at, "line") && (at == 4 || !Ascii.isWord(masked[at - 5]));
    }
    if (at < 2 || (masked[at] != ':' && masked[at] != '(')) {
      return false;
    }
    int extension = at;
    while (extension > 0 && Ascii.isLetter(masked[extension - 1])) {
      extension--;
    }
    return at - extension >= 1
        && at - extension <= MOST_EXTENSION
        && extension > 1
        && masked[extension - 1] == '.'
        && (Ascii.isWord(masked[extension - 2]) || masked[extension - 2] == LineMask.MASK);
  }

  /** {@code TypeError}, {@code NullPointerException}. */
  private static boolean endsAsError(byte[] text, int from, int to) {
    return ends(text, from, to, "error") || ends(text, from, to, "exception");
  }

  private static boolean ends(byte[] text, int from, int to, String end) {
    int start = to - end.length();
    if (start < from) {
      return false;
    }
    for (int i = 0; i < end.length(); i++) {
      if (text[start + i] != end.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Marks of test runners from U+2713: two checks, then four crosses; given by their last byte. */
  private static boolean isMark(byte[] text, int at, int to, int first, int last) {
    return at + 2 < to
        && text[at] == (byte) 0xe2
        && text[at + 1] == (byte) 0x9c
        && (text[at + 2] & 0xff) >= first
        && (text[at + 2] & 0xff) <= last;
  }

  private static boolean starts(byte[] text, int to, String start) {
    return to >= start.length() && ends(text, 0, start.length(), start);
  }
}
