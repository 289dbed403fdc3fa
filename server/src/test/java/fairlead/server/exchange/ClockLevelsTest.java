package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A target's clocks go before its route's, a route's before the provider's; seen from calls. */
class ClockLevelsTest {
  private static final String PROVIDERS =
      """
      providers:
        one: { type: simulated, retries: { max: 0 }, timeouts: { head_ms: 1000000, first_token_ms: 1100000, first_token_per_kb_ms: 0, total_ms: 9000000 } }
        two: { type: simulated, retries: { max: 0 }, timeouts: { head_ms: 1000000, first_token_ms: 1100000, first_token_per_kb_ms: 0, total_ms: 9000000 } }
        new: { type: simulated, retries: { max: 0 }, timeouts: { head_ms: 1000000, first_token_ms: 1100000, first_token_per_kb_ms: 0, total_ms: 9000000 } }
      """;

  /** Until when each model's head had to be there, in seconds from its attempt on, rounded. */
  private final Map<String, Long> headSeconds = new LinkedHashMap<>();

  private long callSeconds;

  /** Takes note of the clocks it is asked under, and fails. */
  private Upstream watching(String name) {
    return (request, control) -> {
      long now = System.nanoTime();
      headSeconds.put(name, Math.ceilDiv(control.headDeadlineNanos() - now, 10_000_000_000L) * 10);
      callSeconds = Math.ceilDiv(control.callDeadlineNanos() - now, 10_000_000_000L) * 10;
      throw new UpstreamException(UpstreamException.Kind.CONNECT_TIMEOUT, "watched");
    };
  }

  private Rig rig(String routing) {
    Map<String, Upstream> upstreams = new HashMap<>();
    for (String name : new String[] {"one", "two", "new"}) {
      upstreams.put(name, watching(name));
    }
    return new Rig(PROVIDERS + routing, upstreams);
  }

  private static FakeExchange ask(String model, boolean stream, String more) {
    return FakeExchange.chat(
        "{\"model\":\""
            + model
            + "\",\"stream\":"
            + stream
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
            + more
            + "}");
  }

  private static final String LEVELS =
      """
      routing:
        plain: { strategy: priority, targets: [one/m, two/m] }
        clocked:
          strategy: priority
          timeouts: { head_ms: 2000000, first_token_ms: 700000, total_ms: 8000000 }
          targets:
            - { provider: one, model: m }
            - { provider: two, model: m, timeouts: { head_ms: 3000000, first_token_ms: 2500000 } }
      fallbacks: [new/m]
      """;

  @Test
  void plainAnswersWaitForTheHeadOfTheHighestLevel() throws IOException {
    try (Rig rig = rig(LEVELS)) {
      rig.call(ask("plain", false, ""));
      assertThat(headSeconds)
          .containsExactly(Map.entry("one", 1_000L), Map.entry("two", 1_000L), entryNew(1_000));
      assertThat(callSeconds).isEqualTo(9_000);

      headSeconds.clear();
      rig.call(ask("clocked", false, ""));
      assertThat(headSeconds)
          .as("the route's, the target's, and the route's for what fallbacks add")
          .containsExactly(Map.entry("one", 2_000L), Map.entry("two", 3_000L), entryNew(2_000));
      assertThat(callSeconds).as("the route's, shorter than the providers'").isEqualTo(8_000);
    }
  }

  @Test
  void streamsWaitForTheFirstTokenOfTheHighestLevelAndNeverLongerThanForTheHead()
      throws IOException {
    try (Rig rig = rig(LEVELS)) {
      rig.call(ask("plain", true, ""));
      assertThat(headSeconds)
          .as("the head's clock is the shorter one")
          .containsExactly(Map.entry("one", 1_000L), Map.entry("two", 1_000L), entryNew(1_000));

      headSeconds.clear();
      rig.call(ask("clocked", true, ""));
      assertThat(headSeconds)
          .as("the first token's clock is the shorter one")
          .containsExactly(Map.entry("one", 700L), Map.entry("two", 2_500L), entryNew(700));
    }
  }

  /**
   * Who calls by a provider's name, or brings fallbacks, gets the clocks of what was named first.
   */
  @Test
  void aCallersFallbacksTakeTheClocksOfTheRouteButKeepTheirOwn() throws IOException {
    String routing =
        """
        routing:
          short: { targets: [one/m], timeouts: { head_ms: 500000, total_ms: 600000 } }
          other:
            timeouts: { head_ms: 4000000 }
            targets: [ { provider: new, model: m, timeouts: { head_ms: 100000 } } ]
        """;
    try (Rig rig = rig(routing)) {
      rig.call(ask("short", false, ",\"fallbacks\":[\"two/m\",\"other\"]"));
      assertThat(headSeconds)
          .as("three quarters of the call, while another is left")
          .containsExactly(Map.entry("one", 450L), Map.entry("two", 450L), entryNew(100));
      assertThat(callSeconds).as("a fallback does not prolong the call").isEqualTo(600);

      headSeconds.clear();
      rig.call(ask("one/m", false, ",\"fallbacks\":[\"other\"]"));
      assertThat(headSeconds).containsExactly(Map.entry("one", 1_000L), entryNew(100));
    }
  }

  private static Map.Entry<String, Long> entryNew(long seconds) {
    return Map.entry("new", seconds);
  }

  /** The level under test is short, those below are far longer than a test may take. */
  @ParameterizedTest
  @CsvSource({
    "40, -1, -1",
    "3600000, 40, -1",
    "3600000, 3600000, 40",
    "3600000, -1, 40",
  })
  void aPauseIsAsLongAsTheHighestLevelAllows(int provider, int route, int target)
      throws IOException {
    String yaml =
        """
        providers:
          slow: { type: simulated, retries: { max: 0 }, timeouts: { idle_ms: %d, queue_ms: %d } }
          good: { type: simulated }
        routing:
          r:
            strategy: priority
            %s
            targets:
              - { provider: slow, model: m%s }
              - { provider: good, model: m }
        """
            .formatted(
                provider,
                provider,
                route < 0 ? "failover: true" : "timeouts: { idle_ms: " + route + " }",
                target < 0 ? "" : ", timeouts: { idle_ms: " + target + " }");
    long began = System.nanoTime();
    try (Rig rig =
        new Rig(
            yaml,
            Map.of(
                "slow",
                new SimulatedProvider(SimulatedBehaviour.parse("headers_then_silent=true")),
                "good",
                new SimulatedProvider(SimulatedBehaviour.parse("answer=good"))))) {
      FakeExchange http = rig.call(ask("r", false, ""));
      assertThat(http.text()).contains("good");
      assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isBetween(40L, 20_000L);
    }
  }

  /** A target that is slower than its provider's and its route's clocks, and says so. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTargetMayBeMorePatientThanItsProvider(boolean stream) throws IOException {
    String yaml =
        """
        providers:
          slow: { type: simulated, retries: { max: 0 }, timeouts: { head_ms: 20, first_token_ms: 20, first_token_per_kb_ms: 0 } }
          good: { type: simulated }
        routing:
          r:
            strategy: priority
            timeouts: { head_ms: 30, first_token_ms: 30 }
            targets:
              - { provider: slow, model: m, timeouts: { head_ms: 20000, first_token_ms: 20000 } }
              - { provider: good, model: m }
        """;
    try (Rig rig =
        new Rig(
            yaml,
            Map.of(
                "slow",
                new SimulatedProvider(SimulatedBehaviour.parse("latency_ms=150;answer=late")),
                "good",
                new SimulatedProvider(SimulatedBehaviour.parse("answer=good"))))) {
      assertThat(rig.call(ask("r", stream, "")).text()).contains("late");
      assertThat(rig.call(ask("slow/m", stream, "")).status).as("without the route").isEqualTo(504);
    }
  }
}
