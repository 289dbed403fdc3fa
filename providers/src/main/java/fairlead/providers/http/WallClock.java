package fairlead.providers.http;

import java.util.concurrent.TimeUnit;

/**
 * The time of day at a moment of {@link System#nanoTime}, for who has that at hand already: asking
 * the machine once more costs some 25 ns, this some 2.
 *
 * <p>Thread-safe. The machine's clock is read at most once a second; a step of that clock is seen
 * within a second, and up to a millisecond is lost to rounding.
 */
public final class WallClock {
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private static volatile Reading last = new Reading(System.nanoTime());

  private WallClock() {}

  /** Milliseconds since the epoch at {@code nanos}, a moment not far from now. */
  public static long millisAt(long nanos) {
    Reading reading = last;
    long since = nanos - reading.nanos;
    if (since >= STALE_NANOS || since < -STALE_NANOS) {
      reading = new Reading(System.nanoTime());
      last = reading;
      since = nanos - reading.nanos;
    }
    return reading.millis + Math.floorDiv(since, NANOS_PER_MILLI);
  }

  private static final class Reading {
    final long nanos;
    final long millis = System.currentTimeMillis();

    Reading(long nanos) {
      this.nanos = nanos;
    }
  }
}
