package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Bounds against published numbers, and looks against chance. */
final class ErrorBudgetTest {
  @Test
  void theDefaultBudgetNeedsTwoHundredAndSixtySixCleanChecks() {
    ErrorBudget budget = new ErrorBudget(0.02);
    assertThat(budget.powered()).isEqualTo(266);
    assertThat(budget.holds(0, 265)).isFalse();
    assertThat(budget.holds(0, 266)).isTrue();
    assertThat(budget.holds(1, 355)).isFalse();
    assertThat(budget.holds(1, 365)).isTrue();
  }

  @Test
  void onePercentNeedsAboutTwiceAsMany() {
    assertThat(new ErrorBudget(0.01).powered()).isBetween(530, 540);
  }

  @Test
  void aLargeBudgetStillNeedsOneHundredAndTwentyChecks() {
    ErrorBudget budget = new ErrorBudget(0.15);
    assertThat(budget.powered()).isEqualTo(120);
    assertThat(budget.holds(0, 119)).isFalse();
  }

  @Test
  void theBoundIsWilsons() {
    // n = 100, x = 5, z = 2.326: (0.05 + 0.027051 + 2.326 * sqrt(0.000475 + 0.00013526)) / 1.054103
    assertThat(ErrorBudget.upper(5, 100)).isCloseTo(0.12761, within(1e-4));
    assertThat(ErrorBudget.upper(0, 0)).isEqualTo(1);
    assertThat(ErrorBudget.upper(7, 7)).isCloseTo(1, within(1e-9));
  }

  @Test
  void looksGrowByAFifth() {
    ErrorBudget budget = new ErrorBudget(0.02);
    int looks = 0;
    int last = 0;
    for (int checks = 1; checks <= 4_000; checks++) {
      if (budget.due(checks)) {
        assertThat(checks).isGreaterThanOrEqualTo(Math.max(266, (int) (1.19 * last)));
        last = checks;
        looks++;
      }
    }
    assertThat(looks).isBetween(14, 16);
  }

  /** Without the growing looks it would be 7.6 %, and 0.4 % at a quarter above the budget. */
  @Test
  void whoLooksOnAndOnSeldomCertifiesWhatIsOverTheBudget() {
    assertThat(certifiedByChance(0.020)).isLessThan(0.06);
    assertThat(certifiedByChance(0.025)).isLessThan(0.005);
    assertThat(certifiedByChance(0.030)).isLessThan(0.002);
  }

  private static double certifiedByChance(double share) {
    ErrorBudget budget = new ErrorBudget(0.02);
    int runs = 2_000;
    int certified = 0;
    for (int run = 0; run < runs; run++) {
      SplittableRandom random = new SplittableRandom(run);
      int wrong = 0;
      for (int checks = 1; checks <= 8_000; checks++) {
        wrong += random.nextDouble() < share ? 1 : 0;
        if (budget.due(checks) && budget.holds(wrong, checks)) {
          certified++;
          break;
        }
      }
    }
    return (double) certified / runs;
  }

  @Test
  void suspicionIsSilentOnTheBudgetAndQuickAboveIt() {
    assertThat(checksToAlarm(0.005)).isGreaterThan(20_000);
    assertThat(checksToAlarm(0.2)).isLessThan(40);
  }

  private static double checksToAlarm(double share) {
    ErrorBudget budget = new ErrorBudget(0.02);
    long all = 0;
    int runs = 200;
    for (int run = 0; run < runs; run++) {
      SplittableRandom random = new SplittableRandom(run);
      double suspicion = 0;
      int checks = 0;
      while (!budget.alarming(suspicion) && checks < 100_000) {
        suspicion = budget.suspicion(suspicion, random.nextDouble() < share);
        checks++;
      }
      all += checks;
    }
    return (double) all / runs;
  }
}
