package fairlead.routing;

/** Spreads one random seed over the several choices of a call; pure, no state, no allocation. */
final class Mix {
  static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Mix() {}

  /**
   * The {@code step}-th number of the sequence that {@code seed} begins (SplitMix64, Steele 2014).
   */
  static long next(long seed, int step) {
    long z = seed + GOLDEN * (step + 1L);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number in [0, 1). */
  static double unit(long seed, int step) {
    return (next(seed, step) >>> 11) * 0x1.0p-53;
  }
}
