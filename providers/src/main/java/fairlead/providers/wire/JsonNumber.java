package fairlead.providers.wire;

/**
 * The value of JSON numbers: their integer part, or nearly all of it.
 *
 * <p>Stateless, allocates nothing. Providers write token counts as {@code 12}, {@code 12.0} and
 * {@code 1.2e1}; all three are 12.
 */
final class JsonNumber {
  /** More digits than this may overflow a long; they then count as powers of ten. */
  private static final int SAFE_DIGITS = 18;

  /** Beyond it every double is 0 or infinite, whatever its {@value #SAFE_DIGITS} digits. */
  private static final int MAX_SCALE = 400;

  private JsonNumber() {}

  /** The well-formed number {@code a[i, end)} cut towards zero and saturated. */
  static long toLong(byte[] a, int i, int end) {
    boolean negative = a[i] == '-';
    if (negative) {
      i++;
    }
    long mantissa = 0;
    int used = 0;
    long scale = 0;
    boolean fraction = false;
    for (; i < end && (a[i] | 0x20) != 'e'; i++) {
      if (a[i] == '.') {
        fraction = true;
        continue;
      }
      if (used < SAFE_DIGITS) {
        mantissa = mantissa * 10 + (a[i] - '0');
        used += mantissa == 0 ? 0 : 1;
        scale -= fraction ? 1 : 0;
      } else {
        scale += fraction ? 0 : 1;
      }
    }
    if (i < end) {
      scale += exponent(a, i + 1, end);
    }
    long value = scaled(mantissa, scale);
    return negative ? -value : value;
  }

  /**
   * The well-formed number {@code a[i, end)} within a few units in the last place; infinite where
   * it is too large.
   */
  static double toDouble(byte[] a, int i, int end) {
    boolean negative = a[i] == '-';
    if (negative) {
      i++;
    }
    long mantissa = 0;
    int used = 0;
    long scale = 0;
    boolean fraction = false;
    for (; i < end && (a[i] | 0x20) != 'e'; i++) {
      if (a[i] == '.') {
        fraction = true;
      } else if (used < SAFE_DIGITS) {
        mantissa = mantissa * 10 + (a[i] - '0');
        used += mantissa == 0 ? 0 : 1;
        scale -= fraction ? 1 : 0;
      } else {
        scale += fraction ? 0 : 1;
      }
    }
    if (i < end) {
      scale += exponent(a, i + 1, end);
    }
    double value = mantissa == 0 ? 0 : scaled((double) mantissa, scale);
    return negative ? -value : value;
  }

  /** In two steps, since the power of ten may be out of range where the product is not. */
  private static double scaled(double mantissa, long scale) {
    int bounded = Math.clamp(scale, -MAX_SCALE, MAX_SCALE);
    int half = bounded / 2;
    return mantissa * Math.pow(10, half) * Math.pow(10, bounded - half);
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
