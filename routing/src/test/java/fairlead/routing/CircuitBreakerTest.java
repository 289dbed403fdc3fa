package fairlead.routing;

import static fairlead.routing.CircuitBreaker.FORCED;
import static fairlead.routing.CircuitBreaker.NORMAL;
import static fairlead.routing.CircuitBreaker.PROBE;
import static fairlead.routing.CircuitBreaker.REFUSED;
import static fairlead.routing.Fixtures.BREAKER;
import static fairlead.routing.Fixtures.MS;
import static fairlead.routing.Fixtures.NEAR_OVERFLOW;
import static fairlead.routing.Fixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import fairlead.routing.CircuitBreaker.State;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerTest {
  private static boolean failTimes(CircuitBreaker breaker, int times, long now) {
    boolean ejected = false;
    for (int i = 0; i < times; i++) {
      ejected = breaker.failed(NORMAL, now, now, 11);
    }
    return ejected;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 2 * SECOND, Long.MIN_VALUE, -SECOND})
  void failuresInARowEjectAndTheEjectionEndsAlsoAcrossTheOverflowOfTheClock(long start) {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, start);
    assertThat(failTimes(breaker, 4, start)).isFalse();
    assertThat(breaker.state(start)).isEqualTo(State.CLOSED);
    assertThat(breaker.failed(NORMAL, start, start, 11)).isTrue();
    assertThat(breaker.state(start)).isEqualTo(State.OPEN);
    assertThat(breaker.ejections()).isEqualTo(1);
    long due = breaker.dueNanos();
    assertThat((due - start) / 1e9).isBetween(4.5, 5.5);
    assertThat(breaker.allows(due - 1)).isFalse();
    assertThat(breaker.admit(due - 1)).isEqualTo(REFUSED);
    assertThat(breaker.allows(due)).isTrue();
    assertThat(breaker.admit(due)).isEqualTo(PROBE);
    assertThat(breaker.state(due)).isEqualTo(State.PROBING);
    assertThat(breaker.allows(due)).isFalse();
    assertThat(breaker.admit(due)).isEqualTo(REFUSED);
    breaker.succeeded(PROBE, due + SECOND);
    assertThat(breaker.admit(due + SECOND)).isEqualTo(NORMAL);
    assertThat(breaker.consecutiveFailures()).isZero();
  }

  @Test
  void aProbeIsBackWithItsFirstContentAndNotOnlyAtTheEndOfItsStream() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    long due = breaker.dueNanos();
    assertThat(breaker.admit(due)).isEqualTo(PROBE);
    breaker.answered(PROBE, due + SECOND);
    assertThat(breaker.state(due + SECOND)).isEqualTo(State.CLOSED);
    assertThat(breaker.admit(due + SECOND)).isEqualTo(NORMAL);
    breaker.released(PROBE, due + 2 * SECOND);
    assertThat(breaker.state(due + 2 * SECOND)).as("its caller left").isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeThatBreaksOffEjectsAgainUnlessSomebodyElseGotAWholeAnswer() {
    for (boolean other : new boolean[] {false, true}) {
      CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
      failTimes(breaker, 5, 0);
      long due = breaker.dueNanos();
      breaker.admit(due);
      breaker.answered(PROBE, due + SECOND);
      if (other) {
        breaker.succeeded(NORMAL, due + 2 * SECOND);
      }
      assertThat(breaker.failed(PROBE, due, due + 3 * SECOND, 1)).isEqualTo(!other);
      State expected = other ? State.CLOSED : State.OPEN;
      assertThat(breaker.state(due + 3 * SECOND)).isEqualTo(expected);
    }
  }

  @Test
  void callsThatAnOutageSwallowedSayNothingAboutATargetThatIsBack() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    long back = breaker.dueNanos();
    breaker.succeeded(breaker.admit(back), back);
    for (int i = 0; i < 100; i++) {
      assertThat(breaker.failed(NORMAL, back - 1, back + i * SECOND, i)).isFalse();
    }
    assertThat(breaker.failureRate(back + 100 * SECOND)).isZero();
    assertThat(failTimes(breaker, 5, back)).isTrue();
  }

  @Test
  void aSuccessBeginsTheRowAnew() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    for (int i = 0; i < 3; i++) {
      failTimes(breaker, 2, i);
      breaker.succeeded(NORMAL, i);
    }
    assertThat(breaker.consecutiveFailures()).isZero();
    assertThat(breaker.state(3)).isEqualTo(State.CLOSED);
    assertThat(breaker.failureRate(3)).isCloseTo(6 / 9.0, within(1e-6));
  }

  @Test
  void aHighFailureRateEjectsWithoutARowOnceThereAreEnoughCalls() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    int calls = 0;
    boolean ejected = false;
    while (!ejected && calls < 100) {
      breaker.succeeded(NORMAL, calls * (100 * MS));
      ejected = breaker.failed(NORMAL, calls * (100 * MS), calls * (100 * MS), 3);
      calls += 2;
    }
    assertThat(ejected).isTrue();
    assertThat(calls).isBetween(10, 14);
  }

  @Test
  void aModestFailureRateNeverEjectsAndOldFailuresFade() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    for (int i = 0; i < 3_000; i++) {
      long now = i * (50 * MS);
      if (i % 5 >= 3) {
        assertThat(breaker.failed(NORMAL, now, now, i)).isFalse();
      } else {
        breaker.succeeded(NORMAL, now);
      }
    }
    assertThat(breaker.failureRate(150 * SECOND)).isCloseTo(0.4, within(0.02));
    for (int i = 0; i < 600; i++) {
      breaker.succeeded(NORMAL, 150 * SECOND + i * (50 * MS));
    }
    // Two half-lives of successes: a quarter of the old weight, three quarters of none.
    assertThat(breaker.failureRate(180 * SECOND)).isCloseTo(0.1, within(0.02));
  }

  @Test
  void theRateOfABusyTargetIsRightToAFewPercentAlthoughSuccessesAreSampled() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    long seed = 8;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    long now = 0;
    for (int i = 0; i < 200_000; i++) {
      now += random.nextLong(1, 400_000);
      if (random.nextInt(10) == 0) {
        breaker.failed(NORMAL, now, now, i);
      } else {
        breaker.succeeded(NORMAL, now);
      }
      if (i > 20_000) {
        assertThat(breaker.failureRate(now)).isCloseTo(0.1, within(0.025));
      }
    }
  }

  @Test
  void aLateAnswerFromBeforeTheEjectionChangesNothing() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    breaker.succeeded(NORMAL, 1);
    assertThat(breaker.state(1)).isEqualTo(State.OPEN);
    long due = breaker.dueNanos();
    assertThat(breaker.failed(NORMAL, 1, 1, 5)).isFalse();
    assertThat(breaker.failed(FORCED, 1, 1, 5)).isFalse();
    assertThat(breaker.dueNanos()).isEqualTo(due);
    assertThat(breaker.ejections()).isEqualTo(1);
  }

  @Test
  void aForcedCallThatIsAnsweredEndsTheEjection() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    breaker.succeeded(FORCED, SECOND);
    assertThat(breaker.state(SECOND)).isEqualTo(State.CLOSED);
    assertThat(breaker.share(SECOND)).isEqualTo(0.1);
  }

  @Test
  void aProbeWithoutAVerdictLeavesItsPlaceToTheNext() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    long due = breaker.dueNanos();
    assertThat(breaker.admit(due)).isEqualTo(PROBE);
    breaker.released(NORMAL, due + 1); // a late one that held no probe
    assertThat(breaker.admit(due + 1)).isEqualTo(REFUSED);
    breaker.released(PROBE, due + 2);
    assertThat(breaker.admit(due + 2)).isEqualTo(PROBE);
  }

  @Test
  void aProbeThatNeverReportsIsGivenUpAfterTenMinutes() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    long due = breaker.dueNanos();
    assertThat(breaker.admit(due)).isEqualTo(PROBE);
    assertThat(breaker.allows(due + 599 * SECOND)).isFalse();
    assertThat(breaker.allows(due + 600 * SECOND)).isTrue();
    assertThat(breaker.state(due + 600 * SECOND)).isEqualTo(State.OPEN);
    assertThat(breaker.admit(due + 600 * SECOND)).isEqualTo(PROBE);
  }

  @Test
  void failedProbesMakeTheEjectionAQuarterOfTheOutageUpToTheLongest() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, NEAR_OVERFLOW);
    failTimes(breaker, 5, NEAR_OVERFLOW);
    long now = breaker.dueNanos();
    double longest = 0;
    for (int i = 0; i < 60; i++) {
      assertThat(breaker.admit(now)).isEqualTo(PROBE);
      assertThat(breaker.failed(PROBE, now, now, i)).isTrue();
      double length = (breaker.dueNanos() - now) / 1e9;
      double expected = Math.clamp(0.25 * (now - NEAR_OVERFLOW) / 1e9, 5, 300);
      assertThat(length).isCloseTo(expected, within(expected * 0.1001));
      longest = Math.max(longest, length);
      now = breaker.dueNanos();
    }
    assertThat(longest).isGreaterThan(280);
    assertThat(breaker.ejections()).isEqualTo(61);
  }

  @Test
  void theJitterSpreadsTheReturn() {
    double least = 10;
    double most = 0;
    for (int seed = 0; seed < 200; seed++) {
      CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
      failTimes(breaker, 4, 0);
      breaker.failed(NORMAL, 0, 0, seed);
      least = Math.min(least, breaker.dueNanos() / 1e9);
      most = Math.max(most, breaker.dueNanos() / 1e9);
    }
    assertThat(least).isBetween(4.5, 4.6);
    assertThat(most).isBetween(5.4, 5.5);
  }

  @Test
  void theShareGrowsLinearlyAfterTheReturn() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    assertThat(breaker.share(0)).isEqualTo(1);
    failTimes(breaker, 5, 0);
    long due = breaker.dueNanos();
    breaker.admit(due);
    breaker.succeeded(PROBE, due);
    assertThat(breaker.share(due)).isEqualTo(0.1);
    assertThat(breaker.share(due + 5 * SECOND)).isCloseTo(0.55, within(1e-9));
    assertThat(breaker.share(due + 10 * SECOND)).isEqualTo(1);
  }

  @Test
  void anOutageThatComesBackSoonIsTheSameOutageAndALaterOneIsNew() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    long back = 100 * SECOND;
    breaker.admit(back);
    breaker.succeeded(PROBE, back);
    long again = back + 69 * SECOND;
    failTimes(breaker, 5, again);
    assertThat((breaker.dueNanos() - again) / 1e9).isBetween(0.25 * 169 * 0.9, 0.25 * 169 * 1.1);
    back = again + 100 * SECOND;
    breaker.admit(back);
    breaker.succeeded(PROBE, back);
    long later = back + 70 * SECOND;
    failTimes(breaker, 5, later);
    assertThat((breaker.dueNanos() - later) / 1e9).isBetween(4.5, 5.5);
  }

  /** A minute of 503, one request every four seconds: back within half a minute. */
  @Test
  void anOutageOfAMinuteIsOverstayedByLessThanHalfAMinute() {
    for (long offset = 0; offset < 4_000; offset += 50) {
      for (long seed = 1; seed <= 5; seed++) {
        long start = NEAR_OVERFLOW;
        long recovery = start + offset * MS + 60 * SECOND;
        List<Candidate> pair =
            List.of(Fixtures.candidate(1, 0, start), Fixtures.candidate(1, 1, start));
        TargetOrder route = new TargetOrder(Strategy.PRIORITY, pair);
        AttemptPlan plan = new AttemptPlan();
        long usedAgain = 0;
        int requests = 0;
        int probes = 0;
        for (long now = start; now - recovery < 40 * SECOND; now += 4 * SECOND) {
          boolean down = now - recovery < 0;
          requests += down ? 1 : 0;
          plan.begin(route, true, false, Mix.next(seed, requests), false, now);
          AttemptPlan.Step step = plan.first(now);
          while (step != AttemptPlan.Step.STOP && plan.target() == 0 && down) {
            probes += plan.admission() == PROBE ? 1 : 0;
            FailureClass failure = FailureClass.OVERLOADED;
            pair.get(0).health().failed(plan.admission(), failure, now, now, plan.attemptSeed());
            step = plan.next(failure, 0, 1, Fixtures.RETRY, -1, now, now + 60 * SECOND);
          }
          assertThat(step).as("answered").isNotEqualTo(AttemptPlan.Step.STOP);
          pair.get(plan.target()).health().succeeded(plan.admission(), now);
          if (plan.target() == 0 && !down && usedAgain == 0) {
            usedAgain = now;
          }
        }
        assertThat(usedAgain).as("offset %d ms, seed %d", offset, seed).isNotZero();
        assertThat(usedAgain - recovery)
            .as("offset %d ms, seed %d", offset, seed)
            .isLessThan(30 * SECOND);
        assertThat(probes).isBetween(1, requests - 1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 2 * SECOND, Long.MIN_VALUE})
  void aResetForgetsEverything(long start) {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, start);
    failTimes(breaker, 5, start);
    long due = breaker.dueNanos();
    assertThat(breaker.admit(due)).isEqualTo(PROBE);
    breaker.failed(PROBE, due, due, 1);
    long now = due + SECOND;
    breaker.reset(now);
    assertThat(breaker.state(now)).isEqualTo(State.CLOSED);
    assertThat(breaker.admit(now)).isEqualTo(NORMAL);
    assertThat(breaker.share(now)).as("no slow start").isEqualTo(1);
    assertThat(breaker.consecutiveFailures()).isZero();
    assertThat(breaker.failureRate(now)).isZero();
    assertThat(breaker.ejections()).isZero();
    assertThat(failTimes(breaker, 4, now)).as("the row is counted anew").isFalse();
    assertThat(failTimes(breaker, 1, now)).isTrue();
    assertThat((breaker.dueNanos() - now) / 1e9).as("a new outage").isBetween(4.5, 5.5);
  }

  @Test
  void aResetForgetsTheFailureRateOfATargetThatIsNotOut() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 4, 0);
    for (int i = 0; i < 5; i++) {
      breaker.succeeded(NORMAL, 0);
    }
    breaker.reset(1);
    assertThat(breaker.failureRate(1)).isZero();
    assertThat(failTimes(breaker, 4, 1)).isFalse();
  }

  @Test
  void aProbeThatReportsAfterAResetIsACallLikeAnyOther() {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    long due = breaker.dueNanos();
    assertThat(breaker.admit(due)).isEqualTo(PROBE);
    breaker.reset(due);
    assertThat(breaker.failed(PROBE, due + 1, due + 1, 1)).isFalse();
    assertThat(breaker.state(due + 1)).isEqualTo(State.CLOSED);
    assertThat(breaker.consecutiveFailures()).isEqualTo(1);
    breaker.released(PROBE, due + 2);
    assertThat(breaker.state(due + 2)).isEqualTo(State.CLOSED);
  }

  @Test
  void twoThreadsNeverProbeTogether() throws InterruptedException {
    CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
    failTimes(breaker, 5, 0);
    AtomicInteger probing = new AtomicInteger();
    AtomicInteger probes = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    Fixtures.race(
        thread -> {
          for (int i = 0; i < 200_000; i++) {
            long now = 10 * SECOND + i;
            if (breaker.admit(now) == PROBE) {
              if (probing.incrementAndGet() != 1) {
                together.incrementAndGet();
              }
              probes.incrementAndGet();
              probing.decrementAndGet();
              breaker.released(PROBE, 10 * SECOND);
            }
          }
        });
    assertThat(together).hasValue(0);
    assertThat(probes.get()).isGreaterThan(1);
  }

  @Test
  void racingFailuresEjectOnce() throws InterruptedException {
    for (int round = 0; round < 300; round++) {
      CircuitBreaker breaker = new CircuitBreaker(BREAKER, 0);
      failTimes(breaker, 3, 0);
      AtomicInteger ejected = new AtomicInteger();
      Fixtures.race(thread -> ejected.addAndGet(breaker.failed(NORMAL, 0, 0, thread) ? 1 : 0));
      assertThat(ejected).hasValue(1);
      assertThat(breaker.ejections()).isEqualTo(1);
    }
  }

  @Test
  void settingsOutOfRangeAreRefusedWithTheirValues() {
    assertThatThrownBy(() -> new CircuitBreaker.Settings(0, 0.5, 10, 5, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("consecutive 0")
        .hasMessageContaining("5 to 3 ns");
  }
}
