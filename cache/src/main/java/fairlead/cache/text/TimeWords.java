package fairlead.cache.text;

/**
 * Finds words whose meaning moves with the clock: an answer to them is soon another.
 *
 * <p>Stateless. One pass, a few nanoseconds a word, no allocation. English only; for prose, since
 * in a log such words are part of messages.
 *
 * <p>Three kinds count: words that are enough alone ("today", "latest"), pairs of which the first
 * points ("this week", "last Monday", "right now"), and spans from now ("in 3 days", "two hours
 * ago"). Not counted are subjects that change without saying so, such as weather or prices: a
 * question for today's says today, one for how they work does not, and the life of an entry bounds
 * the rest.
 */
public final class TimeWords {
  private static final int ALONE = 1;
  private static final int POINTING = 2;
  private static final int SPAN = 4;
  private static final int AGO = 8;
  private static final int IN = 16;
  private static final int COUNT = 32;
  private static final int SECOND = 64;
  private static final WordSet WORDS =
      new WordSet(
          "today todays yesterday tomorrow now nowadays latest newest current currently recent"
              + " recently tonight tonights presently upcoming ongoing lately",
          "this last next past coming previous",
          "second seconds minute minutes hour hours day days week weeks month months year years"
              + " quarter decade weekend morning afternoon evening night season semester"
              + " monday tuesday wednesday thursday friday saturday sunday january february march"
              + " april may june july august september october november december spring summer"
              + " autumn fall winter few couple",
          "ago later hence",
          "in within",
          "a an one two three four five six seven eight nine ten few couple several",
          "of far time date days");

  private TimeWords() {}

  /** Whether one is in the text. */
  public static boolean present(byte[] utf8, int from, int to) {
    int before = 0; // the groups of the word before
    boolean in = false; // "in", and perhaps a number after it
    int beforeFrom = 0;
    int beforeTo = 0;
    int at = from;
    while (at < to) {
      if (!Ascii.isWord(utf8[at])) {
        at++;
        continue;
      }
      int end = Ascii.wordEnd(utf8, at, to);
      int groups = WORDS.groups(utf8, at, end);
      if ((groups & ALONE) != 0
          || ((groups & SPAN) != 0 && (in || (before & POINTING) != 0))
          || ((groups & AGO) != 0 && (before & SPAN) != 0)
          || ((groups & SECOND) != 0 && isPair(utf8, beforeFrom, beforeTo, at, end))) {
        return true;
      }
      boolean counts = (groups & COUNT) != 0 || Ascii.isDigit(utf8[at]);
      in = (groups & IN) != 0 || (in && counts);
      before = groups;
      beforeFrom = at;
      beforeTo = end;
      at = end;
    }
    return false;
  }

  /** "as of", "so far", "what time", "to date", "these days". */
  private static boolean isPair(byte[] text, int aFrom, int aTo, int bFrom, int bTo) {
    return (is(text, aFrom, aTo, "as") && is(text, bFrom, bTo, "of"))
        || (is(text, aFrom, aTo, "so") && is(text, bFrom, bTo, "far"))
        || (is(text, aFrom, aTo, "what") && is(text, bFrom, bTo, "time"))
        || (is(text, aFrom, aTo, "to") && is(text, bFrom, bTo, "date"))
        || (is(text, aFrom, aTo, "these") && is(text, bFrom, bTo, "days"));
  }

  private static boolean is(byte[] text, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (Ascii.small(text[from + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
