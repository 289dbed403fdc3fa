package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A provider is ill while callers keep calling: none of them sees a failure, the ill provider is
 * not asked more than it should, and the metrics tell why.
 */
final class FaultsUnderLoadIT {
  private static final int CALLERS = 16;
  private static final String ANSWER = "This is what the two of them say, word by word, to all.";
  private static final String HEALTHY = "answer=" + ANSWER + ";latency_ms=20;tokens_per_second=200";

  /** The share of calls that a storm may add to what its provider gets, and what is free. */
  private static final double MOST_ATTEMPTS = 1.35;

  private static final int FREE_ATTEMPTS = 40;

  private final SimulatedServer primary = SimulatedServer.start(SimulatedBehaviour.parse(HEALTHY));
  private final SimulatedServer fallback = SimulatedServer.start(SimulatedBehaviour.parse(HEALTHY));

  @AfterEach
  void close() {
    primary.close();
    fallback.close();
  }

  @Test
  void aStormOf429IsWalkedRoundOverTheOtherKeyAndTheOtherProvider() throws Exception {
    int calls = 1_500;
    try (GatewayProcess gateway = start(Map.of("keys", "[sk-one, sk-two]"))) {
      ill("fail_for_ms=3000;error=rate_limit;retry_after=1");

      Load load = new Load(gateway.port(), ANSWER, "both").run(CALLERS, calls);

      long limited = primary.requests().stream().filter(seen -> seen.status() == 429).count();
      say("429 storm", load, gateway);
      System.out.println("429s at the primary: " + limited);
      assertThat(load.failures()).isEmpty();
      assertThat(limited).as("the storm reached the gateway").isPositive();
      // Each key is found out by the calls that are under way, and again whenever its time is over.
      assertThat(limited).as("resting keys are left alone").isLessThan(calls / 4);
      assertAttemptsAreBounded(calls);
      assertThat(load.answeredBy("fallback")).isPositive();
      assertThat(load.answeredBy("primary")).as("the primary came back").isPositive();
      assertThat(gateway.metric("fairlead_failovers_total", "from=\"primary\"")).isPositive();
      assertThat(gateway.metric("fairlead_upstream_attempts_total", "primary", "rate_limited"))
          .isEqualTo((double) limited);
      assertThat(gateway.metric("fairlead_ejections_total", "primary"))
          .as("a limited key says nothing about the target's health")
          .isZero();
    }
  }

  @Test
  void halfOfTheCallsGet503() throws Exception {
    int calls = 1_200;
    try (GatewayProcess gateway = start(Map.of())) {
      ill("fail_rate=0.5;status=503");

      Load load = new Load(gateway.port(), ANSWER, "both").run(CALLERS, calls);

      say("503 on half the calls", load, gateway);
      assertThat(load.failures()).isEmpty();
      assertAttemptsAreBounded(calls);
      assertThat(gateway.metric("fairlead_ejections_total", "primary")).isPositive();
      assertThat(gateway.metric("fairlead_failovers_total", "from=\"primary\"")).isPositive();
      assertThat(gateway.metric("fairlead_upstream_attempts_total", "primary", "overloaded"))
          .isPositive();
    }
  }

  @Test
  void aTarPitCostsTheFirstCallersAMomentAndTheRestNothing() throws Exception {
    int before = 64;
    int calls = 800;
    try (GatewayProcess gateway =
        start(Map.of("timeouts", "{ head_ms: 500, first_token_ms: 500 }"))) {
      ill("latency_ms=30000");

      Load first = new Load(gateway.port(), ANSWER, "both").run(CALLERS, before);
      long pits = primary.requestCount();
      boolean open = gateway.metric("fairlead_circuit_state", "primary") > 0;
      Load then = new Load(gateway.port(), ANSWER, "both", "healthy").run(CALLERS, calls);

      say("tar pit", then, gateway);
      System.out.printf(
          "calls to the primary: %d of %d, then %d of %d; slowest at first %.0f ms;"
              + " once open p50 %.1f ms, p99 %.1f ms, the fallback itself p50 %.1f ms, p99 %.1f ms%n",
          pits,
          before,
          primary.requestCount() - pits,
          calls / 2,
          first.millis(0, 100),
          then.millis(0, 50),
          then.millis(0, 99),
          then.millis(1, 50),
          then.millis(1, 99));
      assertThat(first.failures()).isEmpty();
      assertThat(then.failures()).isEmpty();
      assertThat(first.millis(0, 100)).as("one silent attempt, not two").isLessThan(900);
      assertThat(pits).as("those under way when it was found out").isLessThanOrEqualTo(2 * CALLERS);
      assertThat(open).as("the circuit is open").isTrue();
      assertThat(then.millis(0, 50) - then.millis(1, 50)).as("added, ms").isLessThan(10);
      assertThat(primary.requestCount() - pits).as("probes").isLessThan(10);
      assertThat(gateway.metric("fairlead_upstream_attempts_total", "primary", "timeout"))
          .isPositive();
      assertThat(gateway.metric("fairlead_ejections_total", "primary")).isPositive();
    }
  }

  /** What a toxic does, and whether the fallback has to help. */
  @ParameterizedTest
  @CsvSource({
    "latency and jitter, latency_ms=40;jitter_ms=120, false",
    "bandwidth, bandwidth_bytes_per_second=20000, false",
    "slicer, write_bytes=1, false",
    "small chunks, chunk_bytes=7;framing=chunked, false",
    "slow close, slow_close_ms=150, false",
    "close after the answer, close_after_answer=true, false",
    "reset before a byte, fail_rate=0.3;reset=true, true",
    "reset in the body, fail_rate=0.3;reset_after_bytes=1200, true",
    "limited data, fail_rate=0.3;close_after_bytes=1200, true",
    "silent, fail_rate=0.1;silent=true, true",
    "stall in the body, fail_rate=0.1;stall_after_tokens=5, true",
    "down and up, flap_ms=300;refuse=true, true"
  })
  void aToxicIsNotTheCallersBusiness(String name, String knobs, boolean needsHelp)
      throws Exception {
    int calls = 160;
    int patience = needsHelp ? 400 : 10_000;
    try (GatewayProcess gateway =
        start(
            Map.of(
                "timeouts",
                "{ head_ms: P, first_token_ms: P, idle_ms: P }".replace("P", "" + patience)))) {
      ill(knobs);

      Load load = new Load(gateway.port(), ANSWER, "both").run(CALLERS / 2, calls);

      say(name, load, gateway);
      assertThat(load.failures()).isEmpty();
      assertThat(fallback.requestCount() > 0).as("the fallback helped").isEqualTo(needsHelp);
      assertAttemptsAreBounded(calls);
    }
  }

  private GatewayProcess start(Map<String, String> more) {
    Map<String, String> settings = new TreeMap<>(more);
    settings.putIfAbsent("retries", "{ backoff_ms: 50, max_backoff_ms: 200 }");
    return GatewayProcess.start(
        "providers:\n"
            + GatewayProcess.provider("primary", primary.baseUrl(), settings)
            + GatewayProcess.provider("fallback", fallback.baseUrl(), Map.of())
            + "routing:\n  both:\n    strategy: priority\n    targets:\n"
            + "      - { provider: primary, model: m, priority: 1 }\n"
            + "      - { provider: fallback, model: m, priority: 2 }\n"
            + "  healthy:\n    targets: [ { provider: fallback, model: m } ]\n");
  }

  private void ill(String knobs) {
    primary.behaviour(SimulatedBehaviour.parse(HEALTHY).with(knobs));
  }

  private void assertAttemptsAreBounded(int calls) {
    assertThat(primary.requestCount())
        .as("attempts at the ill provider")
        .isLessThanOrEqualTo((long) (MOST_ATTEMPTS * calls) + FREE_ATTEMPTS);
  }

  private void say(String what, Load load, GatewayProcess gateway) throws IOException {
    System.out.printf(
        "%s: %s; p50 %.0f ms, p99 %.0f ms; upstream requests %d and %d; failovers %.0f, retries %.0f,"
            + " rescues %.0f, ejections %.0f%n",
        what,
        load,
        load.millis(0, 50),
        load.millis(0, 99),
        primary.requestCount(),
        fallback.requestCount(),
        gateway.metric("fairlead_failovers_total"),
        gateway.metric("fairlead_retries_total"),
        gateway.metric("fairlead_rescues_total"),
        gateway.metric("fairlead_ejections_total"));
  }
}
