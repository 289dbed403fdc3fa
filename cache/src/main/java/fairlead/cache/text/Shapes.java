package fairlead.cache.text;

/**
 * Tells what kind of text one is.
 *
 * <p>Stateless. Two passes over at most 16 kB, a few nanoseconds a byte, no allocation.
 *
 * <p>A log has several lines, a part of which carries what only programs write: timestamps, levels,
 * places in files, commands, percentages; few of its words are the little ones that sentences are
 * made of, or a fifth of its lines end as only programs end lines, in a duration or in the place of
 * a stack frame: the titles of tests are sentences. Prose is short, mostly letters and spaces, with
 * few signs, in Latin script, and its little words are not those of another language than English.
 */
public final class Shapes {
  /** A text says what it is long before that. */
  private static final int MOST_LOOKED_AT = 16 * 1024;

  /** About 400 words: longer prose has too much in it for one vector. */
  private static final int MOST_PROSE = 2_400;

  private static final int LEAST_LOG_LINES = 5;

  /** Fewer durations may be in a text about how long something takes. */
  private static final int LEAST_SURE_LINES = 3;

  /** Fewer lines may be a sentence with a bracket at its end. */
  private static final int LEAST_CODE_LINES = 3;

  /** More lines are no question. */
  private static final int MOST_PROSE_LINES = 12;

  /** More lines that are shorter than these are a list. */
  private static final int MOST_SHORT_LINES = 6;

  private static final int LEAST_LINE_BYTES = 30;

  private static final WordSet LEVELS =
      new WordSet(
          "error errors err warn warning warnings info debug trace fatal failed failure fail fails"
              + " exception traceback passed skipped npm exited installing downloading cloning"
              + " remote build compiling running done ok pass");
  private static final WordSet STATEMENTS =
      new WordSet("package import include def const func namespace typedef");
  private static final int ENGLISH = 1;
  private static final int FOREIGN = 2;
  private static final WordSet LITTLE_WORDS =
      new WordSet(
          "the of and to is are was what how why who when where which do does did can could should"
              + " would will i my you your it this that these for with from have has be not there"
              + " if on in at by as or an a we they than so but then into its their all only"
              + " best between about",
          "der das und ist nicht ein eine wie wir ich zu den mit auf fur le les des est une que"
              + " qui pour dans pas je vous nous el los las por para como una con del es un di il"
              + " che non per sono gli een het niet van och att det som ar jest nie sie oder");

  private Shapes() {}

  /** The shape of a text. */
  public static Shape of(byte[] utf8, int from, int to) {
    int end = Math.min(to, from + MOST_LOOKED_AT);
    int lines = 0;
    int telling = 0;
    int sure = 0;
    int code = 0;
    int start = from;
    while (start < end) {
      int lineEnd = start;
      while (lineEnd < end && utf8[lineEnd] != '\n') {
        lineEnd++;
      }
      int first = start;
      while (first < lineEnd && isSpace(utf8[first])) {
        first++;
      }
      int last = lineEnd;
      while (last > first && isSpace(utf8[last - 1])) {
        last--;
      }
      if (first < last) {
        lines++;
        sure += endsAsOutput(utf8, first, last) ? 1 : 0;
        if (isCode(utf8, first, last)) {
          code++;
        } else if (isTelling(utf8, first, last)) {
          telling++;
        }
      }
      start = lineEnd + 1;
    }
    boolean coded = lines >= LEAST_CODE_LINES && code * 5 > lines * 2;
    boolean logged = lines >= LEAST_LOG_LINES && telling * 8 >= lines;
    boolean listed =
        lines > MOST_PROSE_LINES
            || (lines > MOST_SHORT_LINES && (end - from) / lines < LEAST_LINE_BYTES);
    boolean surely = sure >= LEAST_SURE_LINES && sure * 5 >= lines && !coded;
    if (logged && (surely || telling * 5 >= lines * 4)) {
      return Shape.LOG;
    }
    return byWords(utf8, from, end, logged && !coded, !coded && !listed && to - from <= MOST_PROSE);
  }

  private static Shape byWords(byte[] text, int from, int to, boolean mayLog, boolean mayProse) {
    int letters = 0;
    int signs = 0;
    int beyond = 0;
    int words = 0;
    int english = 0;
    int foreign = 0;
    int at = from;
    while (at < to) {
      byte b = text[at];
      if (Ascii.isLetter(b)) {
        int end = Ascii.lettersEnd(text, at, to);
        letters += end - at;
        words++;
        int groups = LITTLE_WORDS.groups(text, at, end);
        english += groups & ENGLISH;
        foreign += groups == FOREIGN ? 1 : 0;
        at = end;
      } else if (b == (byte) 0xe2 && at + 2 < to && text[at + 1] == (byte) 0x80) {
        at += 3; // typographic quotes and dashes
      } else {
        beyond += b < 0 ? 1 : 0;
        signs += b > ' ' && !Ascii.isDigit(b) && !isPunctuation(b) ? 1 : 0;
        at++;
      }
    }
    if (mayLog && english * 4 < words) {
      return Shape.LOG;
    }
    boolean natural =
        letters > 0 && beyond * 4 <= letters && signs * 8 <= letters + 8 && foreign <= english + 1;
    return mayProse && natural ? Shape.PROSE : Shape.OTHER;
  }

  private static boolean isSpace(byte b) {
    return b >= 0 && b <= ' ';
  }

  /** Ends as statements and data do, or starts as code, comments and markup do. */
  private static boolean isCode(byte[] text, int from, int to) {
    switch (text[to - 1]) {
      case ';', '{', '}', ',' -> {
        return true;
      }
      default -> {}
    }
    return switch (text[from]) {
      case '{', '}', '<', '@' -> true;
      case '/' -> from + 1 < to && (text[from + 1] == '*' || text[from + 1] == '/');
      case '*' -> from + 1 == to || text[from + 1] == '/' || text[from + 1] == ' ';
      case '#' -> STATEMENTS.contains(text, from + 1, Ascii.lettersEnd(text, from + 1, to));
      default -> STATEMENTS.contains(text, from, Ascii.lettersEnd(text, from, to));
    };
  }

  /** Has something that programs write and people do not. */
  private static boolean isTelling(byte[] text, int from, int to) {
    if (Timestamps.after(text, from, to) > from || startsAsOutput(text, from, to)) {
      return true;
    }
    int at = from;
    boolean wordBefore = false;
    while (at < to) {
      byte b = text[at];
      if (Ascii.isLetter(b)) {
        int end = Ascii.lettersEnd(text, at, to);
        if (LEVELS.contains(text, at, end)) {
          return true;
        }
        at = end;
        wordBefore = true;
        continue;
      }
      byte next = at + 1 < to ? text[at + 1] : 0;
      boolean telling =
          switch (b) {
            case '/' -> !wordBefore && Ascii.isWord(next);
            case ':' -> wordBefore && (Ascii.isDigit(next) || next == '/');
            case '%' -> at > from && Ascii.isDigit(text[at - 1]);
            case '.' -> next == '.' && at + 2 < to && text[at + 2] == '.';
            default -> b == 0x1b;
          };
      if (telling) {
        return true;
      }
      wordBefore = Ascii.isWord(b);
      at++;
    }
    return false;
  }

  private static boolean startsAsOutput(byte[] text, int from, int to) {
    if (to - from < 3) {
      return false;
    }
    byte second = text[from + 1];
    return switch (text[from]) {
      case '$', '>', '+', '|' -> second == ' ';
      case '[' -> true;
      case '=', '-' -> second == text[from];
      case 'a' -> second == 't' && text[from + 2] == ' ';
      case (byte) 0xe2 -> second >= (byte) 0x94 && second <= (byte) 0x9c; // trees and test marks
      default -> false;
    };
  }

  /** {@code 12ms}, {@code (3.4 s)}, {@code (File.java:120)}. */
  private static boolean endsAsOutput(byte[] text, int from, int to) {
    boolean closed = text[to - 1] == ')';
    int at = closed ? to - 1 : to;
    if (at > from && text[at - 1] == 's') {
      at -= at > from + 1 && text[at - 2] == 'm' ? 2 : 1;
      at -= at > from && text[at - 1] == ' ' ? 1 : 0;
      int number = numberStart(text, from, at);
      return number < at && (number == from || !Ascii.isWord(text[number - 1]));
    }
    int number = numberStart(text, from, at);
    return closed && number < at && number > from && text[number - 1] == ':';
  }

  private static int numberStart(byte[] text, int from, int to) {
    int at = to;
    while (at > from && (Ascii.isDigit(text[at - 1]) || text[at - 1] == '.')) {
      at--;
    }
    return at;
  }

  private static boolean isPunctuation(byte b) {
    return switch (b) {
      case '.', ',', '?', '!', '\'', '"', ':', ';', '(', ')', '-', '*', '/', '`', '$', '%' -> true;
      default -> false;
    };
  }
}
