package fairlead.cache.guard;

/**
 * Finds where a question begins behind what politeness puts before it: "Hi, could you please tell
 * me", "I want to know".
 *
 * <p>Stateless.
 */
final class Preface {
  private static final int LONGEST_WISH_WORDS = 6;

  private static final Lexicon ENGLISH = Lexicon.english();
  private static final int YOU = Lexicon.raw("you");
  private static final int ME = Lexicon.raw("me");
  private static final int US = Lexicon.raw("us");
  private static final int I = Lexicon.raw("i");
  private static final int DO = Lexicon.raw("do");
  private static final int KNOW = Lexicon.raw("know");

  private Preface() {}

  /** The first word of the question itself, at most the last there is. */
  static int end(Words words) {
    int at = 0;
    while (is(words, at, Lexicon.GREETING)) {
      at++;
    }
    int asked = at;
    if (hash(words, at + 1) == YOU && is(words, at, Lexicon.POLITE)) {
      asked = at + 2;
      while (is(words, asked, Lexicon.GREETING)) {
        asked++;
      }
      if (!is(words, asked, Lexicon.REQUEST)) {
        return at;
      }
    } else if (hash(words, at) == DO && hash(words, at + 1) == YOU && hash(words, at + 2) == KNOW) {
      return is(words, at + 3, Lexicon.QUESTION) ? at + 3 : at;
    } else if (hash(words, at) == I) {
      int wish = wish(words, at + 1);
      return wish < words.count ? wish : at;
    }
    // "Tell me" and "explain" say nothing, "recommend me" says what is wanted.
    boolean empty = is(words, asked, Lexicon.REQUEST) && is(words, asked, Lexicon.STOP);
    int next = asked + (empty ? 1 : 0);
    if (empty && (hash(words, next) == ME || hash(words, next) == US)) {
      next++;
    }
    return next < words.count ? next : at;
  }

  /** Behind "I would really like to know" where that stands, else the end of all words. */
  private static int wish(Words words, int from) {
    for (int w = from; w < from + LONGEST_WISH_WORDS; w++) {
      if (hash(words, w) == KNOW) {
        return w + 1;
      }
      if (!is(words, w, Lexicon.WISH)) {
        break;
      }
    }
    return words.count;
  }

  private static boolean is(Words words, int w, int what) {
    return w < words.count
        && words.plain(w)
        && (ENGLISH.flags(ENGLISH.find(words.hash[w])) & what) != 0;
  }

  private static int hash(Words words, int w) {
    return w < words.count && words.plain(w) ? words.hash[w] : 0;
  }
}
