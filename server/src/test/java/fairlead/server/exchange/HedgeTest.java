package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.RequestScan;
import fairlead.routing.FailureClass;
import fairlead.server.admin.RouterView;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Second copies of late calls: who wins, what becomes of the other, what they may cost. */
class HedgeTest {
  /** Far longer than any test may take: a copy that is waited for is noticed. */
  private static final String NEVER = "latency_ms=60000";

  private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static String yaml(String hedge) {
    return """
    providers:
      one: { type: simulated, retries: { max: 0 } }
      two: { type: simulated, retries: { max: 0 } }
    routing:
      route: { strategy: priority, targets: [one/a, two/b], hedge: %s }
    """
        .formatted(hedge);
  }

  private static SimulatedProvider provider(String knobs) {
    return new SimulatedProvider(SimulatedBehaviour.parse(knobs));
  }

  private static FakeExchange ask(boolean stream) {
    return FakeExchange.chat(
        "{\"model\":\"route\",\"stream\":"
            + stream
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSecondCopyAnswersForALateFirst(boolean stream) throws IOException {
    long began = System.nanoTime();
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of("one", provider(NEVER), "two", provider("answer=second")))) {
      FakeExchange http = rig.call(ask(stream));
      assertThat(http.status).isEqualTo(200);
      assertThat(http.text()).contains("second");
      assertThat(http.responseHeader("x-fairlead-provider")).isEqualTo("two");
      assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
      assertThat(System.nanoTime() - began).isLessThan(SOON_NANOS);
      assertThat(rig.target("one").inFlight()).isZero();
      assertThat(rig.target("two").inFlight()).isZero();
      assertThat(rig.target("one").consecutiveFailures()).as("late is not down").isZero();
      assertThat(rig.series("fairlead_hedges_total{route=\"route\",outcome=\"won\""))
          .endsWith("1.0");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFirstCopyThatIsFasterAfterAllStopsTheSecond(boolean stream) throws IOException {
    long began = System.nanoTime();
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of("one", provider("latency_ms=150;answer=first"), "two", provider(NEVER)))) {
      for (int i = 0; i < 3; i++) {
        FakeExchange http = rig.call(ask(stream));
        assertThat(http.text()).contains("first");
        assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
      }
      assertThat(System.nanoTime() - began).isLessThan(SOON_NANOS);
      assertThat(rig.target("two").inFlight()).isZero();
      assertThat(rig.target("two").consecutiveFailures()).isZero();
      assertThat(rig.series("fairlead_hedges_total{route=\"route\",outcome=\"lost\""))
          .endsWith("3.0");
    }
  }

  @Test
  void aFastFirstCopyIsAlone() throws IOException {
    SimulatedProvider two = provider("");
    try (Rig rig =
        new Rig(
            yaml("{ after: 5000, max_percent: 100 }"), Map.of("one", provider(""), "two", two))) {
      for (int i = 0; i < 50; i++) {
        assertThat(rig.call(ask(i % 2 == 0)).responseHeader("x-fairlead-attempts")).isEqualTo("1");
      }
      assertThat(two.requests()).isZero();
    }
  }

  @Test
  void aFirstCopyThatFailsWaitsForTheSecond() throws IOException {
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of(
                "one", provider("latency_ms=120;status=500"),
                "two", provider("latency_ms=400;answer=second")))) {
      FakeExchange http = rig.call(ask(false));
      assertThat(http.text()).contains("second");
      assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
      assertThat(rig.target("one").consecutiveFailures()).isEqualTo(1);
    }
  }

  @Test
  void whereBothFailTheStoryTellsBoth() throws IOException {
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of(
                "one", provider("latency_ms=120;status=500"),
                "two", provider("status=502")))) {
      FakeExchange http = rig.call(ask(false));
      assertThat(http.status).isIn(500, 502);
      assertThat(http.responseHeader("x-fairlead-route-trace"))
          .contains("one/a: HTTP 500")
          .contains("two/b: HTTP 502");
      assertThat(http.responseHeader("x-should-retry")).isEqualTo("false");
      assertThat(rig.target("one").inFlight() + rig.target("two").inFlight()).isZero();
    }
  }

  @Test
  void aSecondCopyThatFailsIsCountedAndItsKeyRests() throws IOException {
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of(
                "one", provider("latency_ms=300;answer=first"), "two", provider("status=429")))) {
      assertThat(rig.call(ask(false)).text()).contains("first");
      String attempts = "fairlead_upstream_attempts_total{provider=\"two\",model=\"b\"";
      assertThat(rig.series(attempts + ",outcome=\"rate_limited\"")).endsWith("1.0");
      assertThat(rig.series("fairlead_key_state{provider=\"two\"")).as("cooling").endsWith("1.0");
    }
  }

  /** Every call is late; one in twenty may be doubled, and one more for a start. */
  @Test
  void theBudgetHolds() throws IOException {
    SimulatedProvider two = provider("answer=second");
    try (Rig rig =
        new Rig(
            yaml("{ after: 1, max_percent: 5 }"),
            Map.of("one", provider("latency_ms=12"), "two", two))) {
      for (int i = 0; i < 100; i++) {
        assertThat(rig.call(ask(false)).status).isEqualTo(200);
      }
      assertThat(two.requests()).isBetween(3L, 6L);
    }
  }

  @Test
  void aCallerWhoLeavesStopsBoth() throws Exception {
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of("one", provider(NEVER), "two", provider(NEVER)))) {
      FakeExchange http = ask(true);
      Thread call =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      rig.callApart(http);
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      while (rig.target("two").inFlight() == 0) {
        Thread.onSpinWait();
      }
      Runnable gone = java.util.Objects.requireNonNull(http.gone);
      gone.run();
      assertThat(call.join(java.time.Duration.ofSeconds(10))).isTrue();
      assertThat(rig.target("one").inFlight() + rig.target("two").inFlight()).isZero();
      assertThat(rig.target("one").consecutiveFailures()).isZero();
      assertThat(rig.target("two").consecutiveFailures()).isZero();
    }
  }

  private static String word(String text) {
    return "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + text
        + "\"},\"finish_reason\":null}]}\n\n";
  }

  private static final String STOP =
      """
      data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: [DONE]

      """;

  @Test
  void aSecondCopyThatBreaksOffIsTheOneThatIsToldOf() throws IOException {
    ScriptedUpstream two =
        new ScriptedUpstream()
            .then(Answer.stream(word("some")).thenFails(UpstreamException.Kind.BODY_CUT));
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }, mid_stream: error"),
            Map.of("one", provider(NEVER), "two", two))) {
      FakeExchange http = rig.call(ask(true));
      assertThat(http.text())
          .contains("event: error")
          .contains("two/b: scripted BODY_CUT")
          .contains("stream_broken");
      assertThat(rig.target("two").consecutiveFailures()).isEqualTo(1);
      assertThat(rig.target("one").consecutiveFailures()).isZero();
      assertThat(rig.target("one").inFlight() + rig.target("two").inFlight()).isZero();
    }
  }

  @Test
  void aSecondCopyThatBreaksOffIsContinuedByAnother() throws IOException {
    ScriptedUpstream two =
        new ScriptedUpstream()
            .then(Answer.stream(word("some ")).thenFails(UpstreamException.Kind.BODY_CUT));
    ScriptedUpstream three =
        new ScriptedUpstream().then(Answer.stream(word("some "), word("more"), STOP));
    String yaml =
        yaml("{ after: 20, max_percent: 100 }")
            .replace("routing:", "  three: { type: simulated }\nrouting:")
            .replace("two/b]", "two/b, three/c]");
    try (Rig rig = new Rig(yaml, Map.of("one", provider(NEVER), "two", two, "three", three))) {
      FakeExchange http = rig.call(ask(true));
      assertThat(http.text()).startsWith(word("some ")).contains(word("more")).endsWith(STOP);
      assertThat(rig.series("fairlead_failovers_total{"))
          .contains("from=\"two\",to=\"three\"")
          .contains("cut");
    }
  }

  @Test
  void aRefusalOfTheSecondCopyLetsItsKeyRest() throws IOException {
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of(
                "one", provider("latency_ms=400;answer=first"),
                "two", provider("status=429")))) {
      assertThat(rig.call(ask(false)).text()).contains("first");
      assertThat(rig.snapshot.router().view().providers())
          .filteredOn(provider -> provider.name().equals("two"))
          .singleElement()
          .satisfies(
              provider ->
                  assertThat(provider.keys().getFirst().state())
                      .isEqualTo(RouterView.KeyState.COOLING));
      assertThat(
              rig.series(
                  "fairlead_upstream_attempts_total{provider=\"two\",model=\"b\","
                      + "outcome=\"rate_limited\""))
          .endsWith(" 1.0");
    }
  }

  @Test
  void aDefectGivesThePlaceOfTheSecondCopyBackToo() throws IOException {
    Upstream defective =
        (request, control) -> {
          CountDownLatch stopped = new CountDownLatch(1);
          control.attach(stopped::countDown);
          try {
            stopped.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new IllegalStateException("a defect");
        };
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of("one", defective, "two", provider("answer=second")))) {
      assertThatThrownBy(() -> rig.call(ask(false))).hasMessage("a defect");
      assertThat(rig.target("one").inFlight()).isZero();
      assertThat(rig.target("two").inFlight()).isZero();
    }
  }

  @Test
  void aDefectOfTheSecondCopyIsNoFailureOfItsTarget() throws IOException {
    Upstream defective =
        (_, _) -> {
          throw new IllegalStateException("a defect");
        };
    try (Rig rig =
        new Rig(
            yaml("{ after: 20, max_percent: 100 }"),
            Map.of("one", provider("latency_ms=200;answer=first"), "two", defective))) {
      assertThat(rig.call(ask(false)).text()).contains("first");
      assertThat(rig.target("two").inFlight()).isZero();
      assertThat(rig.target("two").consecutiveFailures()).isZero();
    }
  }

  /** Its target is given up as soon as any other, as long as somebody else is left. */
  @Test
  void theSecondCopyDoesNotHoldTheCallUpWhileOthersAreLeft() throws IOException {
    AtomicLong patienceNanos = new AtomicLong();
    SimulatedProvider behind = provider("answer=second");
    Upstream two =
        (request, control) -> {
          patienceNanos.set(control.headDeadlineNanos() - System.nanoTime());
          return behind.open(request, control);
        };
    String yaml =
        yaml("{ after: 20, max_percent: 100 }")
            .replace("routing:", "  three: { type: simulated }\nrouting:")
            .replace("two/b]", "two/b, three/c]");
    try (Rig rig =
        new Rig(yaml, Map.of("one", provider(NEVER), "two", two, "three", provider("")))) {
      assertThat(rig.call(ask(true)).text()).contains("second");
      assertThat(patienceNanos.get())
          .isBetween(1L, TimeUnit.MILLISECONDS.toNanos(2 * Clocks.FIRST_TOKEN_MS));
    }
  }

  @Test
  void aCopyThatIsOvertakenBeforeItHasAskedDoesNotAsk() throws IOException {
    SimulatedProvider one = provider("");
    try (Rig rig = new Rig(yaml("{ after: 20 }"), Map.of("one", one, "two", provider("")));
        Leg leg = Leg.second(rig.sweeper);
        Call call = new Call(rig.sweeper)) {
      byte[] name = "route".getBytes(StandardCharsets.US_ASCII);
      RouteRuntime route =
          Objects.requireNonNull(
              rig.snapshot.resolve(new ByteRange().set(name, 0, name.length), new ByteRange()));
      byte[] body = "{\"model\":\"route\",\"messages\":[]}".getBytes(StandardCharsets.US_ASCII);
      RequestScan scan = new RequestScan();
      assertThat(scan.scan(body, 0, body.length)).isTrue();
      leg.aim(route.target(0), 0, 0, System.nanoTime());
      leg.control().supersede();
      assertThat(leg.ask(call, scan, route, true, null)).isEqualTo(FailureClass.ABANDONED);
      leg.end(call);
    }
  }
}
