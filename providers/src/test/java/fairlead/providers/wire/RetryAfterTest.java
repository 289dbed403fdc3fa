package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  /** 2026-11-21 10:00:00 UTC. */
  private static final long NOW = 1_795_255_200_000L;

  @ParameterizedTest
  @CsvSource({
    "250, , 250",
    "250, 7, 250",
    "0, 7, 7000",
    "0, , 0",
    "0, 0, 0",
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

  private static long asked(long google, String... headers) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return RetryAfter.millis(map::get, google, NOW);
  }

  @Test
  void sourcesComeInOrder() {
    String[] all = {
      "retry-after-ms", "250",
      "retry-after", "7",
      "x-ratelimit-remaining-requests", "0",
      "x-ratelimit-reset-requests", "12s"
    };
    assertThat(asked(34_400, all)).isEqualTo(250);
    assertThat(asked(34_400, Arrays.copyOfRange(all, 2, 8))).isEqualTo(7_000);
    assertThat(asked(34_400, Arrays.copyOfRange(all, 4, 8))).isEqualTo(34_400);
    assertThat(asked(-1, Arrays.copyOfRange(all, 4, 8))).isEqualTo(12_000);
    assertThat(asked(-1)).isEqualTo(-1);
    assertThat(asked(0)).isZero();
    assertThat(asked(-1, "retry-after-ms", "0", "retry-after", "1")).isEqualTo(1_000);
    assertThat(asked(-1, "retry-after", "Sat, 21 Nov 2026 09:00:00 GMT")).isZero();
    assertThat(asked(-1, "retry-after", "31536000")).isEqualTo(31_536_000_000L);
  }

  @Test
  void onlyResetsOfUsedUpLimitsCount() {
    assertThat(
            asked(
                -1,
                "x-ratelimit-remaining-requests",
                "3",
                "x-ratelimit-reset-requests",
                "1h",
                "x-ratelimit-remaining-tokens",
                "0",
                "x-ratelimit-reset-tokens",
                "6m0s"))
        .isEqualTo(360_000);
    assertThat(
            asked(
                -1,
                "anthropic-ratelimit-requests-remaining",
                "0",
                "anthropic-ratelimit-requests-reset",
                "2026-11-21T10:00:05Z",
                "anthropic-ratelimit-output-tokens-remaining",
                "0",
                "anthropic-ratelimit-output-tokens-reset",
                "2026-11-21T10:00:30Z",
                "anthropic-ratelimit-input-tokens-remaining",
                "9",
                "anthropic-ratelimit-input-tokens-reset",
                "2026-11-21T11:00:00Z"))
        .isEqualTo(30_000);
    assertThat(asked(-1, "x-ratelimit-remaining", "0", "x-ratelimit-reset", "20"))
        .isEqualTo(20_000);
    assertThat(asked(-1, "x-ratelimit-remaining", "-2", "x-ratelimit-reset", "20"))
        .isEqualTo(20_000);
    assertThat(asked(-1, "x-ratelimit-remaining", "x", "x-ratelimit-reset", "20")).isEqualTo(-1);
    assertThat(asked(-1, "x-ratelimit-remaining", "1", "x-ratelimit-reset", "20")).isEqualTo(-1);
    assertThat(asked(-1, "x-ratelimit-reset", "20")).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "12ms, 12",
    "1s, 1000",
    "0s, 0",
    "7.66s, 7660",
    "6m0s, 360000",
    "2m59.56s, 179560",
    "1h2m3s, 3723000",
    "1d, 86400000",
    "1m5ms, 60005",
    "30, 30000",
    "0.5, 500",
    "0, 0",
    "1795255230, 30000",
    "1795255230500, 30500",
    "1795255000, 0",
    "2026-11-21T10:00:30Z, 30000",
    "2026-11-21T10:00:30.250Z, 30250",
    "2026-11-21T10:00:30.123456789z, 30123",
    "2026-11-21T11:00:30+01:00, 30000",
    "2026-11-21T04:30:00-05:30, 0",
    "2028-03-01T00:00:00Z, 34560000000",
    "2026-12-01T00:00:00Z, 828000000",
    "2026-11-21T09:00:00Z, 0",
    "99999999d, 34560000000",
    "9999999999999999999999999999999999999s, 34560000000",
    "soon, -1",
    "1x, -1",
    "1s2, -1",
    "s, -1",
    "1., -1",
    "1.2.3s, -1",
    "-1s, -1",
    "2026-13-21T10:00:30Z, -1",
    "2026-11-21 10:00:30Z, -1",
    "2026-11-21T10:00:30, -1",
    "2026-11-21T10:00:30+1:00, -1",
    "2026-11-21T10:00:99Z, -1",
  })
  void resetsComeInManyForms(String text, long expected) {
    byte[] bytes = ("1" + text + "1").getBytes(StandardCharsets.UTF_8);
    assertThat(ResetTime.millis(bytes, 1, bytes.length - 1, NOW)).isEqualTo(expected);
  }

  /** Two ways to the same date. */
  @Test
  void everyDayIsFound() {
    for (long day = 20_000; day < 60_000; day += 7) {
      LocalDate date = LocalDate.ofEpochDay(day);
      byte[] text = (date + "T00:00:10Z").getBytes(StandardCharsets.UTF_8);
      assertThat(ResetTime.millis(text, 0, text.length, day * 86_400_000L))
          .as(date.toString())
          .isEqualTo(10_000);
    }
  }

  @Test
  void anyTextIsTaken() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    SplittableRandom random = new SplittableRandom(seed);
    String letters = "0123456789.:-+TZsmhd";
    for (int round = 0; round < 200_000; round++) {
      byte[] text = new byte[random.nextInt(30)];
      for (int i = 0; i < text.length; i++) {
        text[i] = (byte) letters.charAt(random.nextInt(letters.length()));
      }
      if (text.length > 19 && random.nextBoolean()) {
        System.arraycopy("2026-11-21T10:00:30".getBytes(StandardCharsets.UTF_8), 0, text, 0, 19);
      }
      assertThat(ResetTime.millis(text, 0, text.length, NOW))
          .as("seed " + seed + ": " + new String(text, StandardCharsets.UTF_8))
          .isBetween(-1L, ResetTime.MAX_MILLIS);
    }
  }
}
