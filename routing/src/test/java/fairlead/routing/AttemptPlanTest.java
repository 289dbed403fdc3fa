package fairlead.routing;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.routing.AttemptPlan.Step;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AttemptPlanTest {
  private final AttemptPlan plan = new AttemptPlan();

  private void begin(int targets, boolean failover) {
    double[] weights = new double[targets];
    Arrays.fill(weights, 1);
    plan.begin(new TargetOrder(Strategy.PRIORITY, weights, new int[targets]), failover, 1);
    assertThat(plan.first()).isEqualTo(Step.NEXT_TARGET);
  }

  @Test
  void aRefusedConnectionGoesToTheNextTargetAtOnce() {
    begin(2, true);
    assertThat(plan.next(FailureClass.UNREACHABLE, 0, 1, 2)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
    assertThat(plan.attempts()).isEqualTo(2);
  }

  @Test
  void withNobodyElseARefusedConnectionIsRepeatedWithinTheLimit() {
    begin(1, true);
    assertThat(plan.next(FailureClass.UNREACHABLE, 0, 1, 2)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.next(FailureClass.UNREACHABLE, 0, 1, 2)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.next(FailureClass.UNREACHABLE, 0, 1, 2)).isEqualTo(Step.STOP);
  }

  @Test
  void aServerErrorIsRepeatedOnceBeforeTheNextTarget() {
    begin(2, true);
    assertThat(plan.next(FailureClass.SERVER_ERROR, 0, 1, 2)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.target()).isEqualTo(0);
    assertThat(plan.next(FailureClass.SERVER_ERROR, 0, 1, 2)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
  }

  @Test
  void aSilentTargetIsNotAskedAgain() {
    begin(1, true);
    assertThat(plan.next(FailureClass.TIMEOUT, 0, 1, 2)).isEqualTo(Step.STOP);
    begin(2, true);
    assertThat(plan.next(FailureClass.TIMEOUT, 0, 3, 2)).isEqualTo(Step.NEXT_TARGET);
  }

  @Test
  void keysAreWalkedBeforeTheTargetIsLeftAndThatIsNoRetry() {
    begin(2, true);
    assertThat(plan.next(FailureClass.RATE_LIMITED, 1, 3, 0)).isEqualTo(Step.OTHER_KEY);
    assertThat(plan.triedKeys()).isEqualTo(0b010);
    assertThat(plan.next(FailureClass.CREDENTIALS, 0, 3, 0)).isEqualTo(Step.OTHER_KEY);
    assertThat(plan.triedKeys()).isEqualTo(0b011);
    assertThat(plan.next(FailureClass.RATE_LIMITED, 2, 3, 0)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.triedKeys()).isZero();
  }

  @Test
  void whatTheProviderRefusesIsRefusedForGood() {
    begin(3, true);
    assertThat(plan.next(FailureClass.REFUSED, 0, 3, 2)).isEqualTo(Step.STOP);
    begin(3, true);
    assertThat(plan.next(FailureClass.ABANDONED, 0, 3, 2)).isEqualTo(Step.STOP);
  }

  @Test
  void failoverCanBeOff() {
    begin(2, false);
    assertThat(plan.next(FailureClass.NOT_FOUND, 0, 1, 2)).isEqualTo(Step.STOP);
    begin(2, false);
    assertThat(plan.next(FailureClass.UNREACHABLE, 0, 1, 1)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.next(FailureClass.UNREACHABLE, 0, 1, 1)).isEqualTo(Step.STOP);
  }

  @Test
  void theBackoffStaysBelowItsDoublingCeiling() {
    begin(1, true);
    long ceiling = 250;
    for (int retry = 0; retry < 8; retry++) {
      plan.next(FailureClass.SERVER_ERROR, 0, 1, 100);
      assertThat(plan.backoffNanos(250, 4_000)).isBetween(0L, Math.min(ceiling, 4_000));
      ceiling *= 2;
    }
    assertThat(plan.backoffNanos(Long.MAX_VALUE / 2, Long.MAX_VALUE)).isNotNegative();
  }

  @Test
  void anySequenceOfFailuresEndsWithinTheBounds() {
    long seed = 77;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    FailureClass[] failures = FailureClass.values();
    for (int round = 0; round < 20_000; round++) {
      int targets = random.nextInt(1, 6);
      int keys = random.nextInt(1, 5);
      int retries = random.nextInt(0, 4);
      begin(targets, random.nextBoolean());
      int target = plan.target();
      int steps = 1;
      Step step = Step.NEXT_TARGET;
      while (step != Step.STOP) {
        int key = 0;
        while ((plan.triedKeys() & (1L << key)) != 0) {
          key++;
        }
        assertThat(key).as("a key that was not tried").isLessThan(keys);
        step = plan.next(failures[random.nextInt(failures.length)], key, keys, retries);
        if (step == Step.NEXT_TARGET) {
          assertThat(plan.target()).isEqualTo(target + 1);
          target = plan.target();
        } else if (step != Step.STOP) {
          assertThat(plan.target()).isEqualTo(target);
        }
        steps++;
      }
      assertThat(steps - 1).isLessThanOrEqualTo(AttemptPlan.MAX_ATTEMPTS);
      assertThat(plan.attempts()).isLessThanOrEqualTo(AttemptPlan.MAX_ATTEMPTS);
    }
  }
}
