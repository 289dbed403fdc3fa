package fairlead.cache.earn;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.earn.RouteTrust.Decision;
import fairlead.cache.earn.TrustSettings.Mode;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How one route earns, serves, steps back and climbs again. */
final class RouteTrustTest {
  private static final long NEVER_CHECKED = -1L;
  private static final long ALWAYS_CHECKED = 0L;

  @Test
  void offLooksAtNothing() {
    RouteTrust trust = trust(Mode.OFF, 0.9f);
    assertThat(trust.decide(1f, NEVER_CHECKED)).isEqualTo(Decision.MISS);
    assertThat(trust.judged(1f, true, 1)).isNull();
    assertThat(trust.state().checks(23)).isZero();
  }

  @Test
  void shadowChecksForEverAndServesNothing() {
    RouteTrust trust = trust(Mode.SHADOW, 0.9f);
    for (int i = 0; i < 5_000; i++) {
      assertThat(trust.judged(0.99f, false, i)).isNull();
    }
    assertThat(trust.decide(0.99f, NEVER_CHECKED)).isEqualTo(Decision.CHECK);
    assertThat(trust.decide(0.80f, NEVER_CHECKED)).as("below the floor").isEqualTo(Decision.CHECK);
    assertThat(trust.decide(0.75f, NEVER_CHECKED)).isEqualTo(Decision.MISS);
  }

  @Test
  void earnServesAfterTwoHundredAndSixtySixCleanChecks() {
    RouteTrust trust = trust(Mode.EARN, 0.9f);
    for (int i = 1; i < 266; i++) {
      assertThat(trust.judged(0.97f, false, i)).isNull();
      assertThat(trust.decide(0.999f, NEVER_CHECKED)).isEqualTo(Decision.CHECK);
    }
    TrustChange change = requireNonNull(trust.judged(0.97f, false, 266));
    assertThat(change.text())
        .isEqualTo(
            "trust gained: serves from 0.9, before: serves nothing;"
                + " 0 wrong of 266 checks, at most 1.99 % with 99 % confidence");
    assertThat(trust.decide(0.9f, NEVER_CHECKED)).isEqualTo(Decision.SERVE);
    assertThat(trust.decide(0.9f, ALWAYS_CHECKED)).isEqualTo(Decision.CHECK);
    assertThat(trust.decide(0.89f, NEVER_CHECKED)).isEqualTo(Decision.MISS);
  }

  @Test
  void oneWrongCheckCostsAboutAHundredMore() {
    RouteTrust trust = trust(Mode.EARN, 0.9f);
    trust.judged(0.97f, true, 0);
    int checks = 1;
    while (trust.threshold() > 1) {
      trust.judged(0.97f, false, checks++);
    }
    assertThat(checks).isBetween(360, 385);
  }

  @Test
  void theFirstStepThatFailsEndsTheDescent() {
    RouteTrust trust = trust(Mode.EARN, 0.8f);
    for (int i = 0; i < 400; i++) {
      trust.judged(0.985f, false, i);
      trust.judged(0.955f, i % 4 == 0, i);
      trust.judged(0.855f, false, i);
      trust.judged(0.845f, false, i);
      trust.judged(0.835f, false, i);
    }
    assertThat(trust.threshold()).isBetween(0.96f, 0.98f);
  }

  @Test
  void aWrongStrictestStepEndsEverything() {
    RouteTrust trust = trust(Mode.EARN, 0.8f);
    for (int i = 0; i < 3_000; i++) {
      trust.judged(0.995f, i % 10 == 0, i);
      for (int k = 0; k < 5; k++) {
        trust.judged(0.9f, false, i);
      }
    }
    assertThat(trust.threshold()).isGreaterThan(1f);
  }

  @Test
  void theShareOfHitsThatIsCheckedIsTheConfiguredOne() {
    RouteTrust trust =
        new RouteTrust(new TrustSettings(Mode.SERVE, NearTier.JUDGED, 0.02, 0.1, 0.9f, "v"), null);
    SplittableRandom random = new SplittableRandom(7);
    int checked = 0;
    for (int i = 0; i < 100_000; i++) {
      checked += trust.decide(0.95f, random.nextLong()) == Decision.CHECK ? 1 : 0;
    }
    assertThat(checked).isBetween(9_500, 10_500);
  }

  @Test
  void allHitsAreCheckedAtOneAndNoneAtZero() {
    RouteTrust all =
        new RouteTrust(new TrustSettings(Mode.SERVE, NearTier.JUDGED, 0.02, 1, 0.9f, "v"), null);
    RouteTrust none =
        new RouteTrust(new TrustSettings(Mode.SERVE, NearTier.JUDGED, 0.02, 0, 0.9f, "v"), null);
    assertThat(all.decide(0.95f, NEVER_CHECKED)).isEqualTo(Decision.CHECK);
    assertThat(none.decide(0.95f, ALWAYS_CHECKED)).isEqualTo(Decision.SERVE);
  }

  @Test
  void aWrongCheckMakesChecksMoreFrequentUntilItIsSettled() {
    RouteTrust trust = trust(Mode.SERVE, 0.9f);
    long fifth = (long) (0.2 * 0x1p32) << 32;
    assertThat(trust.decide(0.95f, fifth)).isEqualTo(Decision.SERVE);
    trust.judged(0.95f, true, 1);
    assertThat(trust.decide(0.95f, fifth)).isEqualTo(Decision.CHECK);
    for (int i = 0; i < 30; i++) {
      trust.judged(0.95f, false, i);
    }
    assertThat(trust.decide(0.95f, fifth)).isEqualTo(Decision.SERVE);
  }

  @Test
  void serveServesFromTheFloorAtOnceAndStepsBackOnTheSecondError() {
    RouteTrust trust = trust(Mode.SERVE, 0.92f);
    assertThat(trust.threshold()).isEqualTo(0.92f);
    assertThat(trust.judged(0.925f, true, 1)).isNull();
    TrustChange change = requireNonNull(trust.judged(0.925f, true, 2));
    assertThat(change.gained()).isFalse();
    assertThat(trust.threshold()).isEqualTo(0.93f);
  }

  @Test
  void twoErrorsWithinTheBudgetChangeNothing() {
    RouteTrust trust = trust(Mode.EARN, 0.9f);
    for (int i = 0; i < 1_000; i++) {
      trust.judged(0.95f, false, i);
    }
    assertThat(trust.judged(0.95f, true, 1)).isNull();
    for (int i = 0; i < 40; i++) {
      trust.judged(0.95f, false, i);
    }
    assertThat(trust.judged(0.95f, true, 2)).isNull();
    assertThat(trust.threshold()).isEqualTo(0.9f);
  }

  @Test
  void aWithdrawnStepMustBeEarnedByItselfAgainstACleanPast() {
    RouteTrust trust = trust(Mode.EARN, 0.9f);
    for (int i = 0; i < 300; i++) {
      trust.judged(0.95f, false, i);
    }
    assertThat(trust.threshold()).isEqualTo(0.9f);
    trust.judged(0.905f, true, 1);
    trust.judged(0.905f, true, 2);
    assertThat(trust.threshold()).isEqualTo(0.91f);
    for (int i = 0; i < 3_000; i++) {
      trust.judged(0.95f, false, i);
    }
    assertThat(trust.threshold()).as("clean checks above say nothing of it").isEqualTo(0.91f);
    for (int i = 0; i < 265; i++) {
      assertThat(trust.judged(0.905f, false, i)).isNull();
    }
    TrustChange again = trust.judged(0.905f, false, 9);
    assertThat(again).isNotNull();
    assertThat(trust.threshold()).isEqualTo(0.9f);
  }

  @Test
  void serveClimbsBackDownToItsFloorByTest() {
    RouteTrust trust = trust(Mode.SERVE, 0.92f);
    trust.judged(0.925f, true, 1);
    trust.judged(0.925f, true, 2);
    assertThat(trust.threshold()).isEqualTo(0.93f);
    for (int i = 0; i < 266; i++) {
      trust.judged(0.925f, false, i);
    }
    assertThat(trust.threshold()).isEqualTo(0.92f);
  }

  @Test
  void whatIsWrongEverywhereIsOverAfterAFewRetreats() {
    RouteTrust trust = trust(Mode.EARN, 0.77f);
    for (int i = 0; i < 3_000; i++) {
      trust.judged(0.995f, false, i);
    }
    SplittableRandom random = new SplittableRandom(3);
    int checks = 0;
    while (trust.threshold() <= 1) {
      trust.judged(0.995f, random.nextInt(5) == 0, checks++);
    }
    assertThat(checks).isLessThan(400);
  }

  @Test
  void aFloorBetweenTwoStepsIsKept() {
    RouteTrust trust = trust(Mode.SERVE, 0.925f);
    assertThat(trust.threshold()).isEqualTo(0.925f);
    assertThat(trust.decide(0.924f, NEVER_CHECKED)).isEqualTo(Decision.MISS);
    trust.judged(0.926f, true, 1);
    trust.judged(0.926f, true, 1);
    assertThat(trust.threshold()).isEqualTo(0.93f);
  }

  @Test
  void aFloorAboveAllStepsAndOneBelowAllWorkToo() {
    assertThat(trust(Mode.SERVE, 0.999f).threshold()).isEqualTo(0.999f);
    assertThat(trust(Mode.SERVE, 1f).decide(1f, NEVER_CHECKED)).isEqualTo(Decision.SERVE);
    assertThat(trust(Mode.SERVE, 0f).threshold()).isEqualTo(0.76f);
  }

  @Test
  void notANumberIsAMiss() {
    RouteTrust trust = trust(Mode.SERVE, 0.9f);
    assertThat(trust.decide(Float.NaN, NEVER_CHECKED)).isEqualTo(Decision.MISS);
    assertThat(trust.judged(Float.NaN, true, 1)).isNull();
  }

  @Test
  void trustSurvivesARestart() {
    RouteTrust before = trust(Mode.EARN, 0.9f);
    for (int i = 0; i < 300; i++) {
      before.judged(0.95f, false, i);
    }
    RouteTrust after = trust(Mode.EARN, 0.9f, TrustState.parse(before.state().text()));
    assertThat(after.threshold()).isEqualTo(0.9f);
    assertThat(after.state().text()).isEqualTo(before.state().text());
  }

  @Test
  void anotherVersionOrTierStartsAnew() {
    RouteTrust before = trust(Mode.EARN, 0.9f);
    for (int i = 0; i < 300; i++) {
      before.judged(0.95f, false, i);
    }
    TrustState saved = before.state();
    TrustSettings newer = TrustSettings.of(Mode.EARN, NearTier.JUDGED, 0.9f, "w");
    TrustSettings other = TrustSettings.of(Mode.EARN, NearTier.LINES, 0.9f, "v");
    assertThat(new RouteTrust(newer, saved).threshold()).isGreaterThan(1f);
    assertThat(new RouteTrust(other, saved).threshold()).isGreaterThan(1f);
  }

  @Test
  void evidenceFromShadowCountsWhenEarningBegins() {
    RouteTrust shadow = trust(Mode.SHADOW, 0.9f);
    for (int i = 0; i < 300; i++) {
      shadow.judged(0.95f, false, i);
    }
    assertThat(trust(Mode.EARN, 0.9f, shadow.state()).threshold()).isEqualTo(0.9f);
  }

  @Test
  void aSmallerBudgetIsTestedAnew() {
    RouteTrust before = trust(Mode.EARN, 0.9f);
    for (int i = 0; i < 300; i++) {
      before.judged(0.95f, false, i);
    }
    TrustSettings smaller = new TrustSettings(Mode.EARN, NearTier.JUDGED, 0.01, 0.02, 0.9f, "v");
    assertThat(new RouteTrust(smaller, before.state()).threshold()).isGreaterThan(1f);
  }

  @Test
  void servedWithoutTestIsNotEarned() {
    RouteTrust serve = trust(Mode.SERVE, 0.9f);
    assertThat(trust(Mode.EARN, 0.9f, serve.state()).threshold()).isGreaterThan(1f);
  }

  @Test
  void aStepBackSurvivesARestartInServeMode() {
    RouteTrust serve = trust(Mode.SERVE, 0.92f);
    serve.judged(0.925f, true, 1);
    serve.judged(0.925f, true, 2);
    assertThat(trust(Mode.SERVE, 0.92f, TrustState.parse(serve.state().text())).threshold())
        .isEqualTo(0.93f);
  }

  @Test
  void manyThreadsLoseNoCheck() throws InterruptedException {
    RouteTrust trust = trust(Mode.SHADOW, 0.9f);
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      int own = i;
      threads[i] =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int k = 0; k < 2_000; k++) {
                      trust.judged(0.8f + 0.04f * own, k % 10 == 0, k);
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(trust.state().checks(23)).isEqualTo(8_000);
    assertThat(trust.state().wrong(23)).isEqualTo(800);
  }

  private static RouteTrust trust(Mode mode, float floor) {
    return trust(mode, floor, null);
  }

  private static RouteTrust trust(Mode mode, float floor, @Nullable TrustState saved) {
    return new RouteTrust(TrustSettings.of(mode, NearTier.JUDGED, floor, "v"), saved);
  }
}
