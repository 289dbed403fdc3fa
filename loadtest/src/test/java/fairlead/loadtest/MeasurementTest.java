package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The driver against a simulated provider and against a server that stalls, over real sockets. */
@Timeout(60)
final class MeasurementTest {
  static final List<String> LOADS = Load.ALL;

  @ParameterizedTest
  @FieldSource("LOADS")
  void everyLoadIsAnsweredWithoutErrors(String name) {
    Load load = Load.parse(name);
    Sample sample = run(load, load.kind().upstream(), 0.4);

    assertThat(sample.problem()).isEmpty();
    assertThat(sample.errors()).isZero();
    for (Figure figure : load.kind().figures(load.isOpen())) {
      boolean needsProcess = figure == Figure.CPU || figure == Figure.RSS;
      // All begin together, so that within a short time there may be no first event.
      boolean isFirst = figure == Figure.FIRST_P50 || figure == Figure.FIRST_P99;
      if (!needsProcess && !(isFirst && load.kind() == LoadKind.PACED)) {
        assertThat(sample.figures()).as(name).containsKey(figure);
      }
    }
    assertThat(sample.get(load.kind().isPerEvent() ? Figure.EVENTS : Figure.RATE))
        .isGreaterThan(10);
  }

  @Test
  void anOpenLoopReachesItsRateOnFewConnections() {
    Sample sample = run(Load.parse("plain@500"), "", 2);

    assertThat(sample.errors()).as(sample.problem()).isZero();
    assertThat(sample.get(Figure.RATE)).isCloseTo(500, within(75.0));
    assertThat(sample.get(Figure.P50)).isLessThan(20_000);
    assertThat(sample.get(Figure.CONNECTIONS)).isBetween(1.0, 500.0);
  }

  @Test
  void aClosedLoopIsOnlyAsFastAsItsAnswers() {
    Sample sample = run(Load.parse("plain-4"), "latency_ms=50", 1);

    assertThat(sample.get(Figure.RATE)).isBetween(20.0, 80.0);
    assertThat(sample.get(Figure.P50)).isBetween(50_000.0, 200_000.0);
  }

  /** Coordinated omission: who waits for answers does not notice how long nobody was served. */
  @ParameterizedTest
  @ValueSource(ints = {1, 500})
  void aStallIsSeenByAllWhoWouldHaveCalledMeanwhile(int connections) throws Exception {
    try (StallingServer server = new StallingServer(100, 500)) {
      Sample open = run(server.base(), Load.parse("plain@200"), 1.5, connections);

      assertThat(open.errors()).as(open.problem()).isZero();
      assertThat(open.get(Figure.P99)).isBetween(350_000.0, 2_000_000.0);
      assertThat(open.get(Figure.MAX)).isGreaterThan(400_000);
      if (connections == 1) {
        assertThat(open.get(Figure.LATE)).as("no connection was free").isGreaterThan(10);
        assertThat(open.get(Figure.CONNECTIONS)).isEqualTo(1);
      }
    }
    try (StallingServer server = new StallingServer(100, 500)) {
      Sample closed = run(server.base(), Load.parse("plain-1"), 1.5, 1);

      assertThat(closed.errors()).as(closed.problem()).isZero();
      assertThat(closed.get(Figure.MAX)).isGreaterThan(400_000);
      assertThat(closed.get(Figure.P99)).as("hidden, as a closed loop does").isLessThan(100_000);
    }
  }

  @Test
  void whatIsNotAnsweredInTimeIsAnError() throws Exception {
    try (SimulatedServer server = server("latency_ms=300")) {
      Contestant contestant = contestant(URI.create(server.baseUrl()));
      Load load = Load.parse("plain@100");
      long start = System.nanoTime();
      long until = start + TimeUnit.MILLISECONDS.toNanos(400);
      Tally tally = new Tally(start, until, true);
      Schedule schedule = new Schedule(Schedule.Arrivals.CONSTANT, load.rate(), 1);
      try (Driver driver =
          Driver.open(Traffic.measured(contestant, load, false), tally, schedule, until, 2)) {
        driver.run(until);
        driver.finish(TimeUnit.MILLISECONDS.toNanos(100));
      }

      assertThat(tally.answers()).isLessThanOrEqualTo(4);
      assertThat(tally.errors()).isBetween(20L, 40L);
      assertThat(tally.problem()).isEqualTo("unanswered when it was given up");
      assertThat(tally.figures().get(Figure.MAX)).isGreaterThan(400_000);
    }
  }

  @Test
  void aWrongStatusAndAMissingEventAreErrors() {
    Sample refused = run(Load.parse("plain-16"), "status=503;fail_every=2", 0.4);
    assertThat(refused.errors()).isPositive();
    assertThat(refused.get(Figure.RATE)).isPositive();
    assertThat(refused.problem()).isEqualTo("status 503");

    Sample cut = run(Load.parse("stream-16"), "answer_words=98;no_done=true", 0.4);
    assertThat(cut.errors()).isPositive();
    assertThat(cut.get(Figure.RATE)).isZero();
    assertThat(cut.problem()).isEqualTo("100 events instead of 101");
    assertThat(cut.get(Figure.P50)).as("wrong answers have no latency").isNaN();
  }

  @Test
  void withoutKnowingTheUpstreamAStreamMustStillHaveItsEndMark() throws Exception {
    for (String knobs : List.of("answer_words=5", "answer_words=5;no_done=true")) {
      try (SimulatedServer server = server(knobs)) {
        URI base = URI.create(server.baseUrl());
        Contestant unknown =
            new Contestant("other", base, base, List.of(), "m", "m", false, false, null);
        Sample sample = measurement(unknown, Load.parse("stream-4"), 8).run(0.1, 0.3);

        assertThat(sample.errors() > 0).isEqualTo(knobs.contains("no_done"));
        assertThat(sample.get(Figure.RATE) > 0).isNotEqualTo(knobs.contains("no_done"));
      }
    }
  }

  @Test
  void aWrongKeyThatIsLetThroughIsAnError() throws Exception {
    try (SimulatedServer server = server("")) {
      URI base = URI.create(server.baseUrl());
      Contestant careless =
          new Contestant(
              "careless",
              base,
              base,
              List.of("Authorization: Bearer sk-good"),
              "m",
              "m",
              true,
              false,
              null);
      Sample sample = measurement(careless, Load.parse("invalid-keys-2"), 8).run(0.1, 0.3);

      assertThat(sample.errors()).isPositive();
      assertThat(sample.problem()).isEqualTo("status 200 for a wrong key");
      assertThat(sample.get(Figure.RATE)).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream-16", "stream@300"})
  void aBrokenConnectionIsAnErrorAndTheCallerComesBack(String load) {
    Sample broken =
        run(Load.parse(load), "answer_words=98;reset_after_tokens=3;fail_every=10", 0.6);

    assertThat(broken.errors()).isPositive();
    assertThat(broken.get(Figure.RATE)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain-2", "plain@50"})
  void nobodyThereIsAFailedMeasurement(String load) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    URI base = URI.create("http://127.0.0.1:" + port + "/v1");

    Sample sample = run(base, Load.parse(load), 0.5, 4);

    assertThat(sample.errors()).isPositive();
    assertThat(sample.problem()).containsIgnoringCase("refused");
    assertThat(sample.get(Figure.P50)).isNaN();
  }

  @Test
  void eachRequestOfChurnHasAConnectionOfItsOwn() throws Exception {
    try (SimulatedServer server = server("")) {
      Sample sample = run(URI.create(server.baseUrl()), Load.parse("churn-2"), 0.3, 1);

      assertThat(sample.errors()).as(sample.problem()).isZero();
      assertThat(sample.get(Figure.RATE)).isPositive();
      assertThat(server.requests())
          .isNotEmpty()
          .allSatisfy(seen -> assertThat(seen.head()).contains("Connection: close"));
    }
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

  private static SimulatedServer server(String knobs) {
    return SimulatedServer.start("127.0.0.1", 0, SimulatedBehaviour.parse(knobs), 500);
  }

  private static Contestant contestant(URI base) {
    return new Contestant(
        Setup.STRAIGHT,
        base,
        base,
        List.of(),
        "m",
        "m" + LoadKind.LONG_STREAM_KNOBS,
        true,
        false,
        null);
  }

  private static Measurement measurement(Contestant contestant, Load load, int connections) {
    return new Measurement(
        contestant,
        load,
        new Measurement.Conditions(true, Schedule.Arrivals.CONSTANT, connections, 1));
  }

  private static Sample run(URI base, Load load, double seconds, int connections) {
    return measurement(contestant(base), load, connections).run(0.1, seconds);
  }

  private static Sample run(Load load, String knobs, double seconds) {
    try (SimulatedServer server = server(knobs)) {
      return run(URI.create(server.baseUrl()), load, seconds, 1_000);
    }
  }
}
