package fairlead.providers.wire;

/**
 * The value of JSON numbers: their integer part, or nearly all of it.
 *
 * <p>Stateless, allocates nothing. Providers write token counts as {@code 12}, {@code 12.0} and
 * {@code 1.2e1}; all three are 12.
 */
public final class JsonNumber {
  /** More digits than this may overflow a long; they then count as powers of ten. */
  private static final int SAFE_DIGITS = 18;

  /** Beyond it every double is 0 or infinite, whatever its {@value #SAFE_DIGITS} digits. */
  private static final int MAX_SCALE = 400;

  /** Powers of ten up to this one are doubles without an error. */
  private static final int EXACT_POWER = 22;

  private JsonNumber() {}

  /** The well-formed number {@code a[i, end)} cut towards zero and saturated. */
  static long toLong(byte[] a, int i, int end) {
    long value = scaled(digits(a, i, end), scale(a, i, end));
    return a[i] == '-' ? -value : value;
  }

  /**
   * The well-formed number {@code a[i, end)} within a few units in the last place, exact for the
   * few digits that people write; infinite where it is too large.
   */
  public static double toDouble(byte[] a, int i, int end) {
    long digits = digits(a, i, end);
    double value = digits == 0 ? 0 : scaled((double) digits, scale(a, i, end));
    return a[i] == '-' ? -value : value;
  }

  /** Where the number that begins at {@code i} ends. */
  public static int end(byte[] a, int i, int end) {
    while (i < end && isPart(a[i])) {
      i++;
    }
    return i;
  }

  private static boolean isPart(byte b) {
    return isDigit(b) || b == '-' || b == '+' || b == '.' || (b | 0x20) == 'e';
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** The first digits, up to {@value #SAFE_DIGITS} that count, as one number. */
  private static long digits(byte[] a, int i, int end) {
    long value = 0;
    int used = 0;
    for (; i < end && (a[i] | 0x20) != 'e' && used < SAFE_DIGITS; i++) {
      if (isDigit(a[i])) {
        value = value * 10 + (a[i] - '0');
        used += value == 0 ? 0 : 1;
      }
    }
    return value;
  }

  /** The power of ten that {@link #digits} are to be multiplied with. */
  private static long scale(byte[] a, int i, int end) {
    long scale = 0;
    boolean counts = false;
    int used = 0;
    boolean fraction = false;
    for (; i < end && (a[i] | 0x20) != 'e'; i++) {
      fraction |= a[i] == '.';
      if (isDigit(a[i])) {
        if (used < SAFE_DIGITS) {
          counts |= a[i] != '0';
          used += counts ? 1 : 0;
          scale -= fraction ? 1 : 0;
        } else {
          scale += fraction ? 0 : 1;
        }
      }
    }
    return i < end ? scale + exponent(a, i + 1, end) : scale;
  }

  /** In two steps, since the power of ten may be out of range where the result is not. */
  private static double scaled(double digits, long scale) {
    int bounded = Math.clamp(scale, -MAX_SCALE, MAX_SCALE);
    int half = bounded / 2;
    return bounded < 0 && bounded >= -EXACT_POWER
        ? digits / Math.pow(10, -bounded)
        : digits * Math.pow(10, half) * Math.pow(10, bounded - half);
  }

  private static long exponent(byte[] a, int i, int end) {
    boolean negative = a[i] == '-';
    if (negative || a[i] == '+') {
      i++;
    }
    long value = 0;
    for (; i < end; i++) {
      // Far beyond any mantissa length; more digits change nothing.
      value = Math.min(value * 10 + (a[i] - '0'), Integer.MAX_VALUE);
    }
    return negative ? -value : value;
  }

  private static long scaled(long mantissa, long scale) {
    long value = mantissa;
    for (; scale < 0 && value != 0; scale++) {
      value /= 10;
    }
    for (; scale > 0 && value != 0; scale--) {
      if (value > Long.MAX_VALUE / 10) {
        return Long.MAX_VALUE;
      }
      value *= 10;
    }
    return value;
  }
}
