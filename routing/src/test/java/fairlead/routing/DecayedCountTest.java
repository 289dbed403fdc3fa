package fairlead.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The count in one word and its twin, a list of all events. */
final class DecayedCountTest {
  private static final double HALF_LIFE_NANOS = 15e9;

  private static double slowly(List<Long> events, long now) {
    return events.stream().mapToDouble(at -> Math.pow(0.5, (now - at) / HALF_LIFE_NANOS)).sum();
  }

  @Test
  void agreesWithAListOfEvents() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("DecayedCountTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 100; round++) {
      DecayedCount count = new DecayedCount();
      List<Long> events = new ArrayList<>();
      // Clocks begin anywhere, also where they overflow soon.
      long now = round % 3 == 0 ? Long.MAX_VALUE - 20_000_000_000L : random.nextLong();
      for (int i = 0; i < 400; i++) {
        now += random.nextLong(random.nextBoolean() ? 1_000_000L : 500_000_000L);
        if (random.nextBoolean()) {
          count.add(now);
        } else {
          count.addRoughly(now); // exact while there are few and nobody races
        }
        events.add(now);
        double exact = slowly(events, now);
        // A tick is a thousandth of the half-life; the count is a float.
        assertThat(count.get(now)).as("seed " + seed).isCloseTo(exact, within(0.01 + exact / 100));
      }
      long later = now + random.nextLong(60_000_000_000L);
      double exact = slowly(events, later);
      assertThat(count.get(later)).as("seed " + seed).isCloseTo(exact, within(0.01 + exact / 100));
    }
  }

  @Test
  void aBusyCountIsSampledAndStillRightToAFewPercent() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("DecayedCountTest busy seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    DecayedCount rough = new DecayedCount();
    DecayedCount exact = new DecayedCount();
    long now = 0;
    for (int i = 0; i < 200_000; i++) {
      now += random.nextLong(1_000_000L);
      rough.addRoughly(now);
      exact.add(now);
    }
    double all = exact.get(now);
    assertThat(all).isGreaterThan(10_000);
    assertThat(rough.get(now)).as("seed " + seed).isCloseTo(all, within(all * 0.05));
  }
}
