package fairlead.jmh;

import fairlead.routing.AttemptPlan;
import fairlead.routing.Candidate;
import fairlead.routing.CircuitBreaker;
import fairlead.routing.KeyRing;
import fairlead.routing.Strategy;
import fairlead.routing.TargetHealth;
import fairlead.routing.TargetOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * All decisions of a call that goes well: the order of three targets with two keys each, admission,
 * the choice of a key, the retry budget and the report. The targets are shared by all threads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteDecisionBenchmark {
  private static final long START_NANOS = 1_000_000_000_000L;
  private static final long STEP_NANOS = 1_000;
  private static final long SECOND = 1_000_000_000L;

  /** What the threads share. */
  @State(Scope.Benchmark)
  public static class Routes {
    final TargetOrder weighted = route(Strategy.WEIGHTED);
    final TargetOrder fastest = route(Strategy.FASTEST);

    private static TargetOrder route(Strategy strategy) {
      CircuitBreaker.Settings breaker =
          new CircuitBreaker.Settings(5, 0.5, 10, 5 * SECOND, 300 * SECOND, 10 * SECOND);
      TargetHealth.Settings settings = new TargetHealth.Settings(breaker, 4, 1_000, 0.2);
      List<Candidate> targets = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        TargetHealth health = new TargetHealth(settings, START_NANOS);
        for (int j = 0; j < 100; j++) {
          health.firstToken().record((100 + 10 * i) * 1_000_000L, START_NANOS);
        }
        KeyRing keys = new KeyRing(new double[] {2, 1}, START_NANOS);
        targets.add(new Candidate(health, keys, i, 0, -1, 0, 0));
      }
      return new TargetOrder(strategy, targets);
    }
  }

  /** One connection's part. */
  @State(Scope.Thread)
  public static class Call {
    private final AttemptPlan plan = new AttemptPlan();
    private long now = START_NANOS;
    private long seed = System.nanoTime();

    long run(TargetOrder route) {
      now += STEP_NANOS;
      seed += 0x9E3779B97F4A7C15L;
      plan.begin(route, true, false, seed, false, now);
      plan.first(now);
      Candidate target = route.candidate(plan.target());
      TargetHealth health = target.health();
      int key =
          target.keys().choose(plan.attemptSeed(), now, plan.triedKeys(), health.deniedKeys(now));
      target.keys().succeeded(key);
      health.answered(plan.admission(), now, now);
      health.succeeded(plan.admission(), now);
      return key;
    }
  }

  @Benchmark
  @Threads(1)
  public long weighted(Routes routes, Call call) {
    return call.run(routes.weighted);
  }

  @Benchmark
  @Threads(2)
  public long weightedTwoThreads(Routes routes, Call call) {
    return call.run(routes.weighted);
  }

  @Benchmark
  @Threads(1)
  public long fastest(Routes routes, Call call) {
    return call.run(routes.fastest);
  }

  @Benchmark
  @Threads(2)
  public long fastestTwoThreads(Routes routes, Call call) {
    return call.run(routes.fastest);
  }
}
