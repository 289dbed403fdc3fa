package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WallClockTest {
  @Test
  void isTheTimeOfDay() {
    for (int i = 0; i < 100_000; i++) {
      long before = System.currentTimeMillis();
      long nanos = System.nanoTime();
      long millis = WallClock.millisAt(nanos);
      long after = System.currentTimeMillis();
      // a millisecond is lost to rounding, on either side
      assertThat(millis).isBetween(before - 2, after + 1);
    }
  }

  @Test
  void knowsOtherMomentsTooAndIsNotLedAstrayByThem() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      long distance = random.nextLong(-600_000, 600_000);
      long before = System.currentTimeMillis();
      long millis = WallClock.millisAt(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(distance));
      long after = System.currentTimeMillis();
      assertThat(millis)
          .describedAs("seed %d, distance %d", seed, distance)
          .isBetween(before + distance - 2, after + distance + 1);
    }
  }
}
