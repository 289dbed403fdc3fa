package fairlead.jmh;

/**
 * How long a benchmark is run.
 *
 * <p>Immutable. Bytes per operation need little: an iteration of {@link #SHORT} is thousands of
 * operations, and its warm-up is long enough for what they run to be compiled.
 */
enum Pace {
  /** For all benchmarks on every build. */
  SHORT(3, 3, 120),
  /** For those that were over their budget, before that counts, and for what is recorded. */
  LONG(5, 5, 500);

  private final int warmUps;
  private final int iterations;
  private final int millis;

  Pace(int warmUps, int iterations, int millis) {
    this.warmUps = warmUps;
    this.iterations = iterations;
    this.millis = millis;
  }

  int warmUps() {
    return warmUps;
  }

  int iterations() {
    return iterations;
  }

  /** The length of each of both. */
  int millis() {
    return millis;
  }
}
