package fairlead.cache.guard;

import java.util.Arrays;

/**
 * Reads what a question states, as words that count and what it asks for, into flat ints.
 *
 * <p>Scratch of one thread. About 1 us for 20 words, nothing allocated once the arrays have grown.
 * The lists are English; words of other scripts count as they stand.
 */
public final class FactReader {
  /** Of words that may be capitalised, the share above which capitals say nothing: a title. */
  private static final int TITLE_PERCENT = 70;

  private static final int TITLE_WORDS = 4;

  /** From here on the letters of a prefix are unlikely to be a word's own. */
  private static final int DENIAL_LETTERS = 6;

  private static final Lexicon ENGLISH = Lexicon.english();
  private static final int I = Lexicon.raw("i");
  private static final int MAY = Lexicon.raw("may");

  private final WordSimilarity similarity;
  private final WordScan scan = new WordScan();
  private final Words words = scan.words;
  private final Amounts amounts = new Amounts(words);
  private final Asking asking = new Asking(words);
  private int[] facts = new int[64];
  private int[] particles = new int[16];
  private int counted;
  private int extra;
  private boolean capitalsSay;

  public FactReader(WordSimilarity similarity) {
    this.similarity = similarity;
  }

  /** What the last {@link #read} found; valid up to the length it returned, until the next. */
  public int[] facts() {
    return facts;
  }

  /** Reads a text and returns the length of its facts in ints. */
  public int read(byte[] utf8, int from, int to) {
    scan.read(utf8, from, to);
    asking.clear();
    counted = 0;
    extra = 0;
    capitalsSay = capitalsSay();
    int w = Preface.end(words);
    int size = Math.min(words.count - w, Facts.MOST_SIZE);
    if (w > 0 && w < words.count) {
      words.kind[w] |= Words.START;
    }
    while (w < words.count) {
      if (words.is(w, Words.NUMBER)) {
        int key = amounts.digits(w);
        word(w, key, Facts.NUMBER, -1);
        w = amounts.next;
      } else if (!words.plain(w)) {
        boolean identifier = words.is(w, Words.IDENTIFIER);
        word(w, words.hash[w], identifier ? Facts.IDENTIFIER : Facts.NAME, -1);
        w++;
      } else {
        w = plain(w);
      }
    }
    int length = Facts.WORDS + 2 * (counted + extra);
    room(length);
    System.arraycopy(particles, 0, facts, Facts.WORDS + 2 * counted, 2 * extra);
    facts[Facts.LENGTH] = length;
    facts[Facts.COUNTS] = counted | extra << 16;
    int cut = words.cutShort ? Facts.CUT_SHORT : 0;
    facts[Facts.ASKED] = asking.bits | cut | size << Facts.SIZE_SHIFT;
    facts[Facts.QUOTES] = scan.quotes;
    return length;
  }

  /**
   * Reads what is left of a text of which the rest is fixed. That its words are those of a sentence
   * may have been told by the rest ("How does a ..."), so here they always keep their order.
   */
  public int readPart(byte[] utf8, int from, int to) {
    int length = read(utf8, from, to);
    facts[Facts.ASKED] |= Facts.DIRECTED;
    return length;
  }

  /**
   * Lets go of the text, and gives back what only an unusual one needs. The facts are bounded by
   * the number of words that are read, about 4 KB, and stay.
   */
  public void trim() {
    scan.trim();
  }

  /** Capitals name things unless all is in capitals or nearly every word has one. */
  private boolean capitalsSay() {
    int capital = 0;
    int all = 0;
    for (int w = 0; w < words.count; w++) {
      if (words.plain(w) && !words.is(w, Words.START)) {
        all++;
        capital += words.is(w, Words.CAPITAL) ? 1 : 0;
      }
    }
    return words.anyLower && (all < TITLE_WORDS || capital * 100 < all * TITLE_PERCENT);
  }

  /** Reads the plain word at w and returns the next that is unread. */
  private int plain(int w) {
    int hash = words.hash[w];
    int entry = ENGLISH.find(hash);
    int phrase = w + 1 < words.count && words.plain(w + 1) ? phrase(w) : -1;
    if (phrase >= 0) {
      int says = ENGLISH.flags(phrase);
      if (!counts(w, phrase, says, false)) {
        word(w, ENGLISH.key(phrase), Facts.NAME | opposite(says), -1);
      }
      return w + 2;
    }
    int known = ENGLISH.flags(entry);
    boolean start = words.is(w, Words.START);
    boolean upper = words.is(w, Words.UPPER) && capitalsSay;
    boolean capital = words.is(w, Words.CAPITAL) && capitalsSay && !start;
    int roman = amounts.roman(w, upper);
    if (roman != 0) {
      word(w, roman, Facts.NUMBER, -1);
    } else if (words.length(w) == 1 && letter(w, known, capital)) {
      word(w, hash, Facts.NAME, -1);
    } else if (upper) {
      capitals(w, entry);
    } else if (amounts.inWords(w, known)) {
      word(w, amounts.spelled(w), Facts.NUMBER, -1);
      return amounts.next;
    } else if (capital && hash == MAY) {
      word(w, hash, Facts.NAME, -1);
    } else {
      int used = asking.read(w, known);
      boolean name = capital || words.is(w, Words.HUMP);
      boolean listed = words.is(w, Words.QUOTED) || compared(w, known);
      if (!counts(w, entry, known, listed)) {
        content(w, entry, name);
      }
      return w + 1 + used;
    }
    return w + 1;
  }

  private int phrase(int w) {
    return ENGLISH.find(Lexicon.two(words.hash[w], words.hash[w + 1]));
  }

  /** A letter that is a name: vitamin C, plan B, x; "a" and "I" only where they stand for one. */
  private boolean letter(int w, int known, boolean capital) {
    return (known & Lexicon.STOP) == 0
        || words.is(w, Words.JOINED)
        || (words.hash[w] != I && (capital || words.is(w, Words.QUOTED)));
  }

  /** Will and shall, in or on: small words are what is asked about when they are compared. */
  private boolean compared(int w, int known) {
    if ((known & Lexicon.COMPARABLE) == 0) {
      return false;
    }
    return (w > 0 && links(w - 1, Lexicon.VERSUS))
        || (w > 1 && links(w - 1, Lexicon.LINK) && comparable(w - 2))
        || (w + 2 < words.count && links(w + 1, Lexicon.LINK) && comparable(w + 2));
  }

  private boolean links(int w, int how) {
    return words.plain(w) && (ENGLISH.flags(ENGLISH.find(words.hash[w])) & how) != 0;
  }

  private boolean comparable(int w) {
    return links(w, Lexicon.COMPARABLE);
  }

  /** Writes a word of which the lists say what it is for; false when they do not. */
  private boolean counts(int w, int entry, int known, boolean listed) {
    if ((known & Lexicon.ORDINAL) != 0) {
      word(w, Amounts.rank(ENGLISH.value(entry)), Facts.NUMBER, -1);
    } else if ((known & Lexicon.NEGATION) != 0) {
      word(w, ENGLISH.key(entry), Facts.NEGATION, -1);
    } else if ((known & Lexicon.QUANTITY) != 0) {
      word(w, ENGLISH.key(entry), Facts.NUMBER | opposite(known), -1);
    } else if ((known & Lexicon.ROLE) != 0) {
      asking.direction(w, known);
      int direction = (known & Lexicon.DIRECTION) != 0 ? Facts.DIRECTION : 0;
      word(w, ENGLISH.key(entry), Facts.ROLE | direction | opposite(known), -1);
    } else if ((known & Lexicon.STOP) == 0) {
      return false;
    } else if (listed) {
      word(w, ENGLISH.key(entry), Facts.NAME, -1);
    } else {
      asking.direction(w, known);
      if ((known & Lexicon.OPPOSITE) != 0) {
        particle(ENGLISH.key(entry));
      }
    }
    return true;
  }

  private void content(int w, int entry, boolean name) {
    int from = words.from[w];
    int to = words.to[w];
    int place = entry;
    int key;
    if (place < 0) {
      int end = Stem.end(words.low, from, to);
      int stem = Lexicon.stem(words.low, from, end, Stem.swapsForY(words.low, from, to));
      place = ENGLISH.find(stem);
      key = place < 0 ? stem : ENGLISH.key(place);
    } else {
      key = ENGLISH.key(place);
    }
    int known = ENGLISH.flags(place);
    boolean alone = name || (known & Lexicon.MUST) != 0 || denies(words.low, from, to);
    int says = opposite(known) | (alone ? Facts.NAME : 0);
    word(w, key, says, alone ? -1 : similarity.id(words.low, from, to));
  }

  private static int opposite(int known) {
    return (known & Lexicon.OPPOSITE) != 0 ? Facts.OPPOSITE : 0;
  }

  /** A word in capitals names something (US, IT, WHO), or is stressed (NOT, ALL, THIS). */
  private void capitals(int w, int entry) {
    int upper = ENGLISH.find(Lexicon.upper(words.hash[w]));
    if (upper >= 0) {
      word(w, ENGLISH.key(upper), Facts.NAME, -1);
      return;
    }
    int known = ENGLISH.flags(entry);
    boolean shortStop = (known & Lexicon.STOP) != 0 && words.length(w) < 4;
    if (shortStop) {
      word(w, words.hash[w], Facts.NAME, -1);
    } else if (!counts(w, entry, known, false)) {
      content(w, entry, true);
    }
  }

  /** Un-, dis-, mis-, non-, il-, ir-, im-, anti-, -less: no other word stands for these. */
  private static boolean denies(byte[] low, int from, int to) {
    if (to - from < DENIAL_LETTERS) {
      return false;
    }
    byte a = low[from];
    byte b = low[from + 1];
    byte c = low[from + 2];
    return switch (a) {
          case 'u' -> b == 'n';
          case 'd', 'm' -> b == 'i' && c == 's';
          case 'n' -> b == 'o' && c == 'n';
          case 'i' ->
              ((b == 'l' || b == 'r') && b == c)
                  || (b == 'm' && (c == 'p' || c == 'm' || c == 'b'));
          case 'a' -> b == 'n' && c == 't' && low[from + 3] == 'i';
          default -> false;
        }
        || (low[to - 1] == 's' && low[to - 2] == 's' && low[to - 3] == 'e' && low[to - 4] == 'l');
  }

  private void word(int w, int key, int says, int id) {
    int place = Facts.WORDS + 2 * counted++;
    room(place + 2);
    facts[place] = key;
    facts[place + 1] = says | (words.is(w, Words.QUOTED) ? Facts.QUOTED : 0) | (id + 1);
  }

  private void particle(int key) {
    if (2 * extra + 2 > particles.length) {
      particles = Arrays.copyOf(particles, particles.length * 2);
    }
    particles[2 * extra] = key;
    particles[2 * extra + 1] = Facts.OPPOSITE;
    extra++;
  }

  private void room(int length) {
    if (length > facts.length) {
      facts = Arrays.copyOf(facts, Math.max(facts.length * 2, length));
    }
  }
}
