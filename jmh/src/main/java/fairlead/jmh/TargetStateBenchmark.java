package fairlead.jmh;

import fairlead.routing.CircuitBreaker;
import fairlead.routing.ConcurrencyLimit;
import fairlead.routing.KeyRing;
import fairlead.routing.LatencyTracker;
import fairlead.routing.RetryBudget;
import fairlead.routing.TargetHealth;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * What is known of one target, part by part, by one thread and by two on the same target: the
 * places of its limit, its budget for retries, its times, its keys, its breaker closed and open,
 * and all of the health that a call touches.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TargetStateBenchmark {
  private static final long SECOND = 1_000_000_000L;
  private static final long START_NANOS = 1_000 * SECOND;
  private static final long STEP_NANOS = 1_000;

  /** What the threads share. */
  @State(Scope.Benchmark)
  public static class Target {
    private static final CircuitBreaker.Settings BREAKER =
        new CircuitBreaker.Settings(5, 0.5, 10, 5 * SECOND, 300 * SECOND, 10 * SECOND);

    private final ConcurrencyLimit limit = new ConcurrencyLimit(4, 1_000, START_NANOS);
    private final RetryBudget budget = new RetryBudget(0.2, 10, 1e6, START_NANOS);
    private final LatencyTracker times = new LatencyTracker();
    private final KeyRing keys = new KeyRing(new double[] {4, 3, 2, 1}, START_NANOS);
    private final KeyRing restingKeys = new KeyRing(new double[] {4, 3, 2, 1}, START_NANOS);
    private final CircuitBreaker closed = new CircuitBreaker(BREAKER, START_NANOS);
    private final CircuitBreaker open = new CircuitBreaker(BREAKER, START_NANOS);
    private final TargetHealth health =
        new TargetHealth(new TargetHealth.Settings(BREAKER, 4, 1_000, 0.2), START_NANOS);

    public Target() {
      restingKeys.rest(0, Long.MAX_VALUE);
      restingKeys.out(1, Long.MAX_VALUE);
      for (int i = 0; open.state(START_NANOS) == CircuitBreaker.State.CLOSED; i++) {
        boolean _ = open.failed(CircuitBreaker.NORMAL, START_NANOS, START_NANOS, i);
      }
    }
  }

  /** One connection's part. */
  @State(Scope.Thread)
  public static class Call {
    private long now = START_NANOS;
    private long seed = System.nanoTime();

    long now() {
      now += STEP_NANOS;
      return now;
    }

    long seed() {
      seed += 0x9E3779B97F4A7C15L;
      return seed;
    }
  }

  @Benchmark
  @Threads(1)
  public boolean limit(Target target, Call call) {
    return limited(target, call);
  }

  @Benchmark
  @Threads(2)
  public boolean limitTwoThreads(Target target, Call call) {
    return limited(target, call);
  }

  /** A place is taken, the answer begins, the place is given back. */
  private static boolean limited(Target target, Call call) {
    long now = call.now();
    boolean admitted = target.limit.tryAcquire();
    if (admitted) {
      target.limit.answered(now, now);
      target.limit.release();
    }
    return admitted;
  }

  @Benchmark
  @Threads(1)
  public boolean retryBudget(Target target, Call call) {
    return retried(target, call);
  }

  @Benchmark
  @Threads(2)
  public boolean retryBudgetTwoThreads(Target target, Call call) {
    return retried(target, call);
  }

  /** A first call and a retry of it. */
  private static boolean retried(Target target, Call call) {
    target.budget.deposit();
    return target.budget.withdraw(call.now());
  }

  @Benchmark
  @Threads(1)
  public void times(Target target, Call call) {
    record(target, call);
  }

  @Benchmark
  @Threads(2)
  public void timesTwoThreads(Target target, Call call) {
    record(target, call);
  }

  private static void record(Target target, Call call) {
    target.times.record(100_000_000L + (call.seed() & 0xFF_FFFF), call.now());
  }

  @Benchmark
  @Threads(1)
  public int key(Target target, Call call) {
    return chosen(target.keys, call);
  }

  @Benchmark
  @Threads(2)
  public int keyTwoThreads(Target target, Call call) {
    return chosen(target.keys, call);
  }

  /** Of four keys one cools and one is out. */
  @Benchmark
  @Threads(1)
  public int keyWhileSomeRest(Target target, Call call) {
    return chosen(target.restingKeys, call);
  }

  private static int chosen(KeyRing keys, Call call) {
    int key = keys.choose(call.seed(), call.now(), 0, 0);
    keys.succeeded(key);
    return key;
  }

  @Benchmark
  @Threads(1)
  public int breaker(Target target, Call call) {
    return admitted(target, call);
  }

  @Benchmark
  @Threads(2)
  public int breakerTwoThreads(Target target, Call call) {
    return admitted(target, call);
  }

  private static int admitted(Target target, Call call) {
    long now = call.now();
    int admission = target.closed.admit(now);
    target.closed.answered(admission, now);
    target.closed.succeeded(admission, now);
    return admission;
  }

  @Benchmark
  @Threads(1)
  public int openBreaker(Target target) {
    return target.open.admit(START_NANOS);
  }

  @Benchmark
  @Threads(1)
  public int health(Target target, Call call) {
    return healthy(target, call);
  }

  @Benchmark
  @Threads(2)
  public int healthTwoThreads(Target target, Call call) {
    return healthy(target, call);
  }

  private static int healthy(Target target, Call call) {
    long now = call.now();
    int admission = target.health.admit(now);
    target.health.answered(admission, now, now);
    target.health.firstToken().record(100_000_000L + (call.seed() & 0xFF_FFFF), now);
    target.health.succeeded(admission, now);
    return admission;
  }
}
