package fairlead.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyRingTest {
  /** Near the overflow of the clock, where sloppy comparisons break. */
  private static final long NOW = Math.addExact(Long.MAX_VALUE, -1_000);

  @Test
  void weightsDecide() {
    KeyRing ring = new KeyRing(new double[] {2, 1}, NOW);
    SplittableRandom random = new SplittableRandom(42);
    int first = 0;
    for (int i = 0; i < 30_000; i++) {
      first += ring.choose(random.nextLong(), NOW, 0) == 0 ? 1 : 0;
    }
    assertThat(first / 30_000.0).isCloseTo(2 / 3.0, within(0.02));
  }

  @Test
  void aRestingKeyIsPassedOverUntilItsTimeAlsoAcrossTheOverflowOfTheClock() {
    KeyRing ring = new KeyRing(new double[] {1, 1}, NOW);
    long back = NOW + 5_000; // has wrapped
    ring.rest(0, back);
    for (long seed = 0; seed < 200; seed++) {
      assertThat(ring.choose(seed, NOW + 4_999, 0)).isEqualTo(1);
    }
    assertThat(ring.ready(0, NOW + 4_999)).isFalse();
    assertThat(ring.ready(0, back)).isTrue();
    assertThat(ring.choose(1, back, 0b10)).isEqualTo(0);
  }

  @Test
  void aRestIsNeverShortened() {
    KeyRing ring = new KeyRing(new double[] {1}, 0);
    ring.rest(0, 100);
    ring.rest(0, 50);
    assertThat(ring.ready(0, 99)).isFalse();
    assertThat(ring.ready(0, 100)).isTrue();
  }

  @Test
  void whenAllRestTheOneThatIsBackFirstIsTriedAndNeverATriedOne() {
    KeyRing ring = new KeyRing(new double[] {1, 1, 1}, 0);
    ring.rest(0, 300);
    ring.rest(1, 100);
    ring.rest(2, 200);
    assertThat(ring.choose(9, 0, 0)).isEqualTo(1);
    assertThat(ring.choose(9, 0, 0b010)).isEqualTo(2);
    assertThat(ring.choose(9, 0, 0b110)).isEqualTo(0);
    assertThat(ring.choose(9, 0, 0b111)).isEqualTo(-1);
  }

  @Test
  void keysWithoutAccessAreChosenOnlyWhenNothingElseIsLeft() {
    KeyRing ring = new KeyRing(new double[] {1, 1, 1}, 0);
    for (long seed = 0; seed < 100; seed++) {
      assertThat(ring.choose(seed, 0, 0, 0b011)).isEqualTo(2);
      assertThat(ring.choose(seed, 0, 0b100, 0b011)).isBetween(0, 1);
      assertThat(ring.choose(seed, 0, 0b111, 0b011)).isEqualTo(-1);
    }
    ring.rest(2, 50);
    assertThat(ring.choose(1, 0, 0, 0b011)).isEqualTo(2);
  }

  @Test
  void aCoolingKeyIsPreferredToOneThatIsOut() {
    KeyRing ring = new KeyRing(new double[] {1, 1}, NOW);
    ring.out(0, NOW + 100);
    ring.rest(1, NOW + 5_000);
    assertThat(ring.state(0, NOW)).isEqualTo(KeyRing.State.OUT);
    assertThat(ring.state(1, NOW)).isEqualTo(KeyRing.State.COOLING);
    assertThat(ring.anyReady(NOW, 0)).isFalse();
    assertThat(ring.choose(1, NOW, 0)).isEqualTo(1);
    assertThat(ring.choose(1, NOW, 0b10)).isEqualTo(0);
    assertThat(ring.restsUntil(0)).isEqualTo(NOW + 100);
    assertThat(ring.state(0, NOW + 100)).isEqualTo(KeyRing.State.READY);
    assertThat(ring.anyReady(NOW + 100, 0)).isTrue();
    assertThat(ring.anyReady(NOW + 100, 0b01)).isFalse();
  }

  @Test
  void aSuccessRestoresAKeyThatWasOutAndLeavesACoolingOneAlone() {
    KeyRing ring = new KeyRing(new double[] {1, 1}, 0);
    ring.out(0, 1_000);
    ring.rest(1, 1_000);
    ring.succeeded(0);
    ring.succeeded(1);
    assertThat(ring.state(0, 0)).isEqualTo(KeyRing.State.READY);
    assertThat(ring.state(1, 0)).isEqualTo(KeyRing.State.COOLING);
    ring.restore(1);
    assertThat(ring.ready(1, 0)).isTrue();
  }
}
