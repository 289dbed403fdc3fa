package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What many slow streams and slow readers cost in memory, as the system counts it. */
final class FootprintIT {
  private static final int STREAMS = 2_000;
  private static final long STREAMS_LIMIT_KIB = 260 << 10;
  private static final int READERS = 20;
  private static final long READERS_LIMIT_KIB = 64 << 10;
  private static final int BIG = 16 << 10;

  private static final String QUESTION =
      "{\"model\":\"slow/m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final GatewayProcess gateway =
      GatewayProcess.launch(
          "providers:\n"
              + GatewayProcess.provider(
                  "slow", upstream.baseUrl("slow"), Map.of("retries", "{ max: 0 }")),
          Map.of());

  @AfterEach
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  @Test
  void twoThousandSlowStreamsCostNoMoreThan260Megabytes() throws Exception {
    Assumptions.assumeTrue(gateway.residentKib() > 0, "skipped: no /proc on this system");
    CountDownLatch finish = new CountDownLatch(1);
    upstream.on(
        "slow",
        (_, connection) -> {
          connection.beginEvents();
          connection.delta("first");
          try {
            while (!finish.await(1, TimeUnit.SECONDS)) {
              connection.delta("more");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          connection.finishEvents();
        });
    long before = gateway.residentKib();
    CountDownLatch streaming = new CountDownLatch(STREAMS);
    AtomicInteger whole = new AtomicInteger();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      callers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (RawClient caller = new RawClient(gateway.port())) {
                      caller.post("/v1/chat/completions", QUESTION);
                      if (caller.head() == 200) {
                        caller.readUntil("first");
                        streaming.countDown();
                        caller.readUntil("[DONE]");
                        whole.incrementAndGet();
                      }
                    } catch (IOException e) {
                      System.out.println("a stream failed: " + e);
                    }
                  }));
    }
    assertThat(streaming.await(60, TimeUnit.SECONDS))
        .as("all streams began; " + streaming.getCount() + " did not")
        .isTrue();
    long peak = 0;
    for (int sample = 0; sample < 30; sample++) {
      peak = Math.max(peak, gateway.residentKib());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    double inFlight = gateway.metric("fairlead_in_flight");
    finish.countDown();
    for (Thread caller : callers) {
      caller.join(TimeUnit.SECONDS.toMillis(30));
    }
    System.out.printf(
        "%d slow streams: resident %d MB, %d MB before them, cost %d MB; in flight %.0f; whole %d%n",
        STREAMS, peak >> 10, before >> 10, (peak - before) >> 10, inFlight, whole.get());
    assertThat(whole.get()).isEqualTo(STREAMS);
    assertThat(inFlight).isGreaterThanOrEqualTo(STREAMS);
    assertThat(peak).as("resident in all").isLessThan(STREAMS_LIMIT_KIB);
  }

  @Test
  void slowReadersDoNotGrowMemoryButHoldTheProviderBack() throws Exception {
    Assumptions.assumeTrue(gateway.residentKib() > 0, "skipped: no /proc on this system");
    AtomicLong written = new AtomicLong();
    AtomicInteger ended = new AtomicInteger();
    String big = "x".repeat(BIG);
    upstream.on(
        "slow",
        (_, connection) -> {
          connection.beginEvents();
          connection.delta("first");
          try {
            while (true) {
              connection.delta(big);
              written.addAndGet(BIG);
            }
          } finally {
            ended.incrementAndGet();
          }
        });
    List<RawClient> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      RawClient reader = new RawClient(gateway.port(), 32 << 10);
      reader.post("/v1/chat/completions", QUESTION);
      assertThat(reader.head()).isEqualTo(200);
      reader.readUntil("first");
      readers.add(reader);
    }
    long early = settled(written);
    long before = gateway.residentKib();
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
    long late = written.get();
    long after = gateway.residentKib();
    System.out.printf(
        "%d readers who stopped: providers could write %.1f MB and %.1f MB more in 3 s;"
            + " resident %d MB, then %d MB%n",
        READERS, early / 1e6, (late - early) / 1e6, before >> 10, after >> 10);
    assertThat(late).as("the provider is held back").isEqualTo(early);
    assertThat(after - before).isLessThan(READERS_LIMIT_KIB);

    // One that goes on reading gets everything, in order, while the others stand still.
    assertThat(readers.getFirst().readUntil(big)).contains("data: ");
    for (RawClient reader : readers) {
      reader.close();
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (ended.get() < READERS && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    assertThat(ended.get()).as("providers let go after the readers left").isEqualTo(READERS);
  }

  /** Waits until nothing has been written for 500 ms: every buffer on the way is full. */
  private static long settled(AtomicLong written) {
    long seen = -1;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (seen != written.get() && System.nanoTime() - deadline < 0) {
      seen = written.get();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    }
    return seen;
  }
}
