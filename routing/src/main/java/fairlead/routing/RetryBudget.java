package fairlead.routing;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds repeated calls to a share of the first ones, so that a failing target is never hit with
 * much more than its usual load.
 *
 * <p>Thread-safe, lock-free, allocates nothing. A bucket of tokens: a first call puts in a share of
 * one, a repeat takes out one, and a small constant flow lets quiet targets be repeated at all.
 * While the bucket is full, {@link #deposit} is one read.
 */
public final class RetryBudget {
  /** Tokens a bucket for retries begins with. */
  public static final double DEFAULT_RESERVE = 10;

  /** Tokens that flow into a bucket for retries by themselves. */
  public static final double DEFAULT_PER_SECOND = 0.5;

  /** The fullest bucket for retries holds the shares of this many first calls. */
  private static final double RETRY_CALLS_KEPT = 100;

  /** One for second copies holds more: late calls come in bunches, and copies hit nobody hard. */
  private static final double HEDGE_CALLS_KEPT = 1_000;

  private static final double TOKEN = 1e9; // in units of the bucket: fine enough for one ns of flow

  private final long perDeposit;
  private final double perSecond;
  private final long cap;
  private final AtomicLong level;
  private final AtomicLong filledAt;

  /**
   * @param share tokens per first call, 0 to 1
   * @param reserve tokens to begin with
   * @param perSecond tokens per second without any call
   */
  public RetryBudget(double share, double reserve, double perSecond, long nowNanos) {
    this(share, reserve, perSecond, RETRY_CALLS_KEPT, nowNanos);
  }

  /** A budget for second copies of calls: never more than {@code share} of all calls so far. */
  public static RetryBudget forHedges(double share, long nowNanos) {
    return new RetryBudget(share, 0, 0, HEDGE_CALLS_KEPT, nowNanos);
  }

  private RetryBudget(
      double share, double reserve, double perSecond, double callsKept, long nowNanos) {
    if (!(share >= 0 && share <= 1)
        || !(reserve >= 0 && reserve <= 1e6)
        || !(perSecond >= 0 && perSecond <= 1e6)) {
      throw new IllegalArgumentException(
          "budget out of range: share " + share + ", reserve " + reserve + ", " + perSecond + "/s");
    }
    // Rounded down: the bound is a promise.
    this.perDeposit = (long) (share * TOKEN);
    this.perSecond = perSecond;
    this.cap = (long) (Math.max(reserve, callsKept * share) * TOKEN);
    this.level = new AtomicLong((long) (reserve * TOKEN));
    this.filledAt = new AtomicLong(nowNanos);
  }

  /** A first call was made. */
  public void deposit() {
    put(perDeposit);
  }

  /** Takes one token if there is one. */
  public boolean withdraw(long nowNanos) {
    refill(nowNanos);
    long present = level.get();
    while (present >= (long) TOKEN) {
      if (level.compareAndSet(present, present - (long) TOKEN)) {
        return true;
      }
      present = level.get();
    }
    return false;
  }

  /** Tokens there are. */
  public double available(long nowNanos) {
    refill(nowNanos);
    return level.get() / TOKEN;
  }

  private void refill(long nowNanos) {
    long last = filledAt.get();
    long elapsed = nowNanos - last;
    if (elapsed > 0 && perSecond > 0 && filledAt.compareAndSet(last, nowNanos)) {
      put(Math.min((long) (elapsed * perSecond), cap));
    }
  }

  private void put(long amount) {
    long present = level.get();
    while (present < cap) {
      if (level.compareAndSet(present, Math.min(cap, present + amount))) {
        return;
      }
      present = level.get();
    }
  }
}
