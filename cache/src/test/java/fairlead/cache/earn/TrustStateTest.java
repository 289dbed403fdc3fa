package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.earn.TrustSettings.Mode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Saved trust comes back whole or not at all. */
final class TrustStateTest {
  @Test
  void everyStateSurvivesItsText() {
    long seed = 31;
    SplittableRandom random = new SplittableRandom(seed);
    for (Mode mode : Mode.values()) {
      for (NearTier tier : NearTier.values()) {
        RouteTrust trust = new RouteTrust(TrustSettings.of(mode, tier, 0.9f, "v1"), null);
        for (int i = 0; i < 3_000; i++) {
          trust.judged(0.85f + 0.15f * (float) random.nextDouble(), random.nextInt(300) == 0, i);
        }
        String text = trust.state().text();
        TrustState read = TrustState.parse(text);
        assertThat(read).as("seed %d", seed).isNotNull();
        assertThat(read).hasToString(text);
      }
    }
  }

  @Test
  void aDamagedLineIsNoTrust() {
    String text = served().state().text();
    long seed = 32;
    SplittableRandom random = new SplittableRandom(seed);
    for (int cut = 0; cut < text.length() - 2; cut++) {
      assertThat(TrustState.parse(text.substring(0, cut))).isNull();
    }
    for (int i = 0; i < 20_000; i++) {
      StringBuilder damaged = new StringBuilder(text);
      damaged.setCharAt(random.nextInt(text.length()), (char) (' ' + random.nextInt(95)));
      TrustState read = TrustState.parse(damaged.toString());
      if (read != null) {
        RouteTrust trust = new RouteTrust(served().settings(), read);
        trust.judged(0.97f, true, 1);
        assertThat(trust.threshold()).as("seed %d: %s", seed, damaged).isGreaterThanOrEqualTo(0.9f);
      }
    }
  }

  private static RouteTrust served() {
    RouteTrust trust =
        new RouteTrust(TrustSettings.of(Mode.EARN, NearTier.JUDGED, 0.9f, "v"), null);
    for (int i = 0; i < 300; i++) {
      trust.judged(0.95f, false, i);
    }
    return trust;
  }
}
