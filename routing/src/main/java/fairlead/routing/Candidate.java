package fairlead.routing;

/**
 * One target of a route as its order sees it.
 *
 * @param weight 0: drained
 * @param priority lower is tried first
 * @param price of any one measure; below 0 or not a number: unknown
 * @param contextWindow tokens; 0: unknown
 * @param dialect any number; the same for targets that speak the same dialect
 */
public record Candidate(
    TargetHealth health,
    KeyRing keys,
    double weight,
    int priority,
    double price,
    long contextWindow,
    int dialect) {
  /** Whether an attempt now could go well, given a place. */
  boolean usable(long nowNanos) {
    return health.usable(keys, nowNanos);
  }

  /** When it may be usable again; now or before if it is. */
  long dueNanos(long nowNanos) {
    long due = nowNanos;
    CircuitBreaker breaker = health.breaker();
    if (!breaker.allows(nowNanos)) {
      due = breaker.dueNanos();
    }
    long denied = health.deniedKeys(nowNanos);
    if (!keys.anyReady(nowNanos, denied)) {
      long back = keys.firstBack(nowNanos, denied);
      due = back - due > 0 ? back : due;
    }
    return due;
  }
}
