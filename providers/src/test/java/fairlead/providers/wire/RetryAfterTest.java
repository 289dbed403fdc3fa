package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  /** 2026-11-21 10:00:00 UTC. */
  private static final long NOW = 1_795_255_200_000L;

  @ParameterizedTest
  @CsvSource({
    "250, , 250",
    "250, 7, 250",
    "0, 7, 0",
    "nonsense, 7, 7000",
    ", 2, 2000",
    ", 1.5, 1500",
    ", 0, 0",
    ", 'Sat, 21 Nov 2026 10:00:30 GMT', 30000",
    ", 'Sat, 21 Nov 2026 09:00:00 GMT', 0",
    ", 31536000, 31536000000",
    ", 99999999999999999999, 34560000000",
    ", -1, -1",
    ", soon, -1",
    ", 1.2.3, -1",
    ", ., -1",
    ", NaN, -1",
    ", , -1",
  })
  void readsEveryForm(@Nullable String millis, @Nullable String seconds, long expected) {
    assertThat(RetryAfter.millis(millis, seconds, NOW)).isEqualTo(expected);
  }
}
