package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted comes out once. */
final class TierTallyTest {
  @Test
  void countsComeOutOnceAndUnderTheirStep() {
    TierTally tally = new TierTally(NearTier.JUDGED);
    for (int i = 0; i < 5; i++) {
      tally.lookedUp();
    }
    tally.served(0.995f);
    tally.served(0.955f);
    tally.served(0.951f);
    tally.served(0.1f);
    assertThat(drained(tally))
        .extracting(Observation::score, Observation::count)
        .containsExactly(tuple(Float.NaN, 5L), tuple(0.99f, 1L), tuple(0.95f, 2L));
    assertThat(drained(tally)).isEmpty();
    tally.served(0.955f);
    assertThat(drained(tally)).extracting(Observation::count).containsExactly(1L);
  }

  @Test
  void eachThresholdIsInItsOwnStep() {
    for (NearTier tier : NearTier.values()) {
      for (int step = 0; step < NearTier.STEPS; step++) {
        float threshold = tier.threshold(step);
        assertThat(tier.step(threshold)).isEqualTo(step);
        assertThat(tier.step(Math.nextDown(threshold))).isEqualTo(step + 1);
      }
      assertThat(tier.step(1)).isZero();
      assertThat(tier.step(1.001f)).isZero();
      assertThat(tier.step(Float.NaN)).isEqualTo(NearTier.STEPS);
      assertThat(tier.step(Float.NEGATIVE_INFINITY)).isEqualTo(NearTier.STEPS);
    }
  }

  private static List<Observation> drained(TierTally tally) {
    List<Observation> all = new ArrayList<>();
    tally.drain("r", 1, all::add);
    return all;
  }
}
