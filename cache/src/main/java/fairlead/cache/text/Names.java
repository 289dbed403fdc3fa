package fairlead.cache.text;

/**
 * Tells the names in a cleaned log line that are made up for one run: by machines, clocks and
 * directories.
 *
 * <p>Stateless. A word is given by its start and its end, the line by its end.
 */
final class Names {
  /** A shorter hexadecimal word may be a name; git abbreviates to seven digits. */
  private static final int LEAST_HEX = 7;

  /** A shorter mixed word may be a name such as {@code x86} or {@code utf8mb4}. */
  private static final int LEAST_RANDOM = 16;

  /** Characters after {@code tmp}, at least: fewer are an extension or a name. */
  private static final int LEAST_TEMPORARY = 6;

  private static final int UUID_LENGTH = 36;

  private static final WordSet MONTHS =
      new WordSet(
          "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july"
              + " august september october november december");
  private static final WordSet DAYS = new WordSet("mon tue wed thu fri sat sun");

  private Names() {}

  /** Where the UUID that starts with this word ends (RFC 9562 4), or -1. */
  static int uuidEnd(byte[] line, int from, int to, int end) {
    int uuidEnd = from + UUID_LENGTH;
    if (to - from != 8 || uuidEnd > end || (uuidEnd < end && Ascii.isWord(line[uuidEnd]))) {
      return -1;
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      byte b = line[from + i];
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? b != '-' : !Ascii.isHex(b)) {
        return -1;
      }
    }
    return uuidEnd;
  }

  /** Digits and letters to f, some of both, seven at least; or any after {@code 0x}. */
  static boolean isHex(byte[] line, int from, int to) {
    if (to - from > 2 && line[from] == '0' && (line[from + 1] | 0x20) == 'x') {
      return isAllHex(line, from + 2, to);
    }
    return to - from >= LEAST_HEX && isAllHex(line, from, to) && isMixed(line, from, to);
  }

  private static boolean isAllHex(byte[] line, int from, int to) {
    for (int at = from; at < to; at++) {
      if (!Ascii.isHex(line[at])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMixed(byte[] line, int from, int to) {
    int digits = 0;
    for (int at = from; at < to; at++) {
      digits += Ascii.isDigit(line[at]) ? 1 : 0;
    }
    return digits > 0 && digits < to - from;
  }

  /** Small letters, capitals and digits that change places at every other byte or more. */
  static boolean isRandom(byte[] line, int from, int to) {
    if (to - from < LEAST_RANDOM) {
      return false;
    }
    int runs = 0;
    int before = 0;
    boolean digit = false;
    for (int at = from; at < to; at++) {
      byte b = line[at];
      int kind = Ascii.isDigit(b) ? 1 : b >= 'A' && b <= 'Z' ? 2 : 3;
      digit |= kind == 1;
      runs += kind == before ? 0 : 1;
      before = kind;
    }
    return digit && runs * 2 >= to - from;
  }

  /** A month beside a number, or a day before a month or a number. */
  static boolean isDate(byte[] line, int from, int to, int end) {
    int size = to - from;
    if (size < 3 || size > 9) {
      return false;
    }
    boolean beside =
        (to + 1 < end && isGlue(line[to]) && Ascii.isDigit(line[to + 1]))
            || (from > 1 && isGlue(line[from - 1]) && Ascii.isDigit(line[from - 2]));
    if (beside && MONTHS.contains(line, from, to)) {
      return true;
    }
    if (size > 3 || !DAYS.contains(line, from, to)) {
      return false;
    }
    int space = to < end && line[to] == ',' ? to + 1 : to;
    int next = space + 1;
    return next < end
        && line[space] == ' '
        && (Ascii.isDigit(line[next])
            || MONTHS.contains(line, next, Ascii.wordEnd(line, next, end)));
  }

  /** Whether the number is a time that {@code AM} or {@code PM} follows. */
  static boolean isHalfOfDay(byte[] line, int from, int to, int end) {
    return to + 2 < end
        && line[to] == ' '
        && to - from > 3
        && line[to - 3] == ':'
        && (to + 3 == end || !Ascii.isWord(line[to + 3]))
        && (is(line, to + 1, to + 3, "am") || is(line, to + 1, to + 3, "pm"));
  }

  private static boolean isGlue(byte b) {
    return b == ' ' || b == '-';
  }

  /** Where a name as {@code mktemp} makes it ends: tmpab12cd, tmp.Ab12Cd34Ef; or -1. */
  static int temporaryEnd(byte[] line, int from, int to, int end) {
    if (to - from < 3 || !is(line, from, from + 3, "tmp")) {
      return -1;
    }
    if (to - from > 3) {
      return to - from >= 3 + LEAST_TEMPORARY ? to : -1;
    }
    if (to == end || (line[to] != '.' && line[to] != '-' && line[to] != '_')) {
      return -1;
    }
    int random = Ascii.wordEnd(line, to + 1, end);
    return random - (to + 1) >= LEAST_TEMPORARY ? random : -1;
  }

  /** Whether the word is the scheme of a URL with an authority; a file's is a path. */
  static boolean isScheme(byte[] line, int from, int to, int end) {
    return to + 2 < end
        && line[to] == ':'
        && line[to + 1] == '/'
        && line[to + 2] == '/'
        && !is(line, from, to, "file");
  }

  /** The end of a URL in running text. */
  static int urlEnd(byte[] line, int from, int end) {
    int at = from;
    while (at < end) {
      switch (line[at]) {
        case ' ', '"', '\'', '`', '<', '>', ')', ']', '}', ',' -> {
          return at;
        }
        default -> at++;
      }
    }
    return at;
  }

  /** Whether the word is the drive of an absolute path on Windows. */
  static boolean isDrive(byte[] line, int from, int to, int end) {
    return to - from == 1
        && Ascii.isLetter(line[from])
        && to + 2 < end
        && line[to] == ':'
        && isSeparator(line[to + 1])
        && line[to + 2] != '/';
  }

  /** Whether an absolute path starts with the slash at this place. */
  static boolean startsPath(byte[] line, int at, int end) {
    if (at + 1 == end || !isPath(line[at + 1]) || isSeparator(line[at + 1])) {
      return false;
    }
    if (at == 0) {
      return true;
    }
    byte before = line[at - 1];
    if (before == 'I' || before == 'L') {
      return at > 1 && line[at - 2] == '-'; // compilers' -I/usr/include
    }
    return switch (before) {
      case '/' -> true;
      case ')', '}', ']' -> false; // of ${HOME}/lib the variable is the fixed part
      default -> !isPath(before);
    };
  }

  static int pathEnd(byte[] line, int from, int end) {
    int at = from;
    while (at < end && isPath(line[at])) {
      at++;
    }
    return at;
  }

  /** The start of the last component that is not empty. */
  static int lastComponent(byte[] line, int from, int to) {
    int at = to;
    while (at > from + 1 && isSeparator(line[at - 1])) {
      at--;
    }
    while (at > from + 1 && !isSeparator(line[at - 1])) {
      at--;
    }
    return at;
  }

  /** Whether the path goes through a directory of temporary files to a name without extension. */
  static boolean isTemporary(byte[] line, int from, int last, int to) {
    boolean temporary =
        starts(line, from + 1, last, "tmp/")
            || starts(line, from + 1, last, "var/folders/")
            || starts(line, from + 1, last, "private/");
    for (int at = last; temporary && at < to; at++) {
      temporary = line[at] != '.';
    }
    return temporary;
  }

  private static boolean isPath(byte b) {
    return switch (b) {
      case '.', '_', '-', '+', '@', '%', '$', '/', '\\' -> true;
      default -> Ascii.isWord(b);
    };
  }

  private static boolean isSeparator(byte b) {
    return b == '/' || b == '\\';
  }

  private static boolean starts(byte[] line, int from, int to, String start) {
    return from + start.length() <= to && is(line, from, from + start.length(), start);
  }

  /** Whether these bytes are the text, in small letters, whatever theirs are. */
  private static boolean is(byte[] line, int from, int to, String text) {
    if (to - from != text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Ascii.small(line[from + i]) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
