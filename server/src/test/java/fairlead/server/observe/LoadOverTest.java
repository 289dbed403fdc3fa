package fairlead.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadOverTest {
  private static final long IDLE_HEAP = 48L << 20;
  private static final long GROWN = IDLE_HEAP + LoadOver.LEAST_BYTES;

  private long second = Long.MAX_VALUE / TimeUnit.SECONDS.toNanos(1) - 30; // the clock wraps
  private final LoadOver load = new LoadOver(now(), IDLE_HEAP);

  private long now() {
    return TimeUnit.SECONDS.toNanos(1) * second;
  }

  /** How many seconds pass until it is due; -1 if it is not within a minute. */
  private int secondsUntilDue(long calls, long heapBytes) {
    for (int passed = 1; passed <= 60; passed++) {
      second++;
      if (load.due(now(), calls, heapBytes, 0)) {
        return passed;
      }
    }
    return -1;
  }

  @Test
  void anIdleProcessIsLeftAlone() {
    assertThat(secondsUntilDue(0, GROWN - 1)).isEqualTo(-1);
    assertThat(secondsUntilDue(2, IDLE_HEAP)).isEqualTo(-1);
  }

  @Test
  void itIsDueSomeSecondsAfterTheLoadAndNotDuringIt() {
    assertThat(secondsUntilDue(1_500, 10 * GROWN)).isEqualTo(-1);
    assertThat(secondsUntilDue(151, 10 * GROWN)).isEqualTo(-1);
    assertThat(secondsUntilDue(150, 10 * GROWN)).isEqualTo(LoadOver.QUIET_SECONDS);
  }

  @Test
  void aCallInBetweenStartsTheWaitAnew() {
    second++;
    assertThat(load.due(now(), 100, GROWN, 0)).isFalse();
    second += LoadOver.QUIET_SECONDS - 1;
    assertThat(load.due(now(), 0, GROWN, 0)).isFalse();
    second++;
    assertThat(load.due(now(), 90, GROWN, 0)).isFalse();
    assertThat(secondsUntilDue(0, GROWN)).isEqualTo(LoadOver.QUIET_SECONDS);
  }

  @Test
  void loadsThatComeAndGoPayOnce() {
    assertThat(secondsUntilDue(0, GROWN)).isEqualTo(LoadOver.QUIET_SECONDS);
    load.collected(now(), IDLE_HEAP);
    assertThat(secondsUntilDue(0, GROWN)).isEqualTo(LoadOver.PAUSE_SECONDS);
  }

  @Test
  void aHeapOfFixedSizeIsCollectedForNothingOnce() {
    assertThat(secondsUntilDue(0, GROWN)).isPositive();
    load.collected(now(), GROWN);
    assertThat(secondsUntilDue(0, GROWN)).isEqualTo(-1);
  }

  @Test
  void whatStaysInUseMustNotBeMuch() {
    assertThat(secondsUntilDue(0, IDLE_HEAP)).isEqualTo(-1);
    assertThat(load.due(now(), 0, GROWN, LoadOver.MOST_KEPT_BYTES + 1)).isFalse();
    assertThat(load.due(now(), 0, GROWN, LoadOver.MOST_KEPT_BYTES)).isTrue();
  }
}
