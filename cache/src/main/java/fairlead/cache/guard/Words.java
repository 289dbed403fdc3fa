package fairlead.cache.guard;

import java.util.Arrays;

/**
 * The words of one text in order: hash of the lower case, kind, and the letters of plain ones.
 *
 * <p>Scratch of one thread; allocates nothing once it has grown.
 */
final class Words {
  /** More words are not read. */
  static final int MOST = 512;

  private static final int FIRST_BYTES = 256;

  /** {@link #MOST} words seldom have more letters; a single one may. */
  private static final int KEPT_BYTES = 16 << 10;

  static final int NUMBER = 1;
  static final int IDENTIFIER = 1 << 1;

  /** Letters beyond ASCII, a symbol, an emoji: counts as it stands. */
  static final int FOREIGN = 1 << 2;

  static final int NOT_PLAIN = NUMBER | IDENTIFIER | FOREIGN;

  static final int CAPITAL = 1 << 3;
  static final int UPPER = 1 << 4;

  /** A capital after a small letter: iPhone. */
  static final int HUMP = 1 << 5;

  /** First of a sentence. */
  static final int START = 1 << 6;

  static final int QUOTED = 1 << 7;

  /** A number that is one thing as it stands, a date or a version: it has no value. */
  static final int WHOLE = 1 << 8;

  static final int ORDINAL = 1 << 9;

  /** Stands at the word before without a space. */
  static final int JOINED = 1 << 10;

  int count;
  boolean cutShort;
  boolean anyLower;

  /** The next word is the first of a sentence. */
  boolean start;

  boolean inQuotes;
  int[] hash = new int[32];
  int[] kind = new int[32];

  /** Where the lower case of a plain word is in {@link #low}. */
  int[] from = new int[32];

  int[] to = new int[32];

  /** A number's value is mantissa / 10^decimals. */
  long[] mantissa = new long[32];

  int[] decimals = new int[32];

  /** Hash of the unit written on to a number, 0 for none. */
  int[] unit = new int[32];

  byte[] low = new byte[FIRST_BYTES];
  private int lowEnd;

  void clear() {
    count = 0;
    lowEnd = 0;
    cutShort = false;
    anyLower = false;
    start = true;
    inQuotes = false;
  }

  /** Forgets the words, and gives back what only unusually long ones need. */
  void trim() {
    clear();
    if (low.length > KEPT_BYTES) {
      low = new byte[FIRST_BYTES];
    }
  }

  boolean plain(int w) {
    return (kind[w] & NOT_PLAIN) == 0;
  }

  boolean is(int w, int what) {
    return (kind[w] & what) != 0;
  }

  int length(int w) {
    return to[w] - from[w];
  }

  void add(int h, int kinds) {
    add(h, kinds, 0, 0);
  }

  private void add(int h, int kinds, int begin, int end) {
    if (count == MOST) {
      cutShort = true;
      return;
    }
    if (count == hash.length) {
      grow();
    }
    hash[count] = h;
    kind[count] = kinds | (start ? START : 0) | (inQuotes ? QUOTED : 0);
    from[count] = begin;
    to[count] = end;
    unit[count] = 0;
    count++;
    start = false;
  }

  private void grow() {
    int more = count * 2;
    hash = Arrays.copyOf(hash, more);
    kind = Arrays.copyOf(kind, more);
    from = Arrays.copyOf(from, more);
    to = Arrays.copyOf(to, more);
    mantissa = Arrays.copyOf(mantissa, more);
    decimals = Arrays.copyOf(decimals, more);
    unit = Arrays.copyOf(unit, more);
  }

  /** Adds a word of ASCII letters, without the apostrophes and dots among them. */
  void letters(byte[] b, int s, int e) {
    room(e - s);
    int begin = lowEnd;
    int h = 0;
    int upper = 0;
    boolean hump = false;
    boolean small = false;
    for (int i = s; i < e; i++) {
      int c = b[i];
      if (c >= 'A' && c <= 'Z') {
        upper++;
        hump |= small;
        small = false;
        c |= 0x20;
      } else if (c >= 'a' && c <= 'z') {
        small = true;
      } else {
        continue;
      }
      low[lowEnd++] = (byte) c;
      h = h * 31 + c;
    }
    int length = lowEnd - begin;
    if (length == 0) {
      return;
    }
    anyLower |= upper < length;
    int kinds = hump ? HUMP : 0;
    if (upper > 0) {
      kinds |= Utf8.letter(b[s]) && b[s] < 'a' ? CAPITAL : 0;
      kinds |= upper == length && length > 1 ? UPPER : 0;
    }
    add(Lexicon.mix(h), kinds, begin, lowEnd);
  }

  private void room(int more) {
    if (lowEnd + more > low.length) {
      low = Arrays.copyOf(low, Math.max(low.length * 2, lowEnd + more));
    }
  }

  /** Sets the value of the last word, a number. */
  void value(long value, int places, int zeros, boolean negative, int written) {
    int w = count - 1;
    mantissa[w] = negative ? -value : value;
    // 007 is not 7 and -0 is not 0, though 0.5 is .5: what a value cannot say goes above its
    // places.
    int leading = places > 0 ? 0 : value == 0 ? zeros - 1 : zeros;
    decimals[w] = places | leading << 8 | (negative && value == 0 ? 1 << 16 : 0);
    unit[w] = written;
  }

  /** Multiplies a number by a power of ten. */
  void scale(int w, int power) {
    int left = power;
    while (left > 0 && (decimals[w] & 0xff) > 0) {
      decimals[w]--;
      left--;
    }
    while (left > 0 && Math.abs(mantissa[w]) < Long.MAX_VALUE / 10) {
      mantissa[w] *= 10;
      left--;
    }
    decimals[w] |= left << 20;
  }
}
