package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Calls at a target that is at its limit: who waits, who is served, who is refused. */
class QueueingTest {
  private static final String ASK =
      "{\"model\":\"route\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

  private static String yaml(String concurrency, String targets) {
    return """
    providers:
      one: { type: simulated, concurrency: %s }
      two: { type: simulated }
    routing:
      route: { strategy: priority, targets: %s }
    """
        .formatted(concurrency, targets);
  }

  private static SimulatedProvider provider(String knobs) {
    return new SimulatedProvider(SimulatedBehaviour.parse(knobs));
  }

  private static Thread start(Rig rig, FakeExchange http) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                rig.callApart(http);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static void awaitQueued(Rig rig, int calls) {
    while (rig.target("one").queued() < calls) {
      Thread.onSpinWait();
    }
  }

  private static void awaitInFlight(Rig rig, int calls) {
    while (rig.target("one").inFlight() < calls) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoWaitsIsServedWhenAPlaceIsFree() throws Exception {
    try (Rig rig =
        new Rig(
            yaml("{ max: 1, min: 1, queue: 10, queue_ms: 20000 }", "[one/a]"),
            Map.of("one", provider("latency_ms=40"), "two", provider("")))) {
      List<FakeExchange> calls = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        FakeExchange http = FakeExchange.chat(ASK);
        calls.add(http);
        threads.add(start(rig, http));
      }
      for (Thread thread : threads) {
        assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
      }
      assertThat(calls).allSatisfy(http -> assertThat(http.status).isEqualTo(200));
      assertThat(rig.target("one").inFlight()).isZero();
      assertThat(rig.target("one").queued()).isZero();
      assertThat(rig.total("fairlead_queued_total")).isPositive();
    }
  }

  @Test
  void whoFindsTheQueueFullIsToldWhenToComeBack() throws Exception {
    try (Rig rig =
        new Rig(
            yaml("{ max: 1, min: 1, queue: 1, queue_ms: 20000 }", "[one/a]"),
            Map.of("one", provider("latency_ms=60000"), "two", provider("")))) {
      FakeExchange served = FakeExchange.chat(ASK);
      Thread first = start(rig, served);
      awaitInFlight(rig, 1);
      FakeExchange waits = FakeExchange.chat(ASK);
      Thread second = start(rig, waits);
      awaitQueued(rig, 1);

      FakeExchange refused = rig.call(FakeExchange.chat(ASK));
      assertThat(refused.status).isEqualTo(503);
      assertThat(refused.responseHeader("retry-after")).isEqualTo("1");
      assertThat(refused.responseHeader("x-should-retry")).isEqualTo("true");
      assertThat(refused.text()).contains("\"code\":\"upstream_busy\"").contains("'route'");

      // A caller who leaves the queue leaves it for others.
      Objects.requireNonNull(waits.gone).run();
      assertThat(second.join(Duration.ofSeconds(10))).isTrue();
      assertThat(waits.aborted).isTrue();
      assertThat(rig.target("one").queued()).isZero();
      Objects.requireNonNull(served.gone).run();
      assertThat(first.join(Duration.ofSeconds(10))).isTrue();
      assertThat(rig.target("one").inFlight()).isZero();
      assertThat(rig.target("one").consecutiveFailures()).isZero();
    }
  }

  @Test
  void nobodyWaitsLongerThanTheQueueAllows() throws Exception {
    try (Rig rig =
        new Rig(
            yaml("{ max: 1, min: 1, queue: 5, queue_ms: 50 }", "[one/a]"),
            Map.of("one", provider("latency_ms=60000"), "two", provider("")))) {
      FakeExchange served = FakeExchange.chat(ASK);
      Thread first = start(rig, served);
      awaitInFlight(rig, 1);
      assertThat(rig.call(FakeExchange.chat(ASK)).status).isEqualTo(503);
      assertThat(rig.series("fairlead_queued_total{")).contains("timeout");
      Objects.requireNonNull(served.gone).run();
      assertThat(first.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void nobodyWaitsWhereAnotherTargetHasAPlace() throws Exception {
    try (Rig rig =
        new Rig(
            yaml("{ max: 1, min: 1, queue: 5, queue_ms: 20000 }", "[one/a, two/b]"),
            Map.of("one", provider("latency_ms=60000"), "two", provider("answer=second")))) {
      FakeExchange served = FakeExchange.chat(ASK);
      Thread first = start(rig, served);
      awaitInFlight(rig, 1);
      FakeExchange other = rig.call(FakeExchange.chat(ASK).with("x-fairlead-explain", "1"));
      assertThat(other.text()).contains("second");
      assertThat(other.responseHeader("x-fairlead-route-trace"))
          .contains("one/a is at its limit of 1 calls")
          .contains("two/b: answered after");
      Objects.requireNonNull(served.gone).run();
      assertThat(first.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  /** What a refusal of a target means for the next calls is seen from outside. */
  @Test
  void aTargetThatKeepsFailingGetsNoCallsAndTheTraceSaysWhy() throws IOException {
    try (Rig rig =
        new Rig(
            """
            providers:
              one: { type: simulated, retries: { max: 0 } }
              two: { type: simulated }
            routing:
              route: { strategy: priority, targets: [one/a, two/b] }
            """,
            Map.of("one", provider("status=503"), "two", provider("")))) {
      for (int i = 0; i < 5; i++) {
        FakeExchange http = rig.call(FakeExchange.chat(ASK));
        assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
      }
      FakeExchange http = rig.call(FakeExchange.chat(ASK).with("x-fairlead-explain", "1"));
      assertThat(http.status).isEqualTo(200);
      assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("1");
      assertThat(http.responseHeader("x-fairlead-route-trace"))
          .startsWith("route route (priority); one/a is ejected for ")
          .contains("two/b: answered after");
      assertThat(rig.series("fairlead_circuit_state{provider=\"one\"")).endsWith(" 2.0");
      assertThat(rig.snapshot.usable()).as("the route still has a target").isTrue();
    }
  }

  /** A caller with little time shares it between two targets, and nobody is ejected for that. */
  @Test
  void aSilentTargetDoesNotUseUpAShortCall() throws IOException {
    for (boolean stream : new boolean[] {false, true}) {
      try (Rig rig =
          new Rig(
              yaml("{ max: 10 }", "[one/a, two/b]"),
              Map.of("one", provider("silent=true"), "two", provider("answer=second")))) {
        for (int i = 0; i < 6; i++) {
          FakeExchange http =
              rig.call(
                  FakeExchange.chat(ASK.replace("\"model\"", "\"stream\":" + stream + ",\"model\""))
                      .with("x-fairlead-timeout-ms", "400"));
          assertThat(http.status).as(http.text()).isEqualTo(200);
          assertThat(http.text()).contains("second");
          assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
        }
        assertThat(rig.target("one").ejections()).isZero();
        assertThat(rig.target("one").inFlight()).isZero();
      }
    }
  }

  @Test
  void aGatewayWhoseTargetsAreAllOutIsNotReadyAndServesAllTheSame() throws IOException {
    SimulatedProvider one = provider("fail_first=5;status=503");
    try (Rig rig =
        new Rig(
            """
            providers:
              one: { type: simulated, retries: { max: 0 } }
              two: { type: simulated }
            routing:
              route: { targets: [one/a] }
            """,
            Map.of("one", one, "two", provider("")))) {
      for (int i = 0; i < 5; i++) {
        assertThat(rig.snapshot.usable()).isTrue();
        assertThat(rig.call(FakeExchange.chat(ASK)).status).isEqualTo(503);
      }
      assertThat(rig.snapshot.usable()).isFalse();
      assertThat(rig.call(FakeExchange.chat(ASK)).status).isEqualTo(200);
      assertThat(rig.snapshot.usable()).as("an answer brings it back").isTrue();
    }
  }

  @Test
  void aCallWithoutTheWishGetsNoTrace() throws IOException {
    try (Rig rig =
        new Rig(yaml("{ max: 10 }", "[one/a]"), Map.of("one", provider(""), "two", provider("")))) {
      assertThat(rig.call(FakeExchange.chat(ASK)).responseHeader("x-fairlead-route-trace"))
          .isNull();
    }
  }

  @Test
  void theMostUsefulErrorWinsAndEveryAttemptIsTold() throws IOException {
    ScriptedUpstream first =
        new ScriptedUpstream()
            .then(
                ScriptedUpstream.Answer.json(
                    400,
                    "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}"));
    ScriptedUpstream second =
        new ScriptedUpstream()
            .then(ScriptedUpstream.Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
    try (Rig rig =
        new Rig(
            """
            providers:
              one: { type: openai-compatible, base_url: "http://1.example/v1" }
              two: { type: openai-compatible, base_url: "http://2.example/v1" }
            routing:
              route: { strategy: priority, targets: [one/a, two/b] }
            """,
            Map.of("one", first, "two", second))) {
      FakeExchange http = rig.call(FakeExchange.chat(ASK));
      assertThat(http.status).isEqualTo(400);
      assertThat(http.text()).contains("too long");
      assertThat(http.responseHeader("x-fairlead-provider")).isEqualTo("one");
      assertThat(http.responseHeader("x-should-retry")).isEqualTo("false");
      assertThat(http.responseHeader("x-fairlead-route-trace"))
          .contains("one/a: HTTP 400")
          .contains("two/b: ");
    }
  }

  @Test
  void whoIsTurnedAwayLearnsOfTheAttemptsBeforeToo() throws Exception {
    try (Rig rig =
        new Rig(
            yaml("{ max: 1, min: 1, queue: 0 }", "[two/b, one/a]"),
            Map.of(
                "one",
                provider("latency_ms=60000"),
                "two",
                new ScriptedUpstream()
                    .then(
                        ScriptedUpstream.Answer.failing(
                            UpstreamException.Kind.CONNECT_REFUSED))))) {
      FakeExchange served = FakeExchange.chat(ASK);
      Thread first = start(rig, served);
      awaitInFlight(rig, 1);
      FakeExchange refused = rig.call(FakeExchange.chat(ASK));
      assertThat(refused.status).isEqualTo(503);
      assertThat(refused.text())
          .contains("\"code\":\"upstream_busy\"")
          .contains("two/b: scripted CONNECT_REFUSED");
      Objects.requireNonNull(served.gone).run();
      assertThat(first.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  /** Another provider may have taken all connections. */
  @Test
  void aPoolThatIsUsedUpIsNoFaultOfTheTarget() throws IOException {
    try (Rig rig =
        new Rig(
            yaml("{ max: 1, min: 1, queue: 0 }", "[one/a, two/b]"),
            Map.of(
                "one",
                new ScriptedUpstream()
                    .then(ScriptedUpstream.Answer.failing(UpstreamException.Kind.POOL_EXHAUSTED)),
                "two",
                provider("")))) {
      for (int i = 0; i < 20; i++) {
        FakeExchange http = rig.call(FakeExchange.chat(ASK));
        assertThat(http.status).isEqualTo(200);
        assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("2");
      }
      assertThat(rig.target("one").consecutiveFailures()).isZero();
      assertThat(rig.target("one").ejections()).isZero();
      assertThat(rig.target("one").inFlight()).isZero();
    }
  }
}
