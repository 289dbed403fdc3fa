package fairlead.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** What the tests of the policies share: times, targets, races. */
final class Fixtures {
  static final long MS = 1_000_000L;
  static final long SECOND = 1_000_000_000L;

  /** Three minutes before the clock overflows, where sloppy comparisons break. */
  static final long NEAR_OVERFLOW = Math.addExact(Long.MAX_VALUE, -180 * SECOND);

  static final CircuitBreaker.Settings BREAKER =
      new CircuitBreaker.Settings(5, 0.5, 10, 5 * SECOND, 300 * SECOND, 10 * SECOND);

  static final Retry RETRY = new Retry(2, 5 * SECOND, 250 * MS, 4 * SECOND);

  private Fixtures() {}

  static TargetHealth health(long now) {
    return health(0, now);
  }

  /**
   * @param maxConcurrency 0: no limit
   */
  static TargetHealth health(int maxConcurrency, long now) {
    return new TargetHealth(new TargetHealth.Settings(BREAKER, 1, maxConcurrency, 0.2), now);
  }

  static KeyRing keys(int keys, long now) {
    double[] weights = new double[keys];
    Arrays.fill(weights, 1);
    return new KeyRing(weights, now);
  }

  static Candidate candidate(double weight, int priority, long now) {
    return new Candidate(health(now), keys(1, now), weight, priority, -1, 0, 0);
  }

  static List<Candidate> equals(int targets, int keys, long now) {
    List<Candidate> list = new ArrayList<>();
    for (int i = 0; i < targets; i++) {
      list.add(new Candidate(health(now), keys(keys, now), 1, 0, -1, 0, 0));
    }
    return list;
  }

  /** Fails until the target is out. */
  static void eject(TargetHealth health, long now) {
    for (int i = 0; i < BREAKER.consecutiveFailures(); i++) {
      int admission = health.admit(now);
      health.failed(admission, FailureClass.SERVER_ERROR, now, now, 7);
    }
  }

  /** Runs the same work on two threads at once, with the number of the thread. */
  static void race(IntConsumer work) throws InterruptedException {
    CyclicBarrier start = new CyclicBarrier(2);
    CountDownLatch done = new CountDownLatch(2);
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int thread = 0; thread < 2; thread++) {
      int number = thread;
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  start.await(30, TimeUnit.SECONDS);
                  work.accept(number);
                } catch (Throwable e) {
                  failures.add(e);
                } finally {
                  done.countDown();
                }
              });
    }
    if (!done.await(60, TimeUnit.SECONDS) || !failures.isEmpty()) {
      throw new AssertionError("race did not end well: " + failures);
    }
  }
}
