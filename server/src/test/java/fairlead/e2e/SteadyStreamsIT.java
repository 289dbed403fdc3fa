package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Streams whose events come one by one, many at once, as models send them: every caller gets its
 * own, whole and in order, over kept connections.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SteadyStreamsIT {
  private static final int CALLERS = 40;
  private static final int ROUNDS = 3;
  private static final int EVENTS = 40;
  private static final int LARGE = 30_000;

  private final long seed = Long.getLong("fairlead.seed", 20261130);
  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final GatewayProcess gateway =
      GatewayProcess.start(
          "providers:\n"
              + GatewayProcess.provider(
                  "paced", upstream.baseUrl("paced"), Map.of("retries", "{ max: 0 }")));
  private final Map<Integer, String> expected = new ConcurrentHashMap<>();
  private final AtomicInteger streams = new AtomicInteger();

  @AfterAll
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  @Test
  void arriveWholeAndApart() throws Exception {
    System.out.println("SteadyStreamsIT seed " + seed);
    upstream.on(
        "paced",
        (_, connection) -> {
          int number = streams.incrementAndGet();
          Random random = new Random(seed + number);
          StringBuilder text = new StringBuilder();
          connection.beginEvents();
          for (int i = 0; i < EVENTS; i++) {
            String piece = "<" + number + "." + i + ">";
            if (random.nextInt(50) == 0) {
              piece += "x".repeat(LARGE);
            }
            text.append(piece);
            connection.delta(piece);
            if (random.nextInt(4) > 0) {
              LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(8_000)));
            }
          }
          expected.put(number, text.toString());
          connection.finishEvents();
        });
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> work =
          IntStream.range(0, CALLERS).<Callable<Integer>>mapToObj(_ -> this::call).toList();
      int right = 0;
      for (Future<Integer> caller : callers.invokeAll(work)) {
        right += caller.get();
      }
      assertThat(right).isEqualTo(CALLERS * ROUNDS);
    }
    assertThat(streams).hasValue(CALLERS * ROUNDS);
  }

  /** Several streams over one connection; how many were right. */
  private int call() throws IOException {
    int right = 0;
    try (RawClient caller = new RawClient(gateway.port())) {
      for (int round = 0; round < ROUNDS; round++) {
        caller.post(
            "/v1/chat/completions",
            "{\"model\":\"paced/m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
        RawClient.Response answer = caller.response();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.complete()).isTrue();
        String text = contents(answer.text());
        int number = Integer.parseInt(text.substring(1, text.indexOf('.')));
        assertThat(text).isEqualTo(expected.get(number));
        right++;
      }
    }
    return right;
  }

  private static String contents(String events) {
    StringBuilder text = new StringBuilder();
    String mark = "\"content\":\"";
    for (int at = events.indexOf(mark); at >= 0; at = events.indexOf(mark, at)) {
      int from = at + mark.length();
      int to = events.indexOf('"', from);
      text.append(events, from, to);
      at = to;
    }
    return text.toString();
  }
}
