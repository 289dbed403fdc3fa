package fairlead.cache.guard;

/**
 * Reads a number with what is written on to it: $1,000.50, -3, 16GB, 5%, 2nd, 20°C, 5k.
 *
 * <p>Stateless but for the words it adds to.
 */
final class NumberScan {
  private static final int MOST_DIGITS = 17;
  private static final Lexicon ENGLISH = Lexicon.english();
  private static final int DOLLAR = Lexicon.raw("$");

  private final Words words;

  NumberScan(Words words) {
    this.words = words;
  }

  /**
   * Adds the number that begins at s, and returns where what is no part of it begins, at most e.
   * Returns s, with nothing added, when all up to e is something else.
   */
  int read(byte[] b, int s, int e) {
    int i = s;
    boolean negative = b[i] == '-';
    i += negative ? 1 : 0;
    boolean dollars = i < e && b[i] == '$';
    i += dollars ? 1 : 0;
    long value = 0;
    int digits = 0;
    int zeros = 0;
    int places = 0;
    boolean point = false;
    for (; i < e; i++) {
      int c = b[i];
      if (Utf8.digit(c)) {
        zeros += digits == zeros && c == '0' ? 1 : 0;
        if (++digits > MOST_DIGITS) {
          return s;
        }
        value = value * 10 + c - '0';
        places += point ? 1 : 0;
      } else if (c == '.' && !point && i + 1 < e && Utf8.digit(b[i + 1])) {
        point = true;
      } else if (c != ',') {
        break;
      }
    }
    if (digits == 0) {
      return s;
    }
    int suffix = i;
    int h = 0;
    while (i < e) {
      int decoded = Utf8.decode(b, i, e);
      int c = Utf8.point(decoded);
      boolean letter = Utf8.letter(c);
      boolean sign = e - suffix == 1 && (c == '%' || c == '$');
      if (!letter && !sign && c != Utf8.DEGREE) {
        return s;
      }
      h = h * 31 + (letter ? c | 0x20 : c);
      i += Utf8.length(decoded);
    }
    int written = suffix == e ? 0 : Lexicon.mix(h);
    int power = power(b, suffix, e, dollars);
    if (ordinal(b, suffix, e)) {
      add(Words.ORDINAL, value, places, zeros, negative, 0);
    } else if (written == 0 || power > 0) {
      add(0, value, places, zeros, negative, dollars ? DOLLAR : 0);
      words.scale(words.count - 1, power);
    } else if (!dollars && unit(written)) {
      add(0, value, places, zeros, negative, written);
    } else if (!dollars && Utf8.letter(b[suffix])) {
      add(0, value, places, zeros, negative, 0);
      return suffix;
    } else {
      return s;
    }
    return e;
  }

  private void add(int kinds, long value, int places, int zeros, boolean negative, int written) {
    int before = words.count;
    words.add(0, Words.NUMBER | kinds);
    if (words.count > before) {
      words.value(value, places, zeros, negative, written);
    }
  }

  private static boolean unit(int written) {
    return (ENGLISH.flags(ENGLISH.find(written)) & Lexicon.UNIT) != 0;
  }

  /** 5k, and of money 5m and 5b. */
  private static int power(byte[] b, int s, int e, boolean dollars) {
    if (e - s != 1) {
      return 0;
    }
    int c = b[s] | 0x20;
    return c == 'k' ? 3 : dollars && c == 'm' ? 6 : dollars && c == 'b' ? 9 : 0;
  }

  private static boolean ordinal(byte[] b, int s, int e) {
    if (e - s != 2) {
      return false;
    }
    int c = b[s] | 0x20;
    int d = b[s + 1] | 0x20;
    return (c == 's' && d == 't')
        || (c == 'n' && d == 'd')
        || (c == 'r' && d == 'd')
        || (c == 't' && d == 'h');
  }
}
