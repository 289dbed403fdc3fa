package fairlead.cache.index;

import fairlead.cache.embed.Embedder;
import org.jspecify.annotations.Nullable;

/**
 * One searcher's question and what was found for it.
 *
 * <p>Not thread-safe: one per connection, used again and again without allocation. It keeps
 * references to the arrays of the question, it does not copy them.
 */
public final class Query<T> {
  /** Bits of the first stage: two words. */
  static final int HEAD_BITS = 128;

  /**
   * How many standard deviations above the expected number of differing bits a neighbour may lie.
   * At a cosine of just {@code least}, about one in 1,400 lies beyond 3.2.
   */
  private static final double DEVIATIONS = 3.2;

  private long[] bits = {};
  private byte[] row = {};
  private float scale;

  private float limitsFor = Float.NaN;
  private int limitsDims;
  private int headLimit;
  private int limit;

  private @Nullable T best;
  private float score;
  private int compared;

  /** Asks for the neighbours of a vector: its sign bits and its components, {@code row * scale}. */
  public void set(long[] newBits, byte[] newRow, float newScale) {
    bits = newBits;
    row = newRow;
    scale = newScale;
  }

  /** What the last search found; null when it found nothing. */
  public @Nullable T best() {
    return best;
  }

  /** The cosine of the best; meaningless when there is none. */
  public float score() {
    return score;
  }

  /** How many slots the last search compared component by component. */
  public int compared() {
    return compared;
  }

  /** Lets go of what was found, so that it can be collected. */
  public void clear() {
    best = null;
  }

  void begin(float least, int dims) {
    best = null;
    score = least;
    compared = 0;
    if (least != limitsFor || dims != limitsDims) {
      limitsFor = least;
      limitsDims = dims;
      headLimit = limit(least, HEAD_BITS);
      limit = limit(least, dims);
    }
  }

  /**
   * The most sign bits of {@code n} that a neighbour at this cosine may differ in. A hyperplane
   * through the origin parts two vectors with probability angle / pi (Charikar, "Similarity
   * Estimation Techniques from Rounding Algorithms", STOC 2002).
   */
  private static int limit(float cosine, int n) {
    double part = Math.acos(Math.clamp(cosine, -1, 1)) / Math.PI;
    return (int) Math.round(n * part + DEVIATIONS * Math.sqrt(n * part * (1 - part)));
  }

  long[] bits() {
    return bits;
  }

  int headLimit() {
    return headLimit;
  }

  int limit() {
    return limit;
  }

  float cosine(byte[] rows, int at, float rowScale) {
    compared++;
    return Embedder.cosine(row, 0, scale, rows, at, rowScale, row.length);
  }

  /** Whether a score beats what was found so far; the first must only reach {@code least}. */
  boolean beats(float candidate) {
    return best == null ? candidate >= score : candidate > score;
  }

  void found(T value, float newScore) {
    best = value;
    score = newScore;
  }
}
