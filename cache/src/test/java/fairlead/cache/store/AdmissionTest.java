package fairlead.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What full memory takes in. Time is a parameter. */
final class AdmissionTest {
  private static final long CAPACITY = 1_000_000;
  private static final long NOW = 1_700_000_000_000L;

  private final Admission admission = new Admission(CAPACITY, new KeySketch(CAPACITY));
  private long number;

  private boolean another(long bytes, long now) {
    number++;
    return admission.admits(number, number * 0x9E3779B97F4A7C15L, bytes, now);
  }

  private long floodBytes(long now) {
    long taken = 0;
    while (another(1_000, now)) {
      taken += 1_000;
    }
    return taken;
  }

  @Test
  void aBurstMayTakeHalfOfMemory() {
    assertThat(floodBytes(NOW)).isEqualTo(CAPACITY / 2);
  }

  @Test
  void fromThenOnAllOfMemoryIsTurnedOverInTheSpan() {
    floodBytes(NOW);
    long taken = 0;
    for (long at = NOW; at <= NOW + Admission.SPAN_MILLIS; at += 100) {
      taken += floodBytes(at);
    }
    assertThat(taken).isBetween(CAPACITY - 2_000, CAPACITY);
  }

  @Test
  void trafficThatTurnsMemoryOverMoreSlowlyIsNeverTurnedAway() {
    long share = CAPACITY * 1_000 / Admission.SPAN_MILLIS; // of a second
    for (long at = NOW; at < NOW + 3 * Admission.SPAN_MILLIS; at += 1_000) {
      assertThat(another(share * 6 / 7, at)).isTrue();
    }
  }

  @Test
  void aQuestionThatComesAgainIsTakenIn() {
    floodBytes(NOW);
    assertThat(admission.admits(78, 7L << 48, 1_000, NOW)).isFalse();
    assertThat(admission.admits(80, 9L << 48, 1_000, NOW)).isFalse();
    assertThat(admission.admits(78, 7L << 48, 1_000, NOW)).isTrue();
    assertThat(admission.admits(78, 7L << 48, CAPACITY / 2, NOW)).isTrue();
  }

  @Test
  void othersAreNotTakenForIt() {
    floodBytes(NOW);
    SplittableRandom random = new SplittableRandom(20_261_129);
    int taken = 0;
    for (int i = 0; i < 500_000; i++) {
      if (admission.admits(random.nextLong(), random.nextLong(), 1_000, NOW)) {
        taken++;
      }
    }
    assertThat(taken).isLessThan(40); // one of 2^15 by chance, 15 of them
  }

  @Test
  void whatIsLargerThanTheBurstGetsInWhenTheBucketIsFull() {
    assertThat(another(CAPACITY, NOW)).isTrue();
    assertThat(another(1, NOW)).isFalse();
  }

  @Test
  void aClockThatWasSetBackDoesNotShutItForLong() {
    floodBytes(NOW + 100 * Admission.SPAN_MILLIS);
    assertThat(another(1_000, NOW)).isFalse();
    long refilled = 1_000 * Admission.SPAN_MILLIS / CAPACITY;
    assertThat(another(1_000, NOW + refilled + 1)).isTrue();
  }
}
