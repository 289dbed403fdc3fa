package fairlead.routing;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Everything that is known about how one provider serves one model.
 *
 * <p>Thread-safe, lock-free, allocates nothing after construction. Each attempt is admitted with
 * {@link #admit} or {@link #force} and reports exactly once, with what it got, by {@link
 * #succeeded}, {@link #failed} or {@link #released}.
 */
public final class TargetHealth {
  /** Not admitted: all places are taken. */
  public static final int FULL = -2;

  /**
   * @param maxConcurrency 0: no limit
   * @param retryShare repeats per first call, 0 to 1
   */
  public record Settings(
      CircuitBreaker.Settings breaker, int minConcurrency, int maxConcurrency, double retryShare) {}

  private final CircuitBreaker breaker;
  private final ConcurrencyLimit limit;
  private final RetryBudget retries;
  private final LatencyTracker firstToken = new LatencyTracker();
  private final LatencyTracker plainAnswers = new LatencyTracker();
  private final QuotaGauge quota = new QuotaGauge();
  private final AtomicLong denied = new AtomicLong();
  private volatile long deniedUntil;
  private volatile boolean prefillRefused;

  public TargetHealth(Settings settings, long nowNanos) {
    breaker = new CircuitBreaker(settings.breaker, nowNanos);
    limit = new ConcurrencyLimit(settings.minConcurrency, settings.maxConcurrency, nowNanos);
    retries =
        new RetryBudget(
            settings.retryShare,
            RetryBudget.DEFAULT_RESERVE,
            RetryBudget.DEFAULT_PER_SECOND,
            nowNanos);
  }

  /**
   * Admits an attempt if possible.
   *
   * @return an admission of {@link CircuitBreaker}, or {@link #FULL}; below 0: not admitted
   */
  public int admit(long nowNanos) {
    int admission = breaker.admit(nowNanos);
    if (admission >= 0 && !limit.tryAcquire()) {
      breaker.released(admission, nowNanos);
      return FULL;
    }
    return admission;
  }

  /** Admits an attempt whatever is known, for when everybody is out. */
  public int force(long nowNanos) {
    limit.acquire();
    return CircuitBreaker.FORCED;
  }

  /**
   * The answer has begun: its first content is there. The attempt goes on and reports its end too.
   *
   * @param startedNanos when the attempt began
   */
  public void answered(int admission, long startedNanos, long nowNanos) {
    breaker.answered(admission, nowNanos);
    limit.answered(startedNanos, nowNanos);
  }

  /** The attempt was answered well, to the end. */
  public void succeeded(int admission, long nowNanos) {
    breaker.succeeded(admission, nowNanos);
    limit.release();
  }

  /**
   * The attempt failed.
   *
   * @param startedNanos when it began
   * @param seed random bits for the length of an ejection
   * @return whether this ejected the target
   */
  public boolean failed(
      int admission, FailureClass failure, long startedNanos, long nowNanos, long seed) {
    boolean ejected = false;
    if (failure.countsAgainstHealth()) {
      ejected = breaker.failed(admission, startedNanos, nowNanos, seed);
    } else {
      switch (failure) {
        // Nothing was asked, or a gate before the model answered: neither ill nor well.
        case ABANDONED, UNSUPPORTED, CREDENTIALS, QUOTA -> breaker.released(admission, nowNanos);
        // Whoever refuses a request with a reason is alive.
        default -> breaker.succeeded(admission, nowNanos);
      }
    }
    if (failure.overload()) {
      limit.overloaded(nowNanos);
    }
    limit.release();
    return ejected;
  }

  /** The attempt ended without a verdict. */
  public void released(int admission, long nowNanos) {
    breaker.released(admission, nowNanos);
    limit.release();
  }

  /**
   * Begins anew with a target that somebody has mended: its failures are forgotten, which keys had
   * no access to it, and that it refused an answer that was begun for it.
   */
  public void restore(long nowNanos) {
    breaker.reset(nowNanos);
    denied.set(0);
    prefillRefused = false;
  }

  /** Whether the breaker would admit an attempt. */
  public boolean allows(long nowNanos) {
    return breaker.allows(nowNanos);
  }

  /** What share of its calls the target should get. */
  public double share(long nowNanos) {
    return breaker.share(nowNanos) * quota.share(nowNanos);
  }

  public CircuitBreaker breaker() {
    return breaker;
  }

  public ConcurrencyLimit limit() {
    return limit;
  }

  public RetryBudget retries() {
    return retries;
  }

  /** How long streams take to their first token. */
  public LatencyTracker firstToken() {
    return firstToken;
  }

  /** How long plain answers take, which is as long as they are. */
  public LatencyTracker plainAnswers() {
    return plainAnswers;
  }

  /** How fast the target is: by its first tokens or, if it only answers plainly, by those; or 0. */
  double usualNanos(long nowNanos) {
    double nanos = firstToken.ewmaNanos(nowNanos);
    return nanos > 0 ? nanos : plainAnswers.ewmaNanos(nowNanos);
  }

  public QuotaGauge quota() {
    return quota;
  }

  /** Keys without access to the model, as bits. */
  public long deniedKeys(long nowNanos) {
    long bits = denied.get();
    if (bits != 0 && nowNanos - deniedUntil >= 0) {
      denied.compareAndSet(bits, 0);
      return 0;
    }
    return bits;
  }

  /**
   * A key has no access to the model; all such keys are tried anew at the latest of their times.
   */
  public void denyKey(int key, long untilNanos) {
    long bit = 1L << key;
    long present = denied.get();
    if (present == 0 || untilNanos - deniedUntil > 0) {
      deniedUntil = untilNanos;
    }
    while ((present & bit) == 0 && !denied.compareAndSet(present, present | bit)) {
      present = denied.get();
    }
  }

  /** Whether the target was seen to refuse an answer that is begun for it. */
  public boolean prefillRefused() {
    return prefillRefused;
  }

  public void prefillRefused(boolean refused) {
    prefillRefused = refused;
  }

  /** Whether an attempt now could go well: neither out nor without a key. Places do not count. */
  boolean usable(KeyRing keys, long nowNanos) {
    return breaker.allows(nowNanos) && keys.anyReady(nowNanos, deniedKeys(nowNanos));
  }
}
