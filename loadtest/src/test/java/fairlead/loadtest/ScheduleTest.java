package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void constantArrivalsAreEquallyFarApartAndDoNotDrift() {
    Schedule schedule = new Schedule(Schedule.Arrivals.CONSTANT, 3, 1);

    assertThat(schedule.nextNanos()).isZero();
    assertThat(schedule.nextNanos()).isEqualTo(333_333_333);
    assertThat(schedule.nextNanos()).isEqualTo(666_666_666);
    assertThat(schedule.nextNanos()).isEqualTo(SECOND);
    long last = 0;
    for (int i = 4; i <= 3 * 3_600; i++) {
      last = schedule.nextNanos();
    }
    assertThat(last).isEqualTo(3_600 * SECOND);
  }

  @Test
  void poissonArrivalsHaveTheMeanAndTheSpreadOfIndependentCallers() {
    Schedule schedule = new Schedule(Schedule.Arrivals.POISSON, 1_000, 7);
    int count = 100_000;
    double squares = 0;
    int beyondThreeGaps = 0;
    long before = 0;
    for (int i = 0; i < count; i++) {
      long next = schedule.nextNanos();
      double gap = (next - before) / 1e6;
      squares += (gap - 1) * (gap - 1);
      beyondThreeGaps += gap > 3 ? 1 : 0;
      before = next;
    }

    assertThat(before / 1e6 / count).isCloseTo(1, within(0.02));
    assertThat(squares / count).isCloseTo(1, within(0.05));
    assertThat(beyondThreeGaps / (double) count).isCloseTo(Math.exp(-3), within(0.005));
  }

  @Test
  void theSameSeedGivesTheSameArrivals() {
    Schedule one = new Schedule(Schedule.Arrivals.POISSON, 50, 3);
    Schedule same = new Schedule(Schedule.Arrivals.POISSON, 50, 3);
    Schedule other = new Schedule(Schedule.Arrivals.POISSON, 50, 4);

    long first = one.nextNanos();
    assertThat(same.nextNanos()).isEqualTo(first);
    assertThat(other.nextNanos()).isNotEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(Schedule.Arrivals.class)
  void timesNeverGoBack(Schedule.Arrivals arrivals) {
    Schedule schedule = new Schedule(arrivals, 200_000, 5);
    long before = 0;
    for (int i = 0; i < 100_000; i++) {
      long next = schedule.nextNanos();
      assertThat(next).isGreaterThanOrEqualTo(before);
      before = next;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void aRateIsAboveZero(double rate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Schedule(Schedule.Arrivals.CONSTANT, rate, 1))
        .withMessageContaining(Double.toString(rate));
  }
}
