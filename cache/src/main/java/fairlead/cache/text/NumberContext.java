package fairlead.cache.text;

/**
 * Tells the few numbers of a log that say what happened from the many that only say how much.
 *
 * <p>Kept are exit codes and signals ("exited with 137"), HTTP statuses of errors ("status: 404"),
 * and the zero beside a word of failure ("0 failed", "Failures: 0"): what a failure is depends on
 * the first two, whether there is one on the last.
 */
final class NumberContext {
  private static final WordSet FAILURES =
      new WordSet("fail fails failed failing failure failures error errors errored broken");
  private static final WordSet EXITS = new WordSet("exit exited signal exitcode returncode rc");
  private static final WordSet STATUSES = new WordSet("status http");
  private static final WordSet CODES = new WordSet("code status with error");

  private NumberContext() {}

  /** Whether the number of the line is to be kept, given what has been written before it. */
  static boolean matters(byte[] line, int from, int to, int lineEnd, byte[] out, int length) {
    if (to - from > 3 || (to < lineEnd && Ascii.isWord(line[to]))) {
      return false;
    }
    for (int at = from; at < to; at++) {
      if (!Ascii.isDigit(line[at])) {
        return false;
      }
    }
    boolean zero = to - from == 1 && line[from] == '0';
    if (zero && to < lineEnd && line[to] == ' ') {
      if (FAILURES.contains(line, to + 1, Ascii.lettersEnd(line, to + 1, lineEnd))) {
        return true;
      }
    }
    int wordEnd = beforeGlue(out, length);
    if (wordEnd == length) {
      return false;
    }
    int word = wordStart(out, wordEnd);
    int otherEnd = CODES.contains(out, word, wordEnd) ? beforeGlue(out, word) : word;
    int other = wordStart(out, otherEnd);
    if (EXITS.contains(out, word, wordEnd) || EXITS.contains(out, other, otherEnd)) {
      return true;
    }
    if (to - from == 3
        && (line[from] == '4' || line[from] == '5')
        && (STATUSES.contains(out, word, wordEnd) || STATUSES.contains(out, other, otherEnd))) {
      return true;
    }
    return zero && FAILURES.contains(out, word, wordEnd);
  }

  private static int beforeGlue(byte[] out, int at) {
    while (at > 0 && isGlue(out[at - 1])) {
      at--;
    }
    return at;
  }

  private static boolean isGlue(byte b) {
    return switch (b) {
      case ' ', ':', '=', '_', '-' -> true;
      default -> false;
    };
  }

  private static int wordStart(byte[] out, int at) {
    while (at > 0 && Ascii.isLetter(out[at - 1])) {
      at--;
    }
    return at;
  }
}
