package fairlead.cache.guard;

/**
 * Cuts the ending of an English word in ASCII lower case: plural, -ed, -ing, final e.
 *
 * <p>Stateless; a few comparisons. It joins the forms of one word and little else: what it does not
 * join costs a hit, what it joined wrongly would cost an answer.
 */
final class Stem {
  private Stem() {}

  /** Whether the stem has a y in the place of the ending "ies" or "ied". */
  static boolean swapsForY(byte[] w, int from, int to) {
    int n = to - from;
    return n > 4 && w[to - 3] == 'i' && w[to - 2] == 'e' && (w[to - 1] == 's' || w[to - 1] == 'd');
  }

  /** Where the stem ends. */
  static int end(byte[] w, int from, int to) {
    int n = to - from;
    if (n < 4) {
      return to;
    }
    if (swapsForY(w, from, to)) {
      return to - 3;
    }
    byte last = w[to - 1];
    byte before = w[to - 2];
    if (n > 5 && last == 'g' && before == 'n' && w[to - 3] == 'i' && vowel(w, from, to - 3)) {
      return undouble(w, from, to - 3);
    }
    if (n > 4 && last == 'd' && before == 'e' && vowel(w, from, to - 2)) {
      return undouble(w, from, to - 2);
    }
    if (last == 's' && before == 'e' && n > 4) {
      byte third = w[to - 3];
      if (third == 's' || third == 'x' || third == 'z' || third == 'h') {
        return to - 2;
      }
      return undouble(w, from, to - 1);
    }
    if (last == 's' && before != 's' && before != 'u' && before != 'i') {
      return to - 1;
    }
    return last == 'e' ? to - 1 : to;
  }

  private static boolean vowel(byte[] w, int from, int to) {
    for (int i = from; i < to; i++) {
      if (w[i] == 'a' || w[i] == 'e' || w[i] == 'i' || w[i] == 'o' || w[i] == 'u' || w[i] == 'y') {
        return true;
      }
    }
    return false;
  }

  /** Stopped to stop, but not called to cal; makes to mak, as make. */
  private static int undouble(byte[] w, int from, int to) {
    byte last = w[to - 1];
    if (to - from > 3 && last == w[to - 2] && last != 'l' && last != 's' && last != 'z') {
      return to - 1;
    }
    return to - from > 3 && last == 'e' ? to - 1 : to;
  }
}
