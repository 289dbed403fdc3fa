package fairlead.routing;

import static fairlead.routing.Fixtures.NEAR_OVERFLOW;
import static fairlead.routing.Fixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class QuotaGaugeTest {
  private static final long RESET = NEAR_OVERFLOW + 300 * SECOND; // has wrapped

  @Test
  void plentyIsTheWholeShareAndLittleIsLess() {
    QuotaGauge gauge = new QuotaGauge();
    assertThat(gauge.share(NEAR_OVERFLOW)).isEqualTo(1);
    gauge.report(0.2, RESET, NEAR_OVERFLOW);
    assertThat(gauge.share(NEAR_OVERFLOW)).isEqualTo(1);
    gauge.report(0.1, RESET, NEAR_OVERFLOW);
    assertThat(gauge.share(NEAR_OVERFLOW)).isCloseTo(0.525, within(1e-9));
    gauge.report(0, RESET, NEAR_OVERFLOW);
    assertThat(gauge.share(NEAR_OVERFLOW)).isCloseTo(0.05, within(1e-9));
    gauge.report(0.9, RESET, NEAR_OVERFLOW);
    assertThat(gauge.share(NEAR_OVERFLOW)).isEqualTo(1);
  }

  @Test
  void theResetMakesItWholeAgain() {
    QuotaGauge gauge = new QuotaGauge();
    gauge.report(0, RESET, NEAR_OVERFLOW);
    assertThat(gauge.share(RESET - 1)).isLessThan(0.06);
    assertThat(gauge.share(RESET)).isEqualTo(1);
    gauge.report(0, RESET, RESET + 1); // said before its reset, heard after
    assertThat(gauge.share(RESET + 1)).isEqualTo(1);
  }
}
