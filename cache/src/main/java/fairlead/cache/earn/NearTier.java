package fairlead.cache.earn;

/**
 * A way to find a near answer, with the grid of thresholds its trust climbs down on.
 *
 * <p>Scores of different tiers mean different things, so each earns its trust by itself. Immutable.
 */
public enum NearTier {
  /** Static embedding and guards. Its cosines crowd near 1, so its grid is the finest. */
  PROSE(0.88),
  /** Static embedding as filter, guards, and a second judge whose score counts. */
  JUDGED(0.76),
  /** Weighted line sets of logs. */
  LINES(0.76);

  /** Thresholds of a tier, from the strictest down. */
  public static final int STEPS = 24;

  private final double width;

  NearTier(double lowest) {
    width = (1 - lowest) / STEPS;
  }

  /** The least score that counts as of this step; step 0 is the strictest. */
  public float threshold(int step) {
    return (float) (Math.rint((1 - (step + 1) * width) * 1e6) / 1e6);
  }

  /** The least threshold there is. */
  public float lowest() {
    return threshold(STEPS - 1);
  }

  /** The strictest step that a score reaches; {@link #STEPS} when it reaches none. */
  public int step(float score) {
    if (!(score >= lowest())) {
      return STEPS;
    }
    int guess = Math.clamp((long) ((1 - score) / width) - 1, 0, STEPS - 1);
    while (score < threshold(guess)) {
      guess++;
    }
    return guess;
  }
}
