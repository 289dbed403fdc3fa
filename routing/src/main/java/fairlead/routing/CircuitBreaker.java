package fairlead.routing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes one target out of service when it fails, and lets one real call at a time find out whether
 * it is back.
 *
 * <p>Thread-safe, lock-free, allocates nothing after construction; a success costs a few
 * nanoseconds. It opens after a number of failures in a row or at a failure rate. The first
 * ejection is the shortest; later ones of the same outage last a quarter of the outage so far, so
 * that no outage is overstayed by more than about a quarter of its length. After the return the
 * target's {@link #share} grows linearly.
 */
public final class CircuitBreaker {
  /** The admission of a call while nothing is wrong. */
  public static final int NORMAL = 0;

  /** The admission of the one call that finds out whether the target is back. */
  public static final int PROBE = 1;

  /** The admission of a call made although the target is out, for want of a better one. */
  public static final int FORCED = 2;

  /** Not admitted. */
  public static final int REFUSED = -1;

  private static final double SHARE_OF_OUTAGE = 0.25;
  private static final double JITTER = 0.1;
  private static final double FIRST_SHARE = 0.1;

  /** An ejection this soon after the slow start continues the outage before it. */
  private static final long SAME_OUTAGE_NANOS = 60_000_000_000L;

  /** A probe that has not reported by then is lost. */
  private static final long LOST_PROBE_NANOS = 600_000_000_000L;

  /**
   * When to open and for how long.
   *
   * @param consecutiveFailures so many in a row open it
   * @param failureRate this share of failures opens it, 0 to 1, above 1: never
   * @param minCalls how many recent calls a rate needs to mean anything
   * @param minEjectionNanos the first ejection of an outage
   * @param maxEjectionNanos the longest
   * @param slowStartNanos how long the return to the full share takes
   */
  public record Settings(
      int consecutiveFailures,
      double failureRate,
      int minCalls,
      long minEjectionNanos,
      long maxEjectionNanos,
      long slowStartNanos) {
    public Settings {
      if (consecutiveFailures < 1
          || !(failureRate > 0)
          || minCalls < 1
          || minEjectionNanos < 0
          || maxEjectionNanos < minEjectionNanos
          || slowStartNanos < 0) {
        throw new IllegalArgumentException(
            "breaker out of range: consecutive "
                + consecutiveFailures
                + ", rate "
                + failureRate
                + ", calls "
                + minCalls
                + ", ejection "
                + minEjectionNanos
                + " to "
                + maxEjectionNanos
                + " ns, slow start "
                + slowStartNanos
                + " ns");
      }
    }
  }

  /** Whether calls are let through. */
  public enum State {
    CLOSED,
    /** Out; from {@link #dueNanos} on one call may probe. */
    OPEN,
    /** One call is finding out. */
    PROBING
  }

  // The state and the time that goes with it change together, so they share one word: time << 2 |
  // state. The time is the moment of the return (CLOSED), the end of the ejection (OPEN) or the
  // start of the probe (PROBING), from the origin on; 62 bits of nanoseconds are 73 years each way.
  private static final int CLOSED = 0;
  private static final int OPEN = 1;
  private static final int PROBING = 2;

  private final Settings settings;
  private final long origin;
  private final AtomicLong word;
  private final AtomicInteger consecutive = new AtomicInteger();
  private final DecayedCount good = new DecayedCount();
  private final DecayedCount bad = new DecayedCount();
  private final AtomicInteger ejections = new AtomicInteger();
  private final long sameOutageNanos;
  private volatile long outageStart; // when the present or last outage's first ejection began

  public CircuitBreaker(Settings settings, long nowNanos) {
    this.settings = settings;
    this.origin = nowNanos;
    this.sameOutageNanos = settings.slowStartNanos + SAME_OUTAGE_NANOS;
    // As if it had returned long ago.
    this.word = new AtomicLong(longReturned(0));
  }

  /** The state; an ejection that is over shows as OPEN until somebody probes. */
  public State state(long nowNanos) {
    long now = word.get();
    return switch (phase(now)) {
      case CLOSED -> State.CLOSED;
      case OPEN -> State.OPEN;
      default -> isLost(now, nowNanos - origin) ? State.OPEN : State.PROBING;
    };
  }

  /** Whether a call would be admitted: closed, or its ejection is over and nobody probes. */
  public boolean allows(long nowNanos) {
    long present = word.get();
    return phase(present) == CLOSED || mayProbe(present, nowNanos - origin);
  }

  /**
   * Admits a call if possible; one that is admitted must report with what it got.
   *
   * @return {@link #NORMAL}, {@link #PROBE} or {@link #REFUSED}
   */
  public int admit(long nowNanos) {
    long present = word.get();
    if (phase(present) == CLOSED) {
      return NORMAL;
    }
    long now = nowNanos - origin;
    return mayProbe(present, now) && word.compareAndSet(present, word(now, PROBING))
        ? PROBE
        : REFUSED;
  }

  /**
   * The answer to the call has begun: a target that was out is back, and need not wait for the end
   * of what may be a long stream.
   */
  public void answered(int admission, long nowNanos) {
    long present = word.get();
    // A late answer to a call from before the ejection says nothing about now.
    while (admission != NORMAL && phase(present) != CLOSED) {
      if (word.compareAndSet(present, word(nowNanos - origin, CLOSED))) {
        consecutive.set(0);
        good.clear();
        bad.clear();
        return;
      }
      present = word.get();
    }
  }

  /** The call was answered, to the end. */
  public void succeeded(int admission, long nowNanos) {
    if (phase(word.get()) != CLOSED) {
      answered(admission, nowNanos);
      return;
    }
    if (consecutive.get() != 0) {
      consecutive.set(0);
    }
    good.addRoughly(nowNanos);
  }

  /**
   * The call failed in a way that counts.
   *
   * @param startedNanos when it began
   * @param seed random bits for the length of the ejection
   * @return whether this failure ejected the target
   */
  public boolean failed(int admission, long startedNanos, long nowNanos, long seed) {
    long present = word.get();
    int phase = phase(present);
    long sinceReturn = startedNanos - origin - (present >> 2);
    // A probe whose answer began and broke off, before anybody got a whole one.
    boolean falseStart = phase == CLOSED && sinceReturn <= 0 && good.get(nowNanos) == 0;
    if (admission == PROBE && (phase == PROBING || falseStart)) {
      return eject(present, nowNanos - origin, seed);
    }
    // Calls that an outage swallowed fail long after its end: they say nothing about now.
    if (phase != CLOSED || sinceReturn < 0) {
      return false;
    }
    bad.add(nowNanos);
    if (consecutive.incrementAndGet() < settings.consecutiveFailures
        && !(failureRate(nowNanos) >= settings.failureRate
            && calls(nowNanos) >= settings.minCalls)) {
      return false;
    }
    return eject(present, nowNanos - origin, seed);
  }

  /** The call ended without a verdict: the caller left, or nothing was sent. */
  public void released(int admission, long nowNanos) {
    long present = word.get();
    if (admission == PROBE && phase(present) == PROBING) {
      word.compareAndSet(present, word(nowNanos - origin, OPEN));
    }
  }

  /**
   * Forgets everything, as somebody who knows better asks: closed, with the whole share at once.
   * What calls under way report afterwards counts as after any return.
   */
  public void reset(long nowNanos) {
    word.set(longReturned(nowNanos - origin));
    consecutive.set(0);
    ejections.set(0);
    good.clear();
    bad.clear();
  }

  /** When the ejection ends, or ended; meaningful while not closed. */
  public long dueNanos() {
    return (word.get() >> 2) + origin;
  }

  /** What share of its calls the target should get: less than 1 for a while after a return. */
  public double share(long nowNanos) {
    long present = word.get();
    long since = nowNanos - origin - (present >> 2);
    if (since >= settings.slowStartNanos || phase(present) != CLOSED) {
      return 1;
    }
    return FIRST_SHARE + (1 - FIRST_SHARE) * Math.max(since, 0) / settings.slowStartNanos;
  }

  public int consecutiveFailures() {
    return consecutive.get();
  }

  /** Share of failures among recent calls; 0 if there were none. */
  public double failureRate(long nowNanos) {
    double failures = bad.get(nowNanos);
    return failures == 0 ? 0 : failures / (failures + good.get(nowNanos));
  }

  /** How often the target was ejected since the last {@link #reset}, failed probes included. */
  public int ejections() {
    return ejections.get();
  }

  private double calls(long nowNanos) {
    // Half a call of grace: decay must not make ten calls of the last second nine and a bit.
    return bad.get(nowNanos) + good.get(nowNanos) + 0.5;
  }

  private boolean eject(long present, long now, long seed) {
    boolean sameOutage = phase(present) != CLOSED || now - (present >> 2) < sameOutageNanos;
    long start = sameOutage ? outageStart : now;
    long length =
        Math.clamp(
            (long) (SHARE_OF_OUTAGE * (now - start)),
            settings.minEjectionNanos,
            settings.maxEjectionNanos);
    length += (long) (length * JITTER * (2 * Mix.unit(seed, 3_000) - 1));
    if (!word.compareAndSet(present, word(now + length, OPEN))) {
      return false; // somebody else changed the state at this moment, and had as good a reason
    }
    outageStart = start;
    ejections.incrementAndGet();
    return true;
  }

  /** Closed, and back for so long that it neither starts slowly nor continues an outage. */
  private long longReturned(long now) {
    return word(now - sameOutageNanos, CLOSED);
  }

  private static boolean mayProbe(long present, long now) {
    return phase(present) == OPEN ? now >= present >> 2 : isLost(present, now);
  }

  private static boolean isLost(long present, long now) {
    return now - (present >> 2) >= LOST_PROBE_NANOS;
  }

  private static int phase(long word) {
    return (int) word & 3;
  }

  private static long word(long time, int state) {
    return time << 2 | state;
  }
}
