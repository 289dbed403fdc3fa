package fairlead.routing;

import static fairlead.routing.Fixtures.MS;
import static fairlead.routing.Fixtures.NEAR_OVERFLOW;
import static fairlead.routing.Fixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyTrackerTest {
  @Test
  void tooFewRecordsSayNothing() {
    LatencyTracker tracker = new LatencyTracker();
    for (int i = 0; i < 19; i++) {
      tracker.record(SECOND, i);
    }
    assertThat(tracker.percentile(50)).isEqualTo(-1);
    tracker.record(SECOND, 19);
    assertThat(tracker.percentile(50)).isPositive();
  }

  @Test
  void everyTimeFromAMillisecondToTenMinutesIsKeptToTwelvePercent() {
    for (double nanos = MS; nanos <= 600e9; nanos *= 1.01) {
      LatencyTracker tracker = new LatencyTracker();
      for (int i = 0; i < 20; i++) {
        tracker.record((long) nanos, 0);
      }
      assertThat((double) tracker.percentile(95)).isCloseTo(nanos, within(nanos * 0.12));
    }
  }

  @Test
  void percentilesAgreeWithSortedTimes() {
    long seed = 99;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      LatencyTracker tracker = new LatencyTracker();
      long[] times = new long[random.nextInt(20, 999)];
      for (int i = 0; i < times.length; i++) {
        times[i] = (long) (MS * Math.exp(random.nextDouble() * 10));
        tracker.record(times[i], i);
      }
      Arrays.sort(times);
      for (int p : new int[] {1, 50, 90, 95, 99, 100}) {
        double exact = times[Math.max(0, (times.length * p + 99) / 100 - 1)];
        assertThat((double) tracker.percentile(p)).isCloseTo(exact, within(exact * 0.12));
      }
    }
  }

  @Test
  void timesOutOfRangeCountAtItsEnds() {
    LatencyTracker tracker = new LatencyTracker();
    for (int i = 0; i < 20; i++) {
      tracker.record(i < 10 ? -5 : Long.MAX_VALUE, 0);
    }
    assertThat(tracker.percentile(50)).isLessThan(MS);
    assertThat(tracker.percentile(99) / 1e9).isCloseTo(600, within(72.0));
  }

  @Test
  void oldTimesFade() {
    LatencyTracker tracker = new LatencyTracker();
    for (int i = 0; i < 3_000; i++) {
      tracker.record(10 * SECOND, i);
    }
    for (int i = 0; i < 2_000; i++) {
      tracker.record(100 * MS, i);
    }
    assertThat(tracker.percentile(50)).isLessThan(200 * MS);
  }

  @Test
  void aPercentileIsNeverBehindByMoreThanSixteenRecords() {
    LatencyTracker tracker = new LatencyTracker();
    for (int i = 0; i < 20; i++) {
      tracker.record(10 * MS, i);
    }
    assertThat(tracker.percentile(99)).isLessThan(12 * MS);
    for (int i = 0; i < 16; i++) {
      tracker.record(SECOND, i);
    }
    assertThat(tracker.percentile(99)).isGreaterThan(880 * MS);
    assertThat(tracker.percentile(50)).isLessThan(12 * MS);
  }

  @Test
  void theAverageRisesAtOnceAndFallsWithTheClock() {
    long now = NEAR_OVERFLOW;
    LatencyTracker tracker = new LatencyTracker();
    assertThat(tracker.ewmaNanos()).isZero();
    tracker.record(100 * MS, now);
    tracker.record(5 * SECOND, now);
    tracker.record(100 * MS, now);
    assertThat(tracker.ewmaNanos() / 1e9).isCloseTo(5, within(0.001));
    now += 200 * SECOND; // across the overflow
    now -= 190 * SECOND;
    tracker.record(100 * MS, now);
    assertThat(tracker.ewmaNanos() / 1e9).isCloseTo(0.1 + 4.9 * Math.exp(-1), within(0.02));
    assertThat(tracker.ewmaNanos(now + 200 * SECOND)).isLessThan(10_000.0 * MS / 1_000);
  }

  @Test
  void percentilesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new LatencyTracker().percentile(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }

  @Test
  void racingRecordsAreAllCounted() throws InterruptedException {
    LatencyTracker tracker = new LatencyTracker();
    Fixtures.race(
        thread -> {
          for (int i = 0; i < 450; i++) {
            tracker.record(thread == 0 ? 10 * MS : SECOND, i);
          }
        });
    assertThat(tracker.percentile(50)).isLessThan(12 * MS);
    assertThat(tracker.percentile(51)).isGreaterThan(880 * MS);
  }
}
