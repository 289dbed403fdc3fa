package fairlead.cache.guard;

/**
 * How the facts of one text lie in a flat {@code int[]}.
 *
 * <pre>
 *   0  length in ints, this one included
 *   1  number of words that count (low half), number of particles (high half)
 *   2  what is asked: the bits below
 *   3  hash of the quoted strings in order, 0 when there is none
 *   4  two ints for each word that counts, in the order of the text: its key; its token number
 *      plus 1 (low half, 0 when unknown) and its kind (high half)
 *   .. two ints for each particle, the same way: words that count only when they oppose another
 * </pre>
 *
 * <p>Keys are 32-bit hashes: two different words share one with probability 2^-32, and two texts
 * must be alike as vectors before anyone compares their facts.
 */
final class Facts {
  static final int LENGTH = 0;
  static final int COUNTS = 1;
  static final int ASKED = 2;
  static final int QUOTES = 3;
  static final int WORDS = 4;

  // Kinds of a word, in the high half of its second int.
  static final int NUMBER = 1 << 16;
  static final int IDENTIFIER = 1 << 17;
  static final int QUOTED = 1 << 18;
  static final int NEGATION = 1 << 19;
  static final int NAME = 1 << 20;
  static final int ROLE = 1 << 21;
  static final int OPPOSITE = 1 << 22;

  /** A role that says which way round the words beside it stand. */
  static final int DIRECTION = 1 << 23;

  // What is asked. The first come from the lists, in the order of Lexicon.
  static final int ASKING_SHIFT = 0;
  static final int WHO = 1;
  static final int WHERE = 1 << 1;
  static final int WHEN = 1 << 2;
  static final int WHY = 1 << 3;
  static final int WHAT = 1 << 4;
  static final int PAST = 1 << 5;
  static final int FUTURE = 1 << 6;

  /** Should, must. */
  static final int DUTY = 1 << 7;

  /** Can, may. */
  static final int POWER = 1 << 8;

  static final int WOULD = 1 << 9;

  /** I, we, my. */
  static final int SELF = 1 << 10;

  /** You, your. */
  static final int OTHER = 1 << 11;

  /** This, here: what is meant is not said. */
  static final int POINTING = 1 << 12;

  static final int HOW = 1 << 13;
  static final int HOW_MUCH = 1 << 14;
  static final int YES_NO = 1 << 15;
  static final int KIND = WHO | WHERE | WHEN | WHY | WHAT | HOW | HOW_MUCH | YES_NO;

  /** Has words such as auxiliaries and question words: its order is that of a sentence. */
  static final int SENTENCE = 1 << 16;

  /** Has a word that says which way round the others stand. */
  static final int DIRECTED = 1 << 17;

  /** Had more words than are read: it equals nothing. */
  static final int CUT_SHORT = 1 << 18;

  /** How many words there are, those that do not count included; {@link #MOST_SIZE} at most. */
  static final int SIZE_SHIFT = 19;

  static final int MOST_SIZE = 31;

  /** The verb of a yes-no question, by some bits of its hash. */
  static final int VERB_SHIFT = 24;

  private Facts() {}
}
