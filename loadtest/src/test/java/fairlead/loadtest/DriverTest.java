package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@Timeout(60)
final class DriverTest {
  static final List<Load> LOADS = Load.ALL;

  @ParameterizedTest
  @FieldSource("LOADS")
  void everyLoadIsAnsweredWithoutErrors(Load load) throws Exception {
    Sample sample = run(load, load.upstream());

    assertThat(sample.problem()).isEmpty();
    assertThat(sample.errors()).isZero();
    assertThat(load.perEvent() ? sample.eventsPerSecond() : sample.answersPerSecond())
        .isGreaterThan(100);
    assertThat(sample.p50Micros()).isPositive().isLessThanOrEqualTo(sample.p99Micros());
  }

  @Test
  void aWrongStatusAndAMissingEventAreErrors() throws Exception {
    Sample refused = run(load("plain-16"), "status=503;fail_every=2");
    assertThat(refused.errors()).isPositive();
    assertThat(refused.answersPerSecond()).isPositive();
    assertThat(refused.problem()).isEqualTo("status 503");

    Sample cut = run(load("stream-16"), "answer_words=98;no_done=true");
    assertThat(cut.errors()).isPositive();
    assertThat(cut.answersPerSecond()).isZero();
    assertThat(cut.problem()).isEqualTo("100 events instead of 101");
  }

  @Test
  void aBrokenConnectionIsAnErrorAndTheCallerComesBack() throws Exception {
    Sample broken = run(load("stream-16"), "answer_words=98;reset_after_tokens=3;fail_every=50");

    assertThat(broken.errors()).isPositive();
    assertThat(broken.answersPerSecond()).isPositive();
  }

  @Test
  void medianIsTakenOfEachFigureAndErrorsAreAdded() {
    Sample median =
        Sample.median(
            List.of(
                new Sample(1, 9, 1, 5, 6, 7, 8, 9, ""),
                new Sample(3, 7, 2, 4, 6, 7, 8, 9, "why"),
                new Sample(2, 8, 0, 6, 6, 7, 8, 9, "")));

    assertThat(median).isEqualTo(new Sample(2, 8, 3, 5, 6, 7, 8, 9, "why"));
  }

  @Test
  void theProcessorTimeOfThisProcessIsKnownOnLinux() {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "/proc is Linux's");
    ProcessTree self = new ProcessTree(ProcessHandle.current());
    double before = self.cpuMicros();
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    while (System.nanoTime() - until < 0) {
      Thread.onSpinWait();
    }

    assertThat(self.cpuMicros() - before).isGreaterThanOrEqualTo(20_000);
    assertThat(self.residentMib()).isGreaterThan(20);
  }

  private static Load load(String name) {
    return Load.ALL.stream().filter(load -> load.name().equals(name)).findFirst().orElseThrow();
  }

  private static Sample run(Load load, String knobs) throws IOException {
    try (SimulatedServer server =
        SimulatedServer.start("127.0.0.1", 0, SimulatedBehaviour.parse(knobs), 0)) {
      URI base = URI.create(server.baseUrl());
      Contestant contestant = new Contestant("straight", base, base, List.of(), false, null);
      try (Driver driver = new Driver(contestant, load)) {
        return driver.run(TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.MILLISECONDS.toNanos(400));
      }
    }
  }
}
