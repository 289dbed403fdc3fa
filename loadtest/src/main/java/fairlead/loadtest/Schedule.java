package fairlead.loadtest;

import java.util.SplittableRandom;

/**
 * When requests shall leave, whatever the answers do: the arrivals of an open loop.
 *
 * <p>Pure: knows no clock. Not thread-safe. The times never go back, and neither kind drifts: a
 * sender that is late does not move what follows.
 */
final class Schedule {
  private static final double NANOS_PER_SECOND = 1e9;

  /** How the requests are spread. */
  public enum Arrivals {
    /** Each as far from the one before. */
    CONSTANT,
    /** As from very many callers who do not know of each other: exponential gaps. */
    POISSON
  }

  private final Arrivals arrivals;
  private final double gapNanos;
  private final SplittableRandom random;
  private long sent;
  private double at;

  /**
   * A schedule that begins at 0.
   *
   * @param perSecond on average; above 0
   */
  Schedule(Arrivals arrivals, double perSecond, long seed) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("requests per second must be above 0: " + perSecond);
    }
    this.arrivals = arrivals;
    gapNanos = NANOS_PER_SECOND / perSecond;
    random = new SplittableRandom(seed);
  }

  /** When the next one leaves, in nanoseconds since the beginning. */
  long nextNanos() {
    if (arrivals == Arrivals.CONSTANT) {
      return (long) (sent++ * gapNanos);
    }
    at -= Math.log1p(-random.nextDouble()) * gapNanos;
    return (long) at;
  }
}
