package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One call in twenty is slow at the provider: a second copy cuts the slow end of what callers wait,
 * for few more upstream calls, and the copy that loses is let go at once. Both routes, with and
 * without, are called by turns in one run.
 */
final class HedgingIT {
  private static final int CALLERS = 8;
  private static final int CALLS = 4_000; // half of them hedged
  private static final int FAST_MS = 20;
  private static final int SLOW_MS = 400;
  private static final int HEDGE_MS = 80;
  private static final double MOST_CALLS = 1.05;
  private static final String ANSWER = "Both copies would say this.";
  private static final String FIVE_PERCENT_SLOW =
      "answer="
          + ANSWER
          + ";fail_every=20;latency_ms="
          + FAST_MS
          + ";latency_multiplier="
          + SLOW_MS / FAST_MS;
  private static final String AT_RANDOM = FIVE_PERCENT_SLOW.replace("every=20", "rate=0.05;seed=7");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSlowEndIsHalvedForAFewPercentMoreCalls(boolean stream) throws Exception {
    try (SimulatedServer alone =
            SimulatedServer.start(SimulatedBehaviour.parse(FIVE_PERCENT_SLOW));
        SimulatedServer hedged =
            SimulatedServer.start(SimulatedBehaviour.parse(FIVE_PERCENT_SLOW));
        GatewayProcess gateway = start(alone, hedged, "" + HEDGE_MS)) {
      Load load = new Load(gateway.port(), ANSWER, "alone", "hedged").only(stream);
      load.run(CALLERS, CALLS);

      say(load, gateway, hedged, stream);
      assertThat(load.failures()).isEmpty();
      assertThat(load.millis(0, 99)).as("slow without").isGreaterThan(SLOW_MS * 0.9);
      assertThat(load.millis(1, 99)).as("p99, ms").isLessThanOrEqualTo(load.millis(0, 99) / 2);
      assertBudget(hedged, gateway);
      assertLosersAreLetGo(hedged, gateway);
    }
  }

  @Test
  void aPercentileKeepsToTheBudgetToo() throws Exception {
    try (SimulatedServer alone = SimulatedServer.start(SimulatedBehaviour.parse(AT_RANDOM));
        SimulatedServer hedged = SimulatedServer.start(SimulatedBehaviour.parse(AT_RANDOM));
        GatewayProcess gateway = start(alone, hedged, "p95")) {
      Load load = new Load(gateway.port(), ANSWER, "alone", "hedged");
      load.run(CALLERS, CALLS / 2);

      say(load, gateway, hedged, true);
      assertThat(load.failures()).isEmpty();
      assertThat(gateway.metric("fairlead_hedges_total", "outcome=\"sent\"")).isPositive();
      assertBudget(hedged, gateway);
    }
  }

  /** The copy is sent just when the first answer comes: both ends of every race are met. */
  @Test
  void copiesThatRaceWithTheAnswerHoldNothingUp() throws Exception {
    String close = "answer=" + ANSWER + ";latency_ms=" + FAST_MS + ";jitter_ms=4";
    try (SimulatedServer raced = SimulatedServer.start(SimulatedBehaviour.parse(close));
        GatewayProcess gateway =
            GatewayProcess.start(
                "providers:\n"
                    + GatewayProcess.provider("raced", raced.baseUrl(), Map.of())
                    + "routing:\n  raced:\n    targets: [ { provider: raced, model: m } ]\n"
                    + "    hedge: { after: "
                    + (FAST_MS + 2)
                    + ", max_percent: 100 }\n")) {
      Load load = new Load(gateway.port(), ANSWER, "raced").run(2 * CALLERS, CALLS);

      double sent = gateway.metric("fairlead_hedges_total", "outcome=\"sent\"");
      System.out.printf("raced by %.0f copies: %s; p99 %.0f ms%n", sent, load, load.millis(0, 99));
      assertThat(load.failures()).isEmpty();
      assertThat(sent).as("copies").isGreaterThan(CALLS / 10.0);
      assertThat(gateway.metric("fairlead_target_in_flight", "raced"))
          .as("nothing is left behind")
          .isZero();
    }
  }

  private static GatewayProcess start(SimulatedServer alone, SimulatedServer hedged, String after) {
    return GatewayProcess.start(
        "providers:\n"
            + GatewayProcess.provider("alone", alone.baseUrl(), Map.of())
            + GatewayProcess.provider("hedged", hedged.baseUrl(), Map.of())
            + "routing:\n  alone:\n    targets: [ { provider: alone, model: m } ]\n"
            + "  hedged:\n    targets: [ { provider: hedged, model: m } ]\n    hedge: { after: "
            + after
            + ", max_percent: 5 }\n");
  }

  private static void assertBudget(SimulatedServer hedged, GatewayProcess gateway)
      throws IOException {
    double calls = gateway.metric("fairlead_requests_total", "route=\"hedged\"");
    double sent = gateway.metric("fairlead_hedges_total", "outcome=\"sent\"");
    double lost = gateway.metric("fairlead_hedges_total", "outcome=\"lost\"");
    assertThat(sent).as("copies").isPositive();
    assertThat(hedged.requestCount())
        .as("upstream calls for " + calls + " calls")
        .isLessThanOrEqualTo((long) (MOST_CALLS * calls))
        // A copy that has lost may be taken back before it got there.
        .isBetween((long) (calls + sent - lost), (long) (calls + sent));
  }

  /** The copy that lost is cancelled when the other has won, not when it would have been done. */
  private static void assertLosersAreLetGo(SimulatedServer hedged, GatewayProcess gateway)
      throws IOException {
    List<SimulatedServer.Seen> cancelled =
        hedged.requests().stream().filter(seen -> seen.outcome().equals("cancelled")).toList();
    double won = gateway.metric("fairlead_hedges_total", "outcome=\"won\"");
    assertThat(won).as("copies that were faster").isPositive();
    assertThat((double) cancelled.size()).as("losers").isGreaterThanOrEqualTo(won);
    long late =
        cancelled.stream()
            .filter(seen -> seen.durationNanos() > TimeUnit.MILLISECONDS.toNanos(SLOW_MS * 3 / 4))
            .count();
    assertThat(late).as("let go late").isLessThanOrEqualTo(cancelled.size() / 20);
  }

  private static void say(Load load, GatewayProcess gateway, SimulatedServer hedged, boolean stream)
      throws IOException {
    System.out.printf(
        "hedging, %s: alone p50 %.0f p95 %.0f p99 %.0f ms | hedged p50 %.0f p95 %.0f p99 %.0f ms;"
            + " %.0f calls, %d upstream; copies %.0f, won %.0f, lost %.0f, refused %.0f%n",
        stream ? "streamed" : "plain",
        load.millis(0, 50),
        load.millis(0, 95),
        load.millis(0, 99),
        load.millis(1, 50),
        load.millis(1, 95),
        load.millis(1, 99),
        gateway.metric("fairlead_requests_total", "route=\"hedged\""),
        hedged.requestCount(),
        gateway.metric("fairlead_hedges_total", "outcome=\"sent\""),
        gateway.metric("fairlead_hedges_total", "outcome=\"won\""),
        gateway.metric("fairlead_hedges_total", "outcome=\"lost\""),
        gateway.metric("fairlead_hedges_total", "outcome=\"refused\""));
  }
}
