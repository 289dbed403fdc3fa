package fairlead.server.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Callers under load, straight at a simulated provider. */
final class LoadTest {
  @Test
  void everyFailureIsCountedAndExplained() throws InterruptedException {
    SimulatedBehaviour behaviour =
        SimulatedBehaviour.of(Map.of("answer", HealthyAnswer.TEXT))
            .with("fail_every=3;error=unavailable");
    try (SimulatedServer server = SimulatedServer.start(behaviour)) {
      Caller caller = new Caller(server.port(), System.nanoTime());
      Load load = new Load(4, 300, 5, true);

      load.run(streamed -> caller.call("m", streamed, 10_000));

      assertThat(load.calls()).isEqualTo((int) server.requestCount()).isGreaterThan(8);
      assertThat(load.failed()).isEqualTo(load.calls() / 3);
      assertThat(load.examples())
          .isNotEmpty()
          .allSatisfy(example -> assertThat(example).contains("ERROR 503"));
      assertThat(load.slowestMs()).isPositive();
    }
  }
}
