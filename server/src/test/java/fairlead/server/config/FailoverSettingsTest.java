package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.server.config.Config.ContentFilter;
import fairlead.server.config.Config.MidStream;
import fairlead.server.config.Config.Strategy;
import fairlead.server.config.Config.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What decides about failover arrives as it was written, and as it was not. */
class FailoverSettingsTest {
  private static Config good(String text) {
    Loaded loaded = new ConfigLoader(Map.of("WINDOW", "32000")).load("f.yaml", text);
    assertThat(loaded.problems()).isEmpty();
    return Objects.requireNonNull(loaded.config());
  }

  private static Config.Provider provider(String settings) {
    return Objects.requireNonNull(
        good("providers: { p: { type: simulated" + settings + " } }\n").providers().get("p"));
  }

  private static Config.Route route(String settings) {
    Config config =
        good(
            "providers: { p: { type: simulated } }\nrouting: { r: { providers: [p]"
                + settings
                + " } }\n");
    return Objects.requireNonNull(config.routes().get("r"));
  }

  @Test
  void whatHoldsWhereNothingIsWritten() {
    Config.Provider provider = provider("");
    assertThat(provider.timeouts())
        .isEqualTo(new Config.Timeouts(5_000, 0, 0, 50, 60_000, 30_000, 600_000));
    assertThat(provider.retries()).isEqualTo(new Config.Retries(2, 250, 4_000));
    assertThat(provider.failover()).isEqualTo(Config.Failover.of(provider.type()));
    assertThat(route(""))
        .isEqualTo(
            new Config.Route(
                "r", List.of(new Target("p", null, 1, 0)), Strategy.WEIGHTED, true, 0));
    // Mappings without settings are the same as none.
    assertThat(provider(", timeouts: {}, retries: {}, health: {}, concurrency: {}").failover())
        .isEqualTo(provider.failover());
  }

  @Test
  void everySettingOfAProvider() {
    Config.Provider provider =
        provider(
            """
            , timeouts: { connect_ms: 1, head_ms: 2, first_token_ms: 3, first_token_per_kb_ms: 4, queue_ms: 5, idle_ms: 6, total_ms: 7 },
              retries: { max: 1, backoff_ms: 2, max_backoff_ms: 3, patience_ms: 4, budget_percent: 12.5 },
              health: { consecutive_failures: 3, failure_rate: 0.25, min_calls: 20, min_ejection_ms: 100, max_ejection_ms: 200, slow_start_ms: 0 },
              concurrency: { max: 30, min: 2, queue: 5, queue_ms: 700 },
              prefill: false, context_window: "${WINDOW}"
            """);
    assertThat(provider.timeouts()).isEqualTo(new Config.Timeouts(1, 2, 3, 4, 5, 6, 7));
    assertThat(provider.retries()).isEqualTo(new Config.Retries(1, 2, 3, 4, 12.5));
    assertThat(provider.failover())
        .isEqualTo(
            new Config.Failover(
                new Config.Health(3, 0.25, 20, 100, 200, 0),
                new Config.Concurrency(30, 2, 5, 700),
                false,
                32_000));
    assertThat(provider(", prefill: true").failover().prefill()).isTrue();
  }

  @Test
  void everySettingOfARoute() {
    Config.Route route =
        route(
            """
            , strategy: fastest, failover: false, timeout_ms: 9, mid_stream: restart,
              content_filter: failover, hedge: { after: 800, max_percent: 0.5 },
              sticky: header:X-Session-Id,
              timeouts: { head_ms: 1, first_token_ms: 2, first_token_per_kb_ms: 0, queue_ms: 4, idle_ms: 5, total_ms: 6 }
            """);
    assertThat(route)
        .isEqualTo(
            new Config.Route(
                "r",
                List.of(new Target("p", null, 1, 0)),
                Strategy.FASTEST,
                false,
                9,
                MidStream.RESTART,
                ContentFilter.FAILOVER,
                new Config.Hedge(800, 0, 0.5),
                new Config.Sticky("x-session-id"),
                new OwnTimeouts(1, 2, 0, 4, 5, 6)));
    assertThat(route("").timeouts()).isEqualTo(OwnTimeouts.NONE);
    assertThat(route(", timeouts: {}").timeouts()).isEqualTo(OwnTimeouts.NONE);
    assertThat(route(", mid_stream: error").midStream()).isEqualTo(MidStream.ERROR);
    assertThat(route(", sticky: user").sticky()).isEqualTo(new Config.Sticky(null));
  }

  @ParameterizedTest
  @CsvSource({
    "p1,0,1",
    "p50,0,50",
    "p99,0,99",
    "1,1,0",
    "86400000,86400000,0",
    "'\"250\"',250,0",
  })
  void hedgesAfterAPercentileOrATime(String after, int afterMs, int percentile) {
    assertThat(route(", hedge: { after: " + after + " }").hedge())
        .isEqualTo(new Config.Hedge(afterMs, percentile, 5));
  }

  @Test
  void whatATargetHolds() {
    Config config =
        good(
            """
            providers: { p: { type: simulated, context_window: 8000 } }
            routing:
              r:
                targets:
                  - { provider: p, model: m, context_window: 200000, price: { input: 0.15, output: 0.6 } }
                  - { provider: p, model: n, timeouts: { idle_ms: 7, head_ms: "${WINDOW}" } }
                  - p/o
            """);
    assertThat(Objects.requireNonNull(config.routes().get("r")).targets())
        .containsExactly(
            new Target("p", "m", 1, 0, 200_000, new Config.Price(0.15, 0.6)),
            new Target("p", "n", 1, 0, 0, null, new OwnTimeouts(32_000, -1, -1, -1, 7, -1)),
            new Target("p", "o", 1, 0, 0, null));
  }

  @Test
  void theDefaultGivesWayToWhatIsWritten() {
    assertThat(provider(", retries: { backoff_ms: 9000 }").retries().maxBackoffMs())
        .isEqualTo(9_000);
    assertThat(provider(", health: { min_ejection_ms: 400000 }").failover().health())
        .isEqualTo(new Config.Health(5, 0.5, 10, 400_000, 400_000, 10_000));
    assertThat(provider(", concurrency: { max: 2 }").failover().concurrency())
        .isEqualTo(new Config.Concurrency(2, 2, 100, 5_000));
    assertThat(provider(", concurrency: { min: 5000 }").failover().concurrency())
        .isEqualTo(new Config.Concurrency(100_000, 5_000, 100, 5_000));
    // No limit at all needs no floor.
    assertThat(provider(", concurrency: { max: 0 }").failover().concurrency())
        .isEqualTo(new Config.Concurrency(0, 4, 100, 5_000));
  }
}
