package fairlead.routing;

/**
 * What a target's own headers say about how much of its quota is left, as a share of the calls it
 * should get: less before the quota is used up, so that the refusal need not come.
 *
 * <p>Thread-safe: one report at a time counts, the latest. Reading costs one volatile read while
 * there is plenty.
 */
public final class QuotaGauge {
  private static final double PLENTY = 0.2;
  private static final double LEAST_SHARE = 0.05;

  private volatile double remaining = 1;
  private volatile long resetNanos;

  /**
   * The scarcest of the target's limits.
   *
   * @param remainingShare what is left of it, 0 to 1
   * @param resetNanos when it is whole again
   */
  public void report(double remainingShare, long resetNanos, long nowNanos) {
    if (resetNanos - nowNanos <= 0) {
      remaining = 1;
      return;
    }
    if (remainingShare < PLENTY) {
      this.resetNanos = resetNanos;
    }
    remaining = remainingShare;
  }

  /** What share of its calls the target should get. */
  public double share(long nowNanos) {
    double left = remaining;
    if (left >= PLENTY || nowNanos - resetNanos >= 0) {
      return 1;
    }
    return LEAST_SHARE + (1 - LEAST_SHARE) * Math.max(left, 0) / PLENTY;
  }
}
