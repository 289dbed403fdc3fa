package fairlead.cache.guard;

import org.jspecify.annotations.Nullable;

/**
 * Decides from the facts of two questions whether they may share an answer.
 *
 * <p>Pure and stateless. Below 0.3 us for questions of 20 words unless words without counterpart
 * must be compared by meaning; nothing is allocated.
 */
public final class Guards {
  /** Above this many words that count, two texts must have the same ones in the same order. */
  private static final int MOST_WORDS = Long.SIZE;

  /**
   * Strict: of Quora pairs with one word that counts 19 % of the hits were wrong, of those with
   * more 5 %; of those that differ by three small words or more 22 %.
   */
  private static final int LEAST_WORDS = 2;

  private static final int MOST_SMALL_WORDS_APART = 2;

  private static final Lexicon ENGLISH = Lexicon.english();

  private Guards() {}

  /**
   * Null when the two may share an answer, else the first reason against it.
   *
   * @param least the least cosine of two words of which one may stand for the other
   */
  public static @Nullable Refusal compare(
      int[] a,
      int aFrom,
      int[] b,
      int bFrom,
      Strictness strictness,
      float least,
      WordSimilarity similarity) {
    int n = a[aFrom + Facts.COUNTS] & 0xffff;
    int m = b[bFrom + Facts.COUNTS] & 0xffff;
    int asksA = a[aFrom + Facts.ASKED];
    int asksB = b[bFrom + Facts.ASKED];
    if (((asksA | asksB) & Facts.CUT_SHORT) != 0) {
      return Refusal.UNMATCHED_WORDS;
    }
    int wordsA = aFrom + Facts.WORDS;
    int wordsB = bFrom + Facts.WORDS;
    if (strictness == Strictness.EXACT || n > MOST_WORDS || m > MOST_WORDS) {
      int size = Facts.MOST_SIZE << Facts.SIZE_SHIFT;
      if (((asksA ^ asksB) & ~size) != 0 || a[aFrom + Facts.QUOTES] != b[bFrom + Facts.QUOTES]) {
        return Refusal.QUESTION_KIND;
      }
      return sameWords(a, wordsA, n, b, wordsB, m);
    }
    int quotesA = a[aFrom + Facts.QUOTES];
    int quotesB = b[bFrom + Facts.QUOTES];
    if (quotesA != 0 && quotesB != 0 && quotesA != quotesB) {
      return Refusal.QUOTED;
    }
    // Bit i: word i of a, of b, has an equal one on the other side.
    long leftA = ones(n);
    long leftB = ones(m);
    boolean strict = strictness == Strictness.STRICT;
    boolean ordered = true;
    int last = -1;
    int next = 0;
    for (int i = 0; i < n; i++) {
      int j = equal(a[wordsA + 2 * i], b, wordsB, leftB, next, m);
      if (j < 0) {
        continue;
      }
      leftA &= ~(1L << i);
      leftB &= ~(1L << j);
      next = j + 1;
      boolean role = ((a[wordsA + 2 * i + 1] | b[wordsB + 2 * j + 1]) & Facts.ROLE) != 0;
      if (strict || !role) {
        ordered &= j > last;
        last = Math.max(j, last);
      }
    }
    Refusal facts = unmatched(a, wordsA, leftA, b, wordsB, leftB, strict);
    if (facts != null && facts != Refusal.ROLE_WORDS && facts != Refusal.NAMES) {
      return facts;
    }
    if (opposed(a, aFrom, leftA, b, bFrom, leftB)) {
      return Refusal.ANTONYMS;
    }
    if (facts == Refusal.NAMES) {
      return facts;
    }
    if (!sameKind(asksA, asksB, strict)) {
      return Refusal.QUESTION_KIND;
    }
    if (facts != null) {
      return facts;
    }
    if (strict && tooLittleSaid(n, m, asksA, asksB)) {
      return Refusal.UNMATCHED_WORDS;
    }
    if (!ordered && (strict || orderCounts(asksA, asksB))) {
      return Refusal.WORD_ORDER;
    }
    if (leftA != 0 || leftB != 0) {
      return paired(a, wordsA, n, leftA, b, wordsB, m, leftB, strict, least, similarity)
          ? null
          : Refusal.UNMATCHED_WORDS;
    }
    return null;
  }

  private static boolean tooLittleSaid(int n, int m, int asksA, int asksB) {
    return n < LEAST_WORDS
        || m < LEAST_WORDS
        || Math.abs(size(asksA) - size(asksB)) > MOST_SMALL_WORDS_APART;
  }

  private static int size(int asks) {
    return (asks >>> Facts.SIZE_SHIFT) & Facts.MOST_SIZE;
  }

  private static long ones(int n) {
    return n == 0 ? 0 : -1L >>> (Long.SIZE - n);
  }

  private static @Nullable Refusal sameWords(int[] a, int aFrom, int n, int[] b, int bFrom, int m) {
    if (n != m) {
      return Refusal.UNMATCHED_WORDS;
    }
    for (int i = 0; i < n; i++) {
      if (a[aFrom + 2 * i] != b[bFrom + 2 * i]) {
        return Refusal.UNMATCHED_WORDS;
      }
    }
    return null;
  }

  /** The next word of b with this key that is still free, from {@code next} on and around. */
  private static int equal(int key, int[] b, int bFrom, long left, int next, int m) {
    for (int j = next; j < m; j++) {
      if (b[bFrom + 2 * j] == key && (left >>> j & 1) != 0) {
        return j;
      }
    }
    for (int j = 0; j < next; j++) {
      if (b[bFrom + 2 * j] == key && (left >>> j & 1) != 0) {
        return j;
      }
    }
    return -1;
  }

  /** The weightiest reason among words that nothing but themselves may stand for. */
  private static @Nullable Refusal unmatched(
      int[] a, int aFrom, long leftA, int[] b, int bFrom, long leftB, boolean strict) {
    int onlyA = kinds(a, aFrom, leftA);
    int onlyB = kinds(b, bFrom, leftB);
    int only = onlyA | onlyB;
    if ((only & Facts.NUMBER) != 0) {
      return Refusal.NUMBERS;
    }
    if ((only & Facts.IDENTIFIER) != 0) {
      return Refusal.IDENTIFIERS;
    }
    if ((only & Facts.QUOTED) != 0) {
      return Refusal.QUOTED;
    }
    if ((only & Facts.NEGATION) != 0) {
      return Refusal.NEGATION;
    }
    if ((only & Facts.NAME) != 0) {
      return Refusal.NAMES;
    }
    // "My", "these" may be left out, but not exchanged for "his", and "from" may not be left out.
    boolean exchanged = (onlyA & onlyB & Facts.ROLE) != 0;
    boolean decides = strict ? (only & Facts.ROLE) != 0 : exchanged;
    return decides || (only & Facts.DIRECTION) != 0 ? Refusal.ROLE_WORDS : null;
  }

  private static int kinds(int[] facts, int from, long left) {
    int kinds = 0;
    for (long rest = left; rest != 0; rest &= rest - 1) {
      kinds |= facts[from + 2 * Long.numberOfTrailingZeros(rest) + 1];
    }
    return kinds;
  }

  /** Whether a word that is only in a opposes one that is only in b. */
  private static boolean opposed(int[] a, int aFrom, long leftA, int[] b, int bFrom, long leftB) {
    int n = a[aFrom + Facts.COUNTS] & 0xffff;
    int allA = n + (a[aFrom + Facts.COUNTS] >>> 16);
    int m = b[bFrom + Facts.COUNTS] & 0xffff;
    int allB = m + (b[bFrom + Facts.COUNTS] >>> 16);
    for (int i = 0; i < allA; i++) {
      if (!opposes(a, aFrom, leftA, n, i) || has(b, bFrom, allB, a[aFrom + Facts.WORDS + 2 * i])) {
        continue;
      }
      int key = a[aFrom + Facts.WORDS + 2 * i];
      for (int j = 0; j < allB; j++) {
        if (opposes(b, bFrom, leftB, m, j)) {
          int other = b[bFrom + Facts.WORDS + 2 * j];
          if (ENGLISH.opposite(key, other) && !has(a, aFrom, allA, other)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean opposes(int[] facts, int from, long left, int n, int i) {
    return (facts[from + Facts.WORDS + 2 * i + 1] & Facts.OPPOSITE) != 0
        && (i >= n || (left >>> i & 1) != 0);
  }

  private static boolean has(int[] facts, int from, int all, int key) {
    for (int i = 0; i < all; i++) {
      if (facts[from + Facts.WORDS + 2 * i] == key) {
        return true;
      }
    }
    return false;
  }

  /** Keywords may stand in any order, unless a word says which way round they are. */
  private static boolean orderCounts(int asksA, int asksB) {
    return (asksA & asksB & Facts.SENTENCE) != 0 || ((asksA | asksB) & Facts.DIRECTED) != 0;
  }

  /**
   * Who, when, how and so on; strict also of past or future; about me or about you; what can be or
   * what ought to be, though "how can I" and "how to" ask for the same.
   */
  private static boolean sameKind(int a, int b, boolean strict) {
    int kindA = a & Facts.KIND;
    int kindB = b & Facts.KIND;
    int apart = a ^ b;
    boolean verbs = apart >>> Facts.VERB_SHIFT == 0;
    if (!strict) {
      int rareA = kindA & ~(Facts.WHAT | Facts.HOW);
      int rareB = kindB & ~(Facts.WHAT | Facts.HOW);
      return kindA == 0 || kindB == 0 || (rareA == rareB && verbs);
    }
    if ((apart & (Facts.PAST | Facts.FUTURE | Facts.OTHER | Facts.DUTY)) != 0) {
      return false;
    }
    // What "this" is may differ though the words do not.
    if (((a | b) & Facts.POINTING) != 0) {
      return false;
    }
    boolean how = (kindA | kindB) == Facts.HOW;
    if (!how && (apart & (Facts.SELF | Facts.POWER | Facts.WOULD)) != 0) {
      return false;
    }
    if (kindA == kindB) {
      return verbs;
    }
    // Keywords and orders ask for what "how" or "what" would.
    return (kindA == 0 || kindB == 0) && (how || (kindA | kindB) == Facts.WHAT);
  }

  /** Whether every word without an equal has one of like meaning among the other side's. */
  private static boolean paired(
      int[] a,
      int aFrom,
      int n,
      long leftA,
      int[] b,
      int bFrom,
      int m,
      long leftB,
      boolean strict,
      float least,
      WordSimilarity similarity) {
    return oneWay(a, aFrom, leftA, b, bFrom, m, leftB, strict, least, similarity)
        && oneWay(b, bFrom, leftB, a, aFrom, n, leftA, strict, least, similarity);
  }

  private static boolean oneWay(
      int[] a,
      int aFrom,
      long leftA,
      int[] b,
      int bFrom,
      int m,
      long leftB,
      boolean strict,
      float least,
      WordSimilarity similarity) {
    for (long rest = leftA; rest != 0; rest &= rest - 1) {
      int i = Long.numberOfTrailingZeros(rest);
      int says = a[aFrom + 2 * i + 1];
      if ((says & Facts.ROLE) != 0) {
        continue;
      }
      int id = (says & 0xffff) - 1;
      if (id < 0) {
        return false;
      }
      boolean found = false;
      for (int j = 0; j < m && !found; j++) {
        if (strict && (leftB >>> j & 1) == 0) {
          continue;
        }
        int other = (b[bFrom + 2 * j + 1] & 0xffff) - 1;
        found = other >= 0 && similarity.cosine(id, other) >= least;
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }
}
