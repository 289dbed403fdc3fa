package fairlead.routing;

/**
 * What one call does after each failure: the same target again, another key, the next target, or
 * nothing more.
 *
 * <p>Not thread-safe, reusable after {@link #begin}, allocates nothing. Bounds: every key of a
 * target once, {@code maxRetries} repeats per target, {@value #MAX_ATTEMPTS} attempts in all.
 */
public final class AttemptPlan {
  public static final int MAX_ATTEMPTS = 16;

  /** What to do next. */
  public enum Step {
    /** The first attempt, or the next target at once. */
    NEXT_TARGET,
    /** The same target with a key that was not tried, at once. */
    OTHER_KEY,
    /** The same target after {@link #backoffNanos}. */
    SAME_TARGET,
    /** Nothing is left that could help. */
    STOP
  }

  private int[] order = new int[8];
  private int targets;
  private int position;
  private boolean failover;
  private int attempts;
  private int retries;
  private long triedKeys;
  private long seed;

  /** Starts a call on the targets of {@code route}. */
  public void begin(TargetOrder route, boolean mayFailOver, long random) {
    if (order.length < route.size()) {
      order = new int[route.size()];
    }
    targets = route.order(random, order);
    position = -1;
    failover = mayFailOver;
    attempts = 0;
    seed = random;
    triedKeys = 0;
    retries = 0;
  }

  /** The step after {@code failure}; the first call of all is {@link #first}. */
  public Step next(FailureClass failure, int key, int keys, int maxRetries) {
    if (attempts >= MAX_ATTEMPTS) {
      return Step.STOP;
    }
    if (key >= 0) {
      triedKeys |= 1L << key;
    }
    boolean another = failover && position + 1 < targets;
    if (failure.otherKey() && Long.bitCount(triedKeys) < keys) {
      attempts++;
      return Step.OTHER_KEY;
    }
    // Refused connections are not waited for when somebody else can answer now.
    boolean waitHere = failure.sameTarget() && !(failure == FailureClass.UNREACHABLE && another);
    if (waitHere && retries < maxRetries && !(another && retries >= 1)) {
      retries++;
      attempts++;
      triedKeys = 0;
      return Step.SAME_TARGET;
    }
    if (failure.otherTarget() && another) {
      return advance();
    }
    return Step.STOP;
  }

  /** The first attempt. */
  public Step first() {
    return advance();
  }

  private Step advance() {
    position++;
    attempts++;
    retries = 0;
    triedKeys = 0;
    return Step.NEXT_TARGET;
  }

  /** Index of the present target in its route. */
  public int target() {
    return order[position];
  }

  /** How many attempts have been begun. */
  public int attempts() {
    return attempts;
  }

  /** Keys of the present target that failed in this call, as bits. */
  public long triedKeys() {
    return triedKeys;
  }

  /** Random bits for this attempt. */
  public long attemptSeed() {
    return Mix.next(seed, 1_000 + attempts);
  }

  /**
   * How long to wait before the present repeat: full jitter on a doubling ceiling (AWS Builders'
   * Library, "Timeouts, retries and backoff with jitter").
   *
   * @param baseNanos ceiling of the first repeat
   * @param maxNanos ceiling of all
   */
  public long backoffNanos(long baseNanos, long maxNanos) {
    int doublings = Math.min(Math.max(retries - 1, 0), 20);
    long ceiling = baseNanos > maxNanos >> doublings ? maxNanos : baseNanos << doublings;
    return (long) (ceiling * Mix.unit(seed, 2_000 + attempts));
  }
}
