package fairlead.server.caching;

/**
 * Reads JSON numbers that need not be exact to the last bit.
 *
 * <p>Stateless, allocates nothing.
 */
final class Decimal {
  /** More digits than a long holds for sure change nothing that matters here. */
  private static final int MAX_DIGITS = 18;

  private static final int MAX_EXPONENT = 400;

  private Decimal() {}

  /** The number that begins at {@code i} of text that was found valid; NaN if none does. */
  static double read(byte[] a, int i, int end) {
    boolean negative = a[i] == '-';
    if (negative) {
      i++;
    }
    if (i >= end || !digit(a[i])) {
      return Double.NaN;
    }
    long mantissa = 0;
    int used = 0;
    int scale = 0;
    boolean fraction = false;
    for (; i < end && (digit(a[i]) || a[i] == '.'); i++) {
      if (a[i] == '.') {
        fraction = true;
      } else if (used < MAX_DIGITS) {
        mantissa = mantissa * 10 + a[i] - '0';
        used += mantissa == 0 ? 0 : 1;
        scale -= fraction ? 1 : 0;
      } else {
        scale += fraction ? 0 : 1;
      }
    }
    if (i < end && (a[i] | 0x20) == 'e') {
      scale += exponent(a, i + 1, end);
    }
    double value = scale < 0 ? mantissa / Math.pow(10, -scale) : mantissa * Math.pow(10, scale);
    return mantissa == 0 ? 0 : negative ? -value : value;
  }

  private static int exponent(byte[] a, int i, int end) {
    boolean negative = a[i] == '-';
    if (negative || a[i] == '+') {
      i++;
    }
    int value = 0;
    for (; i < end && digit(a[i]); i++) {
      value = Math.min(value * 10 + a[i] - '0', MAX_EXPONENT);
    }
    return negative ? -value : value;
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }
}
