package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A provider is killed in the middle of requests under load: no caller notices. */
final class FailoverIT {
  private static final int CALLERS = 32;
  private static final int CALLS = 1_000;
  private static final int KILL_AFTER = 300;
  private static final String ANSWER =
      "Twenty words take a while at this pace, so that the end of the provider finds half of them"
          + " on the way.";

  @Test
  void everyCallerGetsAWholeAnswer() throws Exception {
    Map<String, String> knobs =
        Map.of("latency_ms", "30", "tokens_per_second", "200", "answer", ANSWER);
    try (SimulatedProcess dies = SimulatedProcess.start(knobs);
        SimulatedProcess lives = SimulatedProcess.start(knobs);
        GatewayProcess gateway =
            GatewayProcess.start(
                "providers:\n"
                    + GatewayProcess.provider("dies", dies.baseUrl(), Map.of())
                    + GatewayProcess.provider("lives", lives.baseUrl(), Map.of())
                    + "routing:\n  both:\n    targets:\n"
                    + "      - { provider: dies, model: m, priority: 1 }\n"
                    + "      - { provider: lives, model: m, priority: 2 }\n"
                    + "    strategy: priority\n    failover: true\n")) {
      Load load = new Load(gateway.port(), ANSWER, "both");
      Load.Running callers = load.start(CALLERS, CALLS);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (load.done() < KILL_AFTER && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      int answeredBefore = load.answeredBy("dies");
      double failoversBefore = gateway.metric("fairlead_failovers_total");
      dies.kill();
      callers.await();
      double failovers = gateway.metric("fairlead_failovers_total") - failoversBefore;
      double rescues = gateway.metric("fairlead_rescues_total", "outcome=\"restarted\"");
      System.out.printf(
          "killed under load after %d answers: %s; %.0f failovers, %.0f streams rescued on the way%n",
          answeredBefore, load, failovers, rescues);
      assertThat(load.failures()).isEmpty();
      assertThat(answeredBefore).isGreaterThanOrEqualTo(KILL_AFTER);
      assertThat(load.answeredBy("lives")).isGreaterThanOrEqualTo(CALLS - KILL_AFTER - 4 * CALLERS);
      assertThat(failoversBefore).isZero();
      assertThat(failovers).isPositive();
      assertThat(gateway.metric("fairlead_failovers_total", "from=\"dies\"", "to=\"lives\""))
          .isEqualTo(failovers);
      assertThat(rescues).as("streams that were on the way").isPositive();
      assertThat(gateway.metric("fairlead_circuit_state", "dies")).isPositive();
    }
  }
}
