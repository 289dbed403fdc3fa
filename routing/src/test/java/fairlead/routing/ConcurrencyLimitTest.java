package fairlead.routing;

import static fairlead.routing.Fixtures.MS;
import static fairlead.routing.Fixtures.NEAR_OVERFLOW;
import static fairlead.routing.Fixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
  private static void take(ConcurrencyLimit limit, int places) {
    for (int i = 0; i < places; i++) {
      assertThat(limit.tryAcquire()).isTrue();
    }
  }

  @Test
  void placesAreGivenUpToTheLimitAndBack() {
    ConcurrencyLimit limit = new ConcurrencyLimit(1, 2, 0);
    take(limit, 2);
    assertThat(limit.full()).isTrue();
    assertThat(limit.tryAcquire()).isFalse();
    limit.release();
    assertThat(limit.full()).isFalse();
    assertThat(limit.tryAcquire()).isTrue();
    assertThat(limit.inFlight()).isEqualTo(2);
  }

  @Test
  void withoutALimitCallsAreOnlyCounted() {
    ConcurrencyLimit limit = new ConcurrencyLimit(1, 0, 0);
    take(limit, 100_000);
    limit.overloaded(SECOND);
    assertThat(limit.full()).isFalse();
    assertThat(limit.inFlight()).isEqualTo(100_000);
    assertThat(limit.limit()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aBurstOfRefusalsCutsOnceAndFromWhatWasInFlight() {
    long now = NEAR_OVERFLOW;
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 1_000, now);
    take(limit, 40);
    limit.overloaded(now);
    limit.overloaded(now + 50 * MS);
    limit.overloaded(now + 99 * MS);
    assertThat(limit.limit()).isEqualTo(30);
  }

  @Test
  void aCutIsRepeatedOnlyOnceItHasTakenEffect() {
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 1_000, 0);
    take(limit, 40);
    limit.overloaded(0);
    limit.answered(0, 0);
    limit.overloaded(SECOND);
    assertThat(limit.limit()).as("forty are still under way").isEqualTo(30);
    for (int i = 0; i < 10; i++) {
      limit.release();
    }
    limit.answered(SECOND, SECOND);
    limit.overloaded(SECOND);
    assertThat(limit.limit()).isEqualTo(22);
  }

  @Test
  void anAnswerToACallFromBeforeTheCutDoesNotPermitAnother() {
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 1_000, 0);
    take(limit, 40);
    limit.overloaded(SECOND);
    for (int i = 0; i < 10; i++) {
      limit.answered(SECOND - 1, 2 * SECOND);
      limit.release();
    }
    limit.overloaded(2 * SECOND);
    assertThat(limit.limit()).isEqualTo(30);
    limit.answered(SECOND, 2 * SECOND);
    limit.overloaded(2 * SECOND);
    assertThat(limit.limit()).isEqualTo(22);
  }

  @Test
  void aTargetThatRefusesAllCallsIsCutOnceAndOneThatAnswersSomeDownToTheFloor() {
    ConcurrencyLimit outage = new ConcurrencyLimit(4, 1_000, 0);
    ConcurrencyLimit overload = new ConcurrencyLimit(4, 1_000, 0);
    take(outage, 40);
    take(overload, 40);
    for (int i = 0; i < 12; i++) {
      outage.overloaded(i * SECOND);
      overload.overloaded(i * SECOND);
      overload.answered(i * SECOND, i * SECOND);
      while (outage.inFlight() > outage.limit()) {
        outage.release();
      }
      while (overload.inFlight() > overload.limit()) {
        overload.release();
      }
    }
    assertThat(outage.limit()).isEqualTo(30);
    assertThat(overload.limit()).isBetween(4, 5);
  }

  @Test
  void afterAQuietWhileTheLimitDoublesPerRound() {
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 1_000, 0);
    take(limit, 8);
    limit.overloaded(0);
    assertThat(limit.limit()).isEqualTo(6);
    for (int i = 0; i < 6; i++) {
      limit.answered(10 * SECOND - 1, 10 * SECOND - 1);
    }
    assertThat(limit.limit()).isEqualTo(6);
    for (int i = 0; i < 6; i++) {
      limit.answered(10 * SECOND, 10 * SECOND);
    }
    assertThat(limit.limit()).isEqualTo(12);
  }

  @Test
  void aRefusalOfFewCallsSaysNothingAboutTheirNumber() {
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 1_000, 0);
    take(limit, 4);
    limit.overloaded(0);
    assertThat(limit.limit()).isEqualTo(1_000);
    take(limit, 4);
    limit.overloaded(0);
    assertThat(limit.limit()).isEqualTo(6);
  }

  @Test
  void successesUnderLoadRaiseItByOnePerRoundAndIdleOnesDoNot() {
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 12, 0);
    take(limit, 8);
    limit.overloaded(0);
    assertThat(limit.limit()).isEqualTo(6);
    for (int i = 0; i < 7; i++) {
      limit.answered(0, 0);
    }
    assertThat(limit.limit()).isEqualTo(7);
    for (int i = 0; i < 1_000; i++) {
      limit.answered(0, 0);
    }
    // Eight in flight are at least half of the limit as far as the highest.
    assertThat(limit.limit()).isEqualTo(12);

    ConcurrencyLimit idle = new ConcurrencyLimit(4, 100, 0);
    take(idle, 40);
    idle.overloaded(0);
    for (int i = 0; i < 38; i++) {
      idle.release();
    }
    for (int i = 0; i < 1_000; i++) {
      idle.answered(0, 0);
    }
    assertThat(idle.limit()).isEqualTo(30);
  }

  @Test
  void firstTokensThatTakeThreeTimesAsLongUnderLoadCutItOncePerSecond() {
    ConcurrencyLimit limit = new ConcurrencyLimit(1, 100, 0);
    take(limit, 60);
    for (int i = 0; i < 40; i++) {
      limit.firstToken(200 * MS, i * MS);
    }
    assertThat(limit.limit()).isEqualTo(100);
    for (int i = 0; i < 20; i++) {
      limit.firstToken(2_000 * MS, 500 * MS + i * MS);
    }
    assertThat(limit.limit()).isEqualTo(54);
    for (int i = 0; i < 6; i++) {
      limit.release();
    }
    limit.firstToken(2_000 * MS, 1_600 * MS);
    assertThat(limit.limit()).isEqualTo(48);
  }

  @Test
  void slowFirstTokensWithoutLoadOrWithoutABaselineMeanNothing() {
    ConcurrencyLimit idle = new ConcurrencyLimit(1, 100, 0);
    take(idle, 10);
    ConcurrencyLimit young = new ConcurrencyLimit(1, 100, 0);
    take(young, 90);
    for (int i = 0; i < 40; i++) {
      idle.firstToken(200 * MS, i);
    }
    for (int i = 0; i < 20; i++) {
      idle.firstToken(2_000 * MS, SECOND + i);
      young.firstToken(i < 5 ? MS : 5_000 * MS, SECOND + i);
    }
    assertThat(idle.limit()).isEqualTo(100);
    assertThat(young.limit()).isEqualTo(100);
  }

  @Test
  void racingThreadsNeverHoldMoreThanTheLimit() throws InterruptedException {
    ConcurrencyLimit limit = new ConcurrencyLimit(1, 3, 0);
    AtomicInteger held = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Fixtures.race(
        thread -> {
          for (int i = 0; i < 200_000; i++) {
            int got = (limit.tryAcquire() ? 1 : 0) + (limit.tryAcquire() ? 1 : 0);
            most.accumulateAndGet(held.addAndGet(got), Math::max);
            held.addAndGet(-got);
            for (int j = 0; j < got; j++) {
              limit.release();
            }
          }
        });
    assertThat(most.get()).isBetween(2, 3);
    assertThat(limit.inFlight()).isZero();
  }

  @Test
  void limitsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new ConcurrencyLimit(4, 3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("min 4, max 3");
  }
}
