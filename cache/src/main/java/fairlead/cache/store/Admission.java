package fairlead.cache.store;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

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
 * <p>Thread-safe, lock-free, time is a parameter; some ten ns. 128 KB once something was turned
 * away. A key takes the cell of another that was turned away: the older is forgotten. One key in
 * 32,768 is taken for one that was turned away, and let in.
 */
final class Admission {
  /** The least time that turns over all of memory. */
  static final long SPAN_MILLIS = 1_800_000;

  private static final int CELLS = 1 << 16;
  private static final double MICROS_PER_MILLI = 1e3;

  private final double microsPerByte;
  private final long burstMicros;

  /** When the bucket is full again: a generic cell rate algorithm's theoretical arrival time. */
  private final AtomicLong fullAtMicros = new AtomicLong(Long.MIN_VALUE);

  /**
   * Marks of keys. Written without order: a mark that another thread misses is one more refusal.
   */
  private volatile short @Nullable [] turnedAway;

  /**
   * @param capacity bytes of memory, more than 0
   */
  Admission(long capacity) {
    microsPerByte = SPAN_MILLIS * MICROS_PER_MILLI / capacity;
    burstMicros = (long) (SPAN_MILLIS * MICROS_PER_MILLI / 2);
  }

  /** Whether an answer of so many bytes is to be taken in; remembers its key if not. */
  boolean admits(long high, long low, long bytes, long nowMillis) {
    if (wasTurnedAway(high, low)) {
      return true;
    }
    if (takesRoom(bytes, nowMillis)) {
      return true;
    }
    turnAway(high, low);
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

  private boolean wasTurnedAway(long high, long low) {
    short[] keys = turnedAway;
    return keys != null && keys[cell(low)] == mark(high);
  }

  private void turnAway(long high, long low) {
    short[] keys = turnedAway;
    if (keys == null) {
      keys = new short[CELLS]; // one of two made at the same time is lost
      turnedAway = keys;
    }
    keys[cell(low)] = mark(high);
  }

  private static int cell(long low) {
    return (int) low & (CELLS - 1);
  }

  /** Some bits of the key, never 0, which is an empty cell. */
  private static short mark(long high) {
    return (short) (high >>> 48 | 1);
  }
}
