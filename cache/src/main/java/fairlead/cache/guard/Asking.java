package fairlead.cache.guard;

/**
 * Notes what a text asks for: the question words, the verb of a yes-no question, tense, person.
 *
 * <p>Stateless but for the words it reads and the bits of {@link Facts} it gathers.
 */
final class Asking {
  private static final Lexicon ENGLISH = Lexicon.english();
  private static final int TO = Lexicon.raw("to");
  private static final int NOT = Lexicon.raw("not");
  private static final int HOW = Lexicon.raw("how");
  private static final int MANY = Lexicon.raw("many");
  private static final int MUCH = Lexicon.raw("much");

  /** What the verb of a yes-no question may be, by the lowest bits of its hash. */
  private static final int OTHER_BITS = (1 << Facts.VERB_SHIFT) - 1;

  private final Words words;
  int bits;

  Asking(Words words) {
    this.words = words;
  }

  void clear() {
    bits = 0;
  }

  /** Reads the word at w; returns how many words after it are used up. */
  int read(int w, int known) {
    int hash = words.hash[w];
    int next = w + 1 < words.count ? words.hash[w + 1] : 0;
    bits |= known >>> Lexicon.ASKING_SHIFT << Facts.ASKING_SHIFT;
    if ((known & Lexicon.AUXILIARY) != 0) {
      bits |= Facts.SENTENCE;
      if (words.is(w, Words.START) && next != NOT && next != 0) {
        bits = (bits & OTHER_BITS) | Facts.YES_NO | (hash << Facts.VERB_SHIFT);
      }
    }
    if (hash == HOW) {
      boolean amount = next == MANY || next == MUCH;
      bits |= Facts.SENTENCE | (amount ? Facts.HOW_MUCH : Facts.HOW);
      return amount ? 1 : 0;
    }
    return 0;
  }

  /** Notes a stop word that points: "to" does unless a verb follows it, as in how to, want to. */
  void direction(int w, int known) {
    if ((known & Lexicon.DIRECTION) != 0) {
      bits |= Facts.DIRECTED;
    } else if (words.hash[w] == TO && w > 0) {
      boolean verb =
          words.plain(w - 1)
              && (ENGLISH.flags(ENGLISH.find(words.hash[w - 1])) & Lexicon.STOP) != 0;
      bits |= verb ? 0 : Facts.DIRECTED;
    }
  }
}
