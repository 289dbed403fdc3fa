package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamResponse;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuotaHeadersTest {
  /** 2026-11-21 10:00:00 UTC. */
  private static final long NOW = 1_795_255_200_000L;

  private final QuotaHeaders quota = new QuotaHeaders();

  private record Head(Map<String, String> headers) implements UpstreamResponse {
    @Override
    public int status() {
      return 200;
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
      return headers.get(lowerCaseName);
    }

    @Override
    public boolean isEventStream() {
      return false;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return -1;
    }

    @Override
    public void release() {}
  }

  private boolean read(String... headers) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return quota.read(new Head(map), () -> NOW);
  }

  private void expect(double share, long resetMillis) {
    assertThat(quota.remainingShare()).isEqualTo(share);
    assertThat(quota.resetMillis()).isEqualTo(resetMillis);
  }

  @Test
  void theShortestLimitCounts() {
    boolean told =
        read(
            "x-ratelimit-limit-requests", "500",
            "x-ratelimit-remaining-requests", "499",
            "x-ratelimit-reset-requests", "120ms",
            "x-ratelimit-limit-tokens", "200000",
            "x-ratelimit-remaining-tokens", "50000",
            "x-ratelimit-reset-tokens", "6m0s");
    assertThat(told).isTrue();
    expect(0.25, 360_000);
  }

  @Test
  void everyFamilyIsKnown() {
    assertThat(
            read(
                "anthropic-ratelimit-requests-limit", "50",
                "anthropic-ratelimit-requests-remaining", "49",
                "anthropic-ratelimit-requests-reset", "2026-11-21T10:00:01Z",
                "anthropic-ratelimit-output-tokens-limit", "8000",
                "anthropic-ratelimit-output-tokens-remaining", "800",
                "anthropic-ratelimit-output-tokens-reset", "2026-11-21T10:00:30Z"))
        .isTrue();
    expect(0.1, 30_000);
    assertThat(read("x-ratelimit-limit-requests", "10", "x-ratelimit-remaining-requests", "5"))
        .isTrue();
    expect(0.5, -1);
    assertThat(
            read(
                "x-ratelimit-limit-req-minute", "10",
                "x-ratelimit-remaining-req-minute", "8",
                "x-ratelimit-limit-tokens-minute", "100",
                "x-ratelimit-remaining-tokens-minute", "20",
                "x-ratelimit-tokens-query-cost", "7"))
        .isTrue();
    expect(0.2, -1);
    assertThat(
            read("x-ratelimit-limit", "4", "x-ratelimit-remaining", "1", "x-ratelimit-reset", "9"))
        .isTrue();
    expect(0.25, 9_000);
  }

  @Test
  void ofEqualSharesTheLaterResetCounts() {
    read(
        "x-ratelimit-limit-requests", "10",
        "x-ratelimit-remaining-requests", "0",
        "x-ratelimit-reset-requests", "9s",
        "x-ratelimit-limit-tokens", "10",
        "x-ratelimit-remaining-tokens", "0",
        "x-ratelimit-reset-tokens", "1s");
    expect(0, 9_000);
  }

  @Test
  void whatMakesNoSenseTellsNothing() {
    assertThat(read()).isFalse();
    expect(1, -1);
    assertThat(read("x-ratelimit-remaining-tokens", "7")).isFalse();
    assertThat(read("x-ratelimit-limit-tokens", "7")).isFalse();
    assertThat(read("x-ratelimit-limit-tokens", "0", "x-ratelimit-remaining-tokens", "0"))
        .isFalse();
    for (String odd : new String[] {"", "x", "1.5", "7 ", "-"}) {
      assertThat(read("x-ratelimit-limit-tokens", odd, "x-ratelimit-remaining-tokens", "1"))
          .as(odd)
          .isFalse();
      assertThat(read("x-ratelimit-limit-tokens", "10", "x-ratelimit-remaining-tokens", odd))
          .as(odd)
          .isFalse();
    }
    expect(1, -1);
    assertThat(read("x-ratelimit-limit-tokens", "10", "x-ratelimit-remaining-tokens", "99"))
        .isTrue();
    expect(1, -1);
    assertThat(read("x-ratelimit-limit-tokens", "10", "x-ratelimit-remaining-tokens", "-3"))
        .isTrue();
    expect(0, -1);
  }
}
