package fairlead.routing;

import static fairlead.routing.Fixtures.MS;
import static fairlead.routing.Fixtures.NEAR_OVERFLOW;
import static fairlead.routing.Fixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  @Test
  void theReserveIsThereFromTheStartAndThenASharePerCall() {
    RetryBudget budget = new RetryBudget(0.2, 3, 0, 0);
    for (int i = 0; i < 3; i++) {
      assertThat(budget.withdraw(0)).isTrue();
    }
    assertThat(budget.withdraw(0)).isFalse();
    for (int i = 0; i < 5; i++) {
      budget.deposit();
    }
    assertThat(budget.withdraw(0)).isTrue();
    assertThat(budget.withdraw(0)).isFalse();
  }

  @Test
  void aQuietTargetGetsItsTokensFromTheClockAlsoInSmallSteps() {
    RetryBudget budget = new RetryBudget(0.2, 0, 0.5, NEAR_OVERFLOW);
    int granted = 0;
    for (long t = 0; t <= 400 * SECOND; t += 10 * MS) {
      granted += budget.withdraw(NEAR_OVERFLOW + t) ? 1 : 0;
    }
    assertThat(granted).isEqualTo(200);
  }

  @Test
  void theBucketHoldsTheSharesOfAHundredCallsAtMost() {
    RetryBudget budget = new RetryBudget(0.2, 10, 0.5, 0);
    for (int i = 0; i < 10_000; i++) {
      budget.deposit();
    }
    assertThat(budget.available(3_600 * SECOND)).isCloseTo(20, within(1e-9));
  }

  @Test
  void aClockThatStepsBackGivesNothing() {
    RetryBudget budget = new RetryBudget(0.2, 0, 1, 100 * SECOND);
    assertThat(budget.withdraw(0)).isFalse();
    assertThat(budget.withdraw(100 * SECOND)).isFalse();
    assertThat(budget.withdraw(101 * SECOND)).isTrue();
  }

  @Test
  void noSequenceGetsMoreThanItsShare() {
    long seed = 4_711;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      double share = random.nextInt(0, 101) / 100.0;
      double reserve = random.nextInt(0, 20);
      double perSecond = random.nextInt(0, 4) / 2.0;
      RetryBudget budget = new RetryBudget(share, reserve, perSecond, NEAR_OVERFLOW);
      long elapsed = 0;
      int deposits = 0;
      int granted = 0;
      for (int i = 0; i < 400; i++) {
        elapsed += random.nextLong(0, SECOND);
        if (random.nextBoolean()) {
          budget.deposit();
          deposits++;
        } else if (budget.withdraw(NEAR_OVERFLOW + elapsed)) {
          granted++;
        }
        assertThat((double) granted)
            .as("round %d: share %s, reserve %s, flow %s", round, share, reserve, perSecond)
            .isLessThanOrEqualTo(reserve + share * deposits + perSecond * elapsed / 1e9 + 1e-6);
      }
    }
  }

  @Test
  void racingThreadsGetNoMoreThanOne() throws InterruptedException {
    RetryBudget budget = new RetryBudget(0.1, 5, 0, 0);
    AtomicInteger granted = new AtomicInteger();
    int calls = 100_000;
    Fixtures.race(
        thread -> {
          for (int i = 0; i < calls; i++) {
            budget.deposit();
            if (budget.withdraw(0)) {
              granted.incrementAndGet();
            }
          }
        });
    // Each deposit is followed by a withdrawal, so the bucket is never full and nothing is lost.
    assertThat(granted.get()).isBetween(2 * calls / 10, 5 + 2 * calls / 10);
  }

  @Test
  void sharesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new RetryBudget(1.5, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1.5");
  }
}
