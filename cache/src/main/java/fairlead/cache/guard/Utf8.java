package fairlead.cache.guard;

/**
 * Reads code points from bytes and tells letters from what parts them.
 *
 * <p>Stateless. A byte that is no UTF-8 is a letter of its own, above all code points.
 */
final class Utf8 {
  /** What a code point is when it is no letter. */
  static final int SEPARATOR = -1;

  static final int QUOTE = -2;
  static final int SYMBOL = -3;

  static final int APOSTROPHE = 0x2019;
  static final int DEGREE = 0xb0;

  private static final int LENGTH_SHIFT = 24;
  private static final int BROKEN = 0x110000;

  private Utf8() {}

  /** The code point at i, and in the highest byte how many bytes it has. */
  static int decode(byte[] b, int i, int end) {
    int c = b[i];
    if (c >= 0) {
      return c | 1 << LENGTH_SHIFT;
    }
    int length = c < -32 ? 2 : c < -16 ? 3 : 4;
    int point = c & (0x7f >> length);
    boolean broken = c < -62 || c > -12 || i + length > end;
    for (int k = 1; k < length && !broken; k++) {
      broken = b[i + k] >= -64;
      point = (point << 6) | (b[i + k] & 0x3f);
    }
    return broken || point >= BROKEN
        ? (BROKEN + (c & 0xff)) | 1 << LENGTH_SHIFT
        : point | length << LENGTH_SHIFT;
  }

  static int point(int decoded) {
    return decoded & 0xffffff;
  }

  static int length(int decoded) {
    return decoded >>> LENGTH_SHIFT;
  }

  /** A letter's own value, or what else the code point is: one of the negative constants. */
  static int judge(int point) {
    if (point >= BROKEN) {
      return point;
    }
    if (point == 0x201c || point == 0x201d || point == 0x201e || point == 0xab || point == 0xbb) {
      return QUOTE;
    }
    // What changes the looks of the emoji before it.
    if ((point >= 0xFE00 && point <= 0xFE0F) || point == 0x20E3) {
      return SEPARATOR;
    }
    return switch (Character.getType(point)) {
      case Character.OTHER_SYMBOL,
          Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL ->
          SYMBOL;
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.FORMAT,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.CONNECTOR_PUNCTUATION ->
          SEPARATOR;
      default -> point;
    };
  }

  /** Whether a typographic apostrophe stands at i. */
  static boolean apostrophe(byte[] b, int i, int end) {
    return i + 2 < end && b[i] == (byte) 0xe2 && b[i + 1] == (byte) 0x80 && b[i + 2] == (byte) 0x99;
  }

  /** Of ASCII. */
  static boolean letter(int c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }
}
