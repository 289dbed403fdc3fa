package fairlead.cache.tiers;

/**
 * What the tiers below the exact one need to know of a text to store it: everything that a look-up
 * has worked out already. Immutable by agreement: the arrays are nobody's but this object's.
 *
 * <p>Either a sentence vector with facts, or the lines of a log, or neither, where only the
 * canonical text counts.
 */
final class Features {
  static final long[] NO_LONGS = {};
  static final byte[] NO_BYTES = {};
  static final int[] NO_INTS = {};

  final long canonicalHigh;
  final long canonicalLow;

  /** Whether it is prose, with a vector or too long for one: then it may show a template. */
  final boolean prose;

  /** The partition of near answers: that of the question with its template. */
  final long nearHigh;

  final long nearLow;

  final long[] bits;
  final byte[] row;
  final float scale;
  final int[] facts;
  final long[] lines;
  final int weight;
  final int findings;

  private Features(
      long canonicalHigh,
      long canonicalLow,
      boolean prose,
      long nearHigh,
      long nearLow,
      long[] bits,
      byte[] row,
      float scale,
      int[] facts,
      long[] lines,
      int weight,
      int findings) {
    this.canonicalHigh = canonicalHigh;
    this.canonicalLow = canonicalLow;
    this.prose = prose;
    this.nearHigh = nearHigh;
    this.nearLow = nearLow;
    this.bits = bits;
    this.row = row;
    this.scale = scale;
    this.facts = facts;
    this.lines = lines;
    this.weight = weight;
    this.findings = findings;
  }

  /** A text of which only the canonical form counts. */
  static Features canonical(long high, long low, boolean prose) {
    return new Features(high, low, prose, 0, 0, NO_LONGS, NO_BYTES, 0, NO_INTS, NO_LONGS, 0, 0);
  }

  /** The same text with a vector. */
  Features prose(
      long partitionHigh,
      long partitionLow,
      long[] newBits,
      byte[] newRow,
      float newScale,
      int[] newFacts) {
    return new Features(
        canonicalHigh,
        canonicalLow,
        prose,
        partitionHigh,
        partitionLow,
        newBits,
        newRow,
        newScale,
        newFacts,
        NO_LONGS,
        0,
        0);
  }

  /** The same text with lines. */
  Features log(
      long partitionHigh, long partitionLow, long[] newLines, int newWeight, int newFindings) {
    return new Features(
        canonicalHigh,
        canonicalLow,
        prose,
        partitionHigh,
        partitionLow,
        NO_LONGS,
        NO_BYTES,
        0,
        NO_INTS,
        newLines,
        newWeight,
        newFindings);
  }

  boolean hasVector() {
    return row.length > 0;
  }

  /** Of heap, roughly. */
  long bytes() {
    return 200L + 8L * (bits.length + lines.length) + row.length + 4L * facts.length;
  }

  boolean isLog() {
    return lines.length > 0;
  }
}
