package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.server.config.Config;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a target may take to begin. */
class ClocksTest {
  private static final int TOTAL_MS = 600_000;
  private static final int SMALL = 1024;

  private static final Config.Timeouts BY_RULE =
      new Config.Timeouts(5_000, 0, 0, 50, 60_000, 30_000, TOTAL_MS);
  private static final Config.Timeouts WRITTEN =
      new Config.Timeouts(5_000, 20_000, 8_000, 0, 15_000, 30_000, TOTAL_MS);

  private static long ms(
      Config.Timeouts clocks,
      int routeMs,
      boolean stream,
      boolean anotherLeft,
      boolean reasoning,
      int bytes,
      long maxTokens) {
    return TimeUnit.NANOSECONDS.toMillis(
        Clocks.firstAnswerNanos(clocks, routeMs, stream, anotherLeft, reasoning, bytes, maxTokens));
  }

  @Test
  void aStreamIsGivenUpSoonerWhileSomebodyElseIsLeft() {
    assertThat(ms(BY_RULE, 0, true, true, false, SMALL, 0)).isEqualTo(10_050);
    assertThat(ms(BY_RULE, 0, true, false, false, SMALL, 0)).isEqualTo(60_050);
  }

  @Test
  void largePromptsGetMoreInProportion() {
    assertThat(ms(BY_RULE, 0, true, true, false, 400 * 1024, 0)).isEqualTo(30_000);
  }

  @Test
  void modelsThatThinkGetMore() {
    assertThat(ms(BY_RULE, 0, true, true, true, SMALL, 0)).isEqualTo(60_050);
    assertThat(ms(BY_RULE, 0, false, true, true, SMALL, 0)).isEqualTo(450_000);
  }

  @Test
  void aPlainAnswerTakesAsLongAsItsTokens() {
    assertThat(ms(BY_RULE, 0, false, true, false, SMALL, 0)).isEqualTo(75_000);
    assertThat(ms(BY_RULE, 0, false, true, false, SMALL, 4_000)).isEqualTo(235_000);
    assertThat(ms(BY_RULE, 0, false, false, false, SMALL, 0)).isEqualTo(TOTAL_MS);
    assertThat(ms(BY_RULE, 0, false, true, false, SMALL, Long.MAX_VALUE)).isEqualTo(TOTAL_MS);
  }

  @Test
  void whatIsWrittenHoldsAsWritten() {
    for (boolean another : new boolean[] {false, true}) {
      for (boolean reasoning : new boolean[] {false, true}) {
        assertThat(ms(WRITTEN, 0, true, another, reasoning, 1 << 20, 9_000)).isEqualTo(8_000);
        assertThat(ms(WRITTEN, 0, false, another, reasoning, 1 << 20, 9_000)).isEqualTo(20_000);
      }
    }
  }

  @Test
  void theRoutesLimitShortensAndNeverProlongs() {
    assertThat(ms(BY_RULE, 3_000, true, false, true, SMALL, 0)).isEqualTo(3_000);
    assertThat(ms(BY_RULE, 300_000, true, true, false, SMALL, 0)).isEqualTo(10_050);
    assertThat(ms(WRITTEN, 3_000, false, true, false, SMALL, 0)).isEqualTo(3_000);
  }

  @Test
  void signsOfLifePutOffUpToTheirOwnLimitAndNotBeyondTheRoutes() {
    assertThat(Clocks.queueNanos(BY_RULE, 0)).isEqualTo(TimeUnit.SECONDS.toNanos(60));
    assertThat(Clocks.queueNanos(BY_RULE, 4_000)).isEqualTo(TimeUnit.SECONDS.toNanos(4));
    assertThat(Clocks.queueNanos(WRITTEN, 0))
        .as("not shorter than the silence that is allowed anyway")
        .isEqualTo(TimeUnit.SECONDS.toNanos(30));
  }

  @Test
  void oneAttemptMayNotUseUpACallWhileSomebodyElseIsLeft() {
    assertThat(Clocks.shareNanos(true, 5_000)).isEqualTo(2_500);
    assertThat(Clocks.shareNanos(false, 5_000)).isEqualTo(3_750);
  }
}
