package fairlead.cache.guard;

/**
 * Gives numbers one key however they are written: 2,000 dollars, $2k, two thousand USD.
 *
 * <p>Stateless but for the words it reads and {@link #next}.
 */
final class Amounts {
  private static final Lexicon ENGLISH = Lexicon.english();
  private static final int ONE = Lexicon.raw("one");
  private static final int II = Lexicon.raw("ii");
  private static final int III = Lexicon.raw("iii");
  private static final int LONGEST_ROMAN = 5;

  /** Keeps a rank from being a count. */
  private static final int RANK = 1 << 24;

  private final Words words;

  /** The word after the number that was read last. */
  int next;

  Amounts(Words words) {
    this.words = words;
  }

  /** The key of a number in digits at w, with its unit. */
  int digits(int w) {
    next = w + 1;
    if (words.is(w, Words.WHOLE)) {
      return words.hash[w];
    }
    if (words.is(w, Words.ORDINAL)) {
      return rank(words.mantissa[w]);
    }
    while (words.unit[w] == 0 && scales(next)) {
      words.scale(w, power(ENGLISH.value(ENGLISH.find(words.hash[next]))));
      next++;
    }
    return key(words.mantissa[w], words.decimals[w], unit(words.unit[w]));
  }

  /** Whether a number in words begins at w. */
  boolean inWords(int w, int known) {
    return (known & Lexicon.NUMBER) != 0
        || (words.hash[w] == ONE && (scales(w + 1) || unitAt(w + 1)));
  }

  /** The key of a number in words: twenty five, two hundred thousand, one hour. */
  int spelled(int w) {
    long total = 0;
    long part = 0;
    long before = Long.MAX_VALUE;
    next = w;
    while (next < words.count && words.plain(next)) {
      boolean one = next == w && words.hash[w] == ONE;
      int entry = ENGLISH.find(words.hash[next]);
      if (!one && (ENGLISH.flags(entry) & Lexicon.NUMBER) == 0) {
        break;
      }
      long value = one ? 1 : ENGLISH.value(entry);
      if (value >= 100) {
        part = Math.max(part, 1) * value;
        if (value > 100) {
          total += part;
          part = 0;
        }
      } else if (part == 0 || (before >= 20 && value < 10) || before == 100) {
        part += value;
      } else {
        break;
      }
      before = value;
      next++;
    }
    return key(total + part, 0, unit(0));
  }

  /** The key of a numeral of I, V and X in capitals, or 0: "Part II" is "Part 2". */
  int roman(int w, boolean upper) {
    int length = words.length(w);
    boolean may = upper || words.hash[w] == II || words.hash[w] == III;
    if (!may || length < 2 || length > LONGEST_ROMAN) {
      return 0;
    }
    int total = 0;
    int most = 0;
    for (int i = words.to[w] - 1; i >= words.from[w]; i--) {
      int value =
          switch (words.low[i]) {
            case 'i' -> 1;
            case 'v' -> 5;
            case 'x' -> 10;
            default -> 0;
          };
      if (value == 0) {
        return 0;
      }
      total += value < most ? -value : value;
      most = Math.max(most, value);
    }
    next = w + 1;
    return key(total, 0, 0);
  }

  static int rank(long rank) {
    return Lexicon.mix((int) rank + RANK);
  }

  private static int key(long mantissa, int decimals, int unit) {
    long h = mantissa * 0x9E3779B97F4A7C15L + decimals * 0xC2B2AE3D27D4EB4FL + unit;
    return Lexicon.mix((int) (h ^ (h >>> 32)));
  }

  private boolean scales(int w) {
    if (w >= words.count || !words.plain(w)) {
      return false;
    }
    int entry = ENGLISH.find(words.hash[w]);
    return (ENGLISH.flags(entry) & Lexicon.NUMBER) != 0 && ENGLISH.value(entry) >= 100;
  }

  private static int power(long value) {
    int power = 0;
    for (long rest = value; rest >= 10; rest /= 10) {
      power++;
    }
    return power;
  }

  private boolean unitAt(int w) {
    return w < words.count
        && words.plain(w)
        && (ENGLISH.flags(ENGLISH.find(words.hash[w])) & Lexicon.UNIT) != 0;
  }

  /** The unit written on to a number or in the next word, which is then used up; 0 for none. */
  private int unit(int written) {
    if (written == 0) {
      return unitAt(next) ? ENGLISH.unit(ENGLISH.find(words.hash[next++])) : 0;
    }
    int entry = ENGLISH.find(written);
    return (ENGLISH.flags(entry) & Lexicon.UNIT) != 0 ? ENGLISH.unit(entry) : written;
  }
}
