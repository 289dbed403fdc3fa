package fairlead.server.config;

import static fairlead.server.config.OwnTimeouts.INHERITED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each clock by itself comes from the highest level that has it. */
class OwnTimeoutsTest {
  private static final Config.Timeouts PROVIDER = new Config.Timeouts(1, 2, 3, 4, 5, 6, 7);
  private static final OwnTimeouts ROUTE =
      new OwnTimeouts(20, INHERITED, 0, INHERITED, 60, INHERITED);
  private static final OwnTimeouts TARGET =
      new OwnTimeouts(INHERITED, INHERITED, INHERITED, 500, 600, 700);

  @Test
  void whatIsNotWrittenComesFromBelow() {
    assertThat(OwnTimeouts.NONE.over(PROVIDER)).isEqualTo(PROVIDER);
    assertThat(ROUTE.over(PROVIDER)).isEqualTo(new Config.Timeouts(1, 20, 3, 0, 5, 60, 7));
    assertThat(TARGET.over(PROVIDER)).isEqualTo(new Config.Timeouts(1, 2, 3, 4, 500, 600, 700));
  }

  @Test
  void threeLevelsAreTheSameInAnyGrouping() {
    Config.Timeouts all = new Config.Timeouts(1, 20, 3, 0, 500, 600, 700);
    assertThat(TARGET.over(ROUTE).over(PROVIDER)).isEqualTo(all);
    assertThat(TARGET.over(ROUTE.over(PROVIDER))).isEqualTo(all);
    assertThat(TARGET.over(OwnTimeouts.NONE)).isEqualTo(TARGET);
    assertThat(OwnTimeouts.NONE.over(TARGET)).isEqualTo(TARGET);
  }
}
