package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What counts when, with times near the end of the clock's numbers. */
final class TallyTest {
  private static final long START = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(500);

  private static long ms(long ms) {
    return START + TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private static Tally tally(boolean open) {
    return new Tally(ms(0), ms(1_000), open);
  }

  @Test
  void aClosedLoopCountsWhatIsAnsweredInsideOfTheWindow() {
    Tally tally = tally(false);
    tally.answered(ms(-10), ms(-10), ms(-1));
    tally.answered(ms(-10), ms(-10), ms(10));
    tally.answered(ms(990), ms(990), ms(1_000));
    tally.failed(ms(-5), ms(-1), "before");
    tally.failed(ms(5), ms(6), "inside");

    assertThat(tally.answers()).isEqualTo(1);
    assertThat(tally.errors()).isEqualTo(1);
    assertThat(tally.problem()).isEqualTo("inside");
    assertThat(tally.figures().get(Figure.RATE)).isEqualTo(1);
    assertThat(tally.figures().get(Figure.P50)).isCloseTo(20_000, within(20.0));
    assertThat(tally.figures()).doesNotContainKeys(Figure.LATE, Figure.GAP_P50, Figure.EVENTS);
  }

  @Test
  void anOpenLoopCountsLatenciesOfWhatWasDueInsideOfTheWindow() {
    Tally tally = tally(true);
    tally.answered(ms(-10), ms(-10), ms(10));
    tally.answered(ms(100), ms(100), ms(101));
    tally.answered(ms(990), ms(1_200), ms(1_290));

    assertThat(tally.answers()).as("what was answered inside").isEqualTo(2);
    assertThat(tally.figures().get(Figure.P50)).isCloseTo(1_000, within(1.0));
    assertThat(tally.figures().get(Figure.MAX)).isCloseTo(300_000, within(300.0));
    assertThat(tally.figures().get(Figure.LATE)).isEqualTo(50);
    assertThat(tally.figures().get(Figure.LATE_P99)).isCloseTo(210_000, within(210.0));
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsAnErrorAndAtLeastAsSlow() {
    Tally tally = tally(true);
    tally.answered(ms(1), ms(1), ms(2));
    tally.unanswered(ms(500), ms(6_000));
    tally.unanswered(ms(1_001), ms(6_000));

    assertThat(tally.errors()).isEqualTo(1);
    assertThat(tally.figures().get(Figure.MAX)).isCloseTo(5_500_000, within(5_500.0));
  }

  @Test
  void eventsAreFirstOnesGapsMergedOrSplit() {
    Tally tally = tally(false);
    tally.events(1, true, ms(0), ms(30), false);
    tally.events(0, false, ms(30), ms(35), true);
    tally.events(3, false, ms(30), ms(40), false);
    tally.events(4, false, ms(30), ms(2_000), true);

    assertThat(tally.events()).isEqualTo(4);
    assertThat(tally.figures().get(Figure.FIRST_P50)).isCloseTo(30_000, within(30.0));
    assertThat(tally.figures().get(Figure.GAP_P50)).isCloseTo(10_000, within(10.0));
    assertThat(tally.figures().get(Figure.MERGED)).isEqualTo(50);
    assertThat(tally.figures().get(Figure.SPLIT)).isEqualTo(25);
  }
}
