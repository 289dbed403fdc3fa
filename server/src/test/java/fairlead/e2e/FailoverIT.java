package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A provider is killed in the middle of requests under load: no caller notices. */
final class FailoverIT {
  private static final int CALLERS = 32;
  private static final int CALLS_BEFORE = 200;
  private static final int CALLS_AFTER = 400;
  private static final String FIRST = "first-answer";
  private static final String SECOND = "second-answer";

  private final AtomicInteger first = new AtomicInteger();
  private final AtomicInteger second = new AtomicInteger();
  private final AtomicInteger cutStreams = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  @Test
  void everyCallerGetsAnAnswerFromTheOtherTarget() throws Exception {
    try (SimulatedProcess dies =
            SimulatedProcess.start(Map.of("latency_ms", "60", "answer", FIRST));
        SimulatedProcess lives =
            SimulatedProcess.start(Map.of("latency_ms", "20", "answer", SECOND));
        GatewayProcess gateway =
            GatewayProcess.start(
                "providers:\n"
                    + GatewayProcess.provider("dies", dies.baseUrl(), Map.of())
                    + GatewayProcess.provider("lives", lives.baseUrl(), Map.of())
                    + "routing:\n  both:\n    targets:\n"
                    + "      - { provider: dies, model: m, priority: 1 }\n"
                    + "      - { provider: lives, model: m, priority: 2 }\n"
                    + "    strategy: priority\n    failover: true\n")) {
      AtomicBoolean stop = new AtomicBoolean();
      CountDownLatch before = new CountDownLatch(CALLS_BEFORE);
      CountDownLatch after = new CountDownLatch(CALLS_AFTER);
      AtomicBoolean killed = new AtomicBoolean();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        boolean stream = i % 2 == 0;
        callers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (!stop.get()) {
                        call(gateway.port(), stream);
                        (killed.get() ? after : before).countDown();
                      }
                    }));
      }
      assertThat(before.await(30, TimeUnit.SECONDS)).as("calls before the kill").isTrue();
      double failoversBefore = gateway.metric("fairlead_failovers_total");
      int answeredBefore = first.get();
      dies.kill();
      killed.set(true);
      boolean enough = after.await(30, TimeUnit.SECONDS);
      stop.set(true);
      for (Thread caller : callers) {
        caller.join(TimeUnit.SECONDS.toMillis(30));
      }
      double failovers = gateway.metric("fairlead_failovers_total") - failoversBefore;
      System.out.printf(
          "killed under load: %d answers from the first (%d before the kill), %d from the second,"
              + " %.0f failovers, %d streams cut after content, %d failures %s%n",
          first.get(),
          answeredBefore,
          second.get(),
          failovers,
          cutStreams.get(),
          failures.size(),
          failures.stream().limit(5).toList());
      assertThat(enough).as("calls after the kill").isTrue();
      assertThat(failures).isEmpty();
      assertThat(first.get()).isGreaterThanOrEqualTo(CALLS_BEFORE);
      assertThat(second.get()).isGreaterThanOrEqualTo(CALLS_AFTER - CALLERS);
      assertThat(failoversBefore).isZero();
      assertThat(failovers).isPositive();
      assertThat(gateway.metric("fairlead_failovers_total", "from=\"dies\"", "to=\"lives\""))
          .isEqualTo(failovers);
      // A one-word answer leaves in one or two writes; a kill between them is honest, not hidden.
      assertThat(cutStreams.get()).isLessThanOrEqualTo(CALLERS / 2);
    }
  }

  private void call(int port, boolean stream) {
    try {
      RawClient.Response answer =
          RawClient.post(
              port,
              "/v1/chat/completions",
              "{\"model\":\"both\",\"stream\":"
                  + stream
                  + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
      String text = answer.text();
      if (answer.status() != 200) {
        failures.add(answer.status() + " " + text);
      } else if (stream && text.contains("event: error") && !text.contains("[DONE]")) {
        cutStreams.incrementAndGet();
      } else if (!answer.complete() || (stream && !text.contains("[DONE]"))) {
        failures.add("incomplete: " + text);
      } else if (text.contains(FIRST) && answer.header("x-fairlead-provider").equals("dies")) {
        first.incrementAndGet();
      } else if (text.contains(SECOND) && answer.header("x-fairlead-provider").equals("lives")) {
        second.incrementAndGet();
      } else {
        failures.add(answer.headers() + " " + text);
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }
}
