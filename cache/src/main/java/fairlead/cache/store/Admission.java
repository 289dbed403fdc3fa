package fairlead.cache.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides whether full memory takes in one more answer.
 *
 * <p>Where every answer is taken in, a flood of questions that never come again flushes all that
 * would have been asked for once more, and each of them costs moving, evicting and collecting. So
 * once memory is full, two things open it:
 *
 * <ol>
 *   <li>A question that comes again while it is remembered to have been turned away. This is the
 *       doorkeeper of TinyLFU (Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient Cache
 *       Admission Policy", section 3.4.2), also known as reject first.
 *   <li>Room to spare: a token bucket of bytes that fills up with half of memory and is refilled so
 *       that turning over all of memory takes {@link #SPAN_MILLIS} at least. Traffic below that
 *       rate never meets this policy.
 * </ol>
 *
 * <p>Thread-safe, lock-free, time is a parameter; some ten ns. What was turned away is remembered
 * by the {@link KeySketch}, where a newer one takes the place of an older one.
 */
final class Admission {
  /** The least time that turns over all of memory. */
  static final long SPAN_MILLIS = 1_800_000;

  private static final double MICROS_PER_MILLI = 1e3;

  private final double microsPerByte;
  private final long burstMicros;

  /** When the bucket is full again: a generic cell rate algorithm's theoretical arrival time. */
  private final AtomicLong fullAtMicros = new AtomicLong(Long.MIN_VALUE);

  private final KeySketch sketch;

  /**
   * @param capacity bytes of memory, more than 0
   * @param sketch remembers what was turned away
   */
  Admission(long capacity, KeySketch sketch) {
    this.sketch = sketch;
    microsPerByte = SPAN_MILLIS * MICROS_PER_MILLI / capacity;
    burstMicros = (long) (SPAN_MILLIS * MICROS_PER_MILLI / 2);
  }

  /** Whether an answer of so many bytes is to be taken in; remembers its key if not. */
  boolean admits(long high, long low, long bytes, long nowMillis) {
    if (sketch.wasTurnedAway(high, low) || takesRoom(bytes, nowMillis)) {
      return true;
    }
    sketch.turnAway(high, low);
    return false;
  }

  private boolean takesRoom(long bytes, long nowMillis) {
    long now = nowMillis * (long) MICROS_PER_MILLI;
    long cost = Math.min((long) (bytes * microsPerByte), burstMicros);
    while (true) {
      long seen = fullAtMicros.get();
      // No later than a burst from now: after the clock was set back it would be shut for long.
      long from = Math.clamp(seen, now, now + burstMicros);
      long fullAt = from + cost;
      if (fullAt - now > burstMicros) {
        if (seen > from) {
          fullAtMicros.compareAndSet(seen, from);
        }
        return false;
      }
      if (fullAtMicros.compareAndSet(seen, fullAt)) {
        return true;
      }
    }
  }
}
