package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;

/** Equal calls at the same time are one call of the provider, whatever happens to who makes it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CacheFlightIT {
  private static final long LIMIT_SECONDS = 30;
  private static final long POLL_NANOS = 2_000_000;
  private static final int FOLLOWERS = 20;
  private static final String TEXT = "One answer for all of \"you\".";

  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final GatewayProcess gateway;
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger questions = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private CountDownLatch held = new CountDownLatch(1);

  CacheFlightIT() {
    for (String name : List.of("good", "bad")) {
      TalkingProvider talking = new TalkingProvider(_ -> TEXT);
      upstream.on(
          name,
          (request, connection) -> {
            asked.incrementAndGet();
            mostAtOnce.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
              awaitRelease();
              if (name.equals("good")) {
                talking.answer(request, connection);
              } else {
                byte[] error =
                    "{\"error\":{\"message\":\"broken\",\"type\":\"server_error\"}}"
                        .getBytes(StandardCharsets.UTF_8);
                connection.respond(
                    500, "application/json", error, ReplayUpstream.Framing.LENGTH, 0);
              }
            } finally {
              now.decrementAndGet();
            }
          });
    }
    Map<String, String> steady =
        Map.of("retries", "{ max: 0 }", "health", GatewayProcess.NEVER_OUT);
    gateway =
        GatewayProcess.start(
            "providers:\n"
                + GatewayProcess.provider("good", upstream.baseUrl("good"), steady)
                + GatewayProcess.provider("bad", upstream.baseUrl("bad"), steady)
                + """
                routing:
                  one: { targets: [good/m] }
                  broken: { targets: [bad/m] }
                  rescued:
                    strategy: priority
                    failover: true
                    targets: [{ provider: bad, model: m, priority: 0 }, { provider: good, model: m, priority: 1 }]
                cache: { exact: true }
                """);
  }

  private void awaitRelease() {
    try {
      if (!held.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionFailedError("never released");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @BeforeEach
  void begin() {
    held = new CountDownLatch(1);
    asked.set(0);
    mostAtOnce.set(0);
  }

  @AfterAll
  void close() throws IOException {
    callers.close();
    gateway.close();
    upstream.close();
  }

  /** So many calls of the same, every second one a stream. */
  private List<Future<RawClient.Response>> start(String route, int number, int calls) {
    List<Future<RawClient.Response>> all = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      ChatCall call = ChatCall.to(route, "Question " + number + "?").stream(i % 2 == 1);
      Callable<RawClient.Response> one = () -> call.on(gateway);
      all.add(callers.submit(one));
    }
    return all;
  }

  private void until(Callable<Boolean> condition, String what) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionFailedError("not within " + LIMIT_SECONDS + " s: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private void untilInFlight(int calls) throws Exception {
    until(() -> gateway.metric("fairlead_in_flight") >= calls, calls + " calls in flight");
  }

  private static void allHaveTheAnswer(List<Future<RawClient.Response>> all) throws Exception {
    for (int i = 0; i < all.size(); i++) {
      RawClient.Response response = all.get(i).get(LIMIT_SECONDS, TimeUnit.SECONDS);
      boolean stream = i % 2 == 1;
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(response.complete()).isTrue();
      Answer answer = Answer.ofOpenAi(response.body(), stream);
      assertThat(answer.text()).isEqualTo(TEXT);
      assertThat(answer.finish()).isEqualTo("stop");
      assertThat(answer.promptTokens()).isEqualTo(7);
      if (stream) {
        assertThat(response.text()).endsWith("data: [DONE]\n\n");
      }
    }
  }

  @Test
  void twoHundredAtOnceAreOneCall() throws Exception {
    double before = fromMemory();
    List<Future<RawClient.Response>> all = start("one", questions.incrementAndGet(), 200);
    untilInFlight(200);
    held.countDown();
    allHaveTheAnswer(all);
    assertThat(asked.get()).isEqualTo(1);
    assertThat(fromMemory() - before).isEqualTo(199);
  }

  /** Calls that waited for an equal one, and those that came a moment too late for that. */
  private double fromMemory() throws IOException {
    return gateway.metric("fairlead_cache_requests_total", "result=\"joined\"")
        + gateway.metric("fairlead_cache_requests_total", "result=\"exact\"");
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void whenTheOneWhoAsksLeavesAnotherAsksAndNobodyFails(boolean stream, boolean reset)
      throws Exception {
    int number = questions.incrementAndGet();
    List<Future<RawClient.Response>> all;
    try (RawClient first = new RawClient(gateway.port())) {
      ChatCall.to("one", "Question " + number + "?").stream(stream).send(first);
      until(() -> asked.get() == 1, "the first call at the provider");
      all = start("one", number, FOLLOWERS);
      untilInFlight(FOLLOWERS + 1);
      first.leave(reset);
      until(() -> asked.get() == 2, "another call at the provider");
    }
    held.countDown();
    allHaveTheAnswer(all);
    assertThat(asked.get()).isEqualTo(2);
  }

  @Test
  void whenTheProviderFailsForGoodTheyTryOneByOneAndGetItsError() throws Exception {
    List<Future<RawClient.Response>> all = start("broken", questions.incrementAndGet(), FOLLOWERS);
    untilInFlight(FOLLOWERS);
    held.countDown();
    for (Future<RawClient.Response> one : all) {
      RawClient.Response response = one.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertThat(response.status()).isEqualTo(500);
      assertThat(response.text()).contains("broken");
    }
    assertThat(mostAtOnce.get()).isEqualTo(1);
    assertThat(asked.get()).isLessThanOrEqualTo(FOLLOWERS);
  }

  @Test
  void whatAnotherTargetAnswersIsForAll() throws Exception {
    List<Future<RawClient.Response>> all = start("rescued", questions.incrementAndGet(), FOLLOWERS);
    untilInFlight(FOLLOWERS);
    held.countDown();
    allHaveTheAnswer(all);
    assertThat(mostAtOnce.get()).isEqualTo(1);
    assertThat(asked.get()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoHasLessTimeIsAloneInRunningOutOfIt(boolean stream) throws Exception {
    int number = questions.incrementAndGet();
    List<Future<RawClient.Response>> all = start("one", number, 4);
    untilInFlight(4);
    RawClient.Response hasty =
        ChatCall.to("one", "Question " + number + "?").stream(stream)
            .header("x-fairlead-timeout-ms", "150")
            .on(gateway);
    assertThat(hasty.status()).as(hasty.text()).isEqualTo(504);
    assertThat(hasty.text()).contains("call_timeout");
    held.countDown();
    allHaveTheAnswer(all);
    // Half of its time is for asking alone.
    assertThat(asked.get()).isEqualTo(2);
  }
}
