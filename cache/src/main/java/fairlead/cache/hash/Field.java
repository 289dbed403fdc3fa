package fairlead.cache.hash;

/**
 * Arithmetic modulo the prime 2^61 - 1.
 *
 * <p>Stateless, allocates nothing. Residues are kept below 2^62 + 2^7 and reduced fully only where
 * they are shown: 2^61 is 1 here, so the upper part of a number is added to its lower 61 bits.
 */
final class Field {
  static final long PRIME = (1L << 61) - 1;

  private Field() {}

  /** The residue of an unsigned number below the prime. */
  static long reduced(long a) {
    long r = (a & PRIME) + (a >>> 61);
    return r >= PRIME ? r - PRIME : r;
  }

  /** A residue of the product of two numbers below 2^62. */
  static long times(long a, long b) {
    long lo = a * b;
    return folded(lo & PRIME, (Math.multiplyHigh(a, b) << 3) + (lo >>> 61));
  }

  /** A residue of {@code low + high}, where both are unsigned and {@code high} counts 2^61s. */
  static long folded(long low, long high) {
    return (low & PRIME) + (low >>> 61) + (high & PRIME) + (high >>> 61);
  }

  /**
   * The point's power to {@code exponent} as a residue.
   *
   * @param powers as {@link HashSecret} has them
   */
  static long power(long[] powers, int exponent) {
    long power = powers[exponent & (HashSecret.DIGITS - 1)];
    int rest = exponent >>> HashSecret.DIGIT_BITS;
    for (int at = HashSecret.DIGITS; rest != 0; at += HashSecret.DIGITS) {
      power = times(power, powers[at + (rest & (HashSecret.DIGITS - 1))]);
      rest >>>= HashSecret.DIGIT_BITS;
    }
    return power;
  }
}
