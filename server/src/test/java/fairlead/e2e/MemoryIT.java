package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the gateway takes of the system's memory, started as users start it and not tuned: idle,
 * under a steady load, with very many calls in flight, with large bodies, and after them.
 *
 * <p>Resident memory is read from {@code /proc}; without it there is nothing to assert.
 */
@Tag("slow")
final class MemoryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Map<String, String> SLOW = Map.of("latency_ms", "1500");

  /** So slow that the first call is still in flight when two busy processors have made the last. */
  private static final Map<String, String> SLOWER = Map.of("latency_ms", "8000");

  /** How many may be connecting at once; the kernel's queue is no part of what is measured. */
  private static final int CONNECTING = 256;

  @Test
  void idleAndAtAThousandCallsASecond(@TempDir Path caches) throws Exception {
    Map<String, String> aot = Map.of("FAIRLEAD_AOT", "now", "FAIRLEAD_AOT_DIR", caches.toString());
    try (SimulatedProcess provider = SimulatedProcess.start(Map.of());
        GatewayProcess gateway = GatewayProcess.launch(config(provider), aot)) {
      requireProc(gateway);
      long idle = settled(gateway);
      Calls calls = new Calls(gateway.port(), body(1_000));
      int made = calls.atRate(1_000, Duration.ofSeconds(8), gateway);
      System.out.printf(
          "idle %d MB; %d calls at 1,000/s: most %d MB; failures %.300s%n",
          idle >> 10, made, calls.mostKib() >> 10, calls.failures());
      assertThat(calls.failures()).isEmpty();
      assertThat(made).isGreaterThan(6_000);
      assertThat(idle).as("idle").isLessThanOrEqualTo(95 << 10);
      assertThat(calls.mostKib()).as("at 1,000 calls/s").isLessThanOrEqualTo(160 << 10);
    }
  }

  @Test
  void tenThousandCallsInFlight() throws Exception {
    int count = 10_000;
    int connected = Math.min(count, mostUpstreamConnections(count));
    System.out.printf(
        "%d calls in flight, %d of them over a connection to the provider, the others to one in the"
            + " process: it may have %d descriptors%n",
        count, connected, descriptors());
    Assumptions.assumeTrue(
        connected >= 9_000, "skipped: needs 'ulimit -n 20000'; 20,400 for a connection each");
    // Unless it is told, the gateway lets in half as many callers as it may have descriptors.
    String server = connected == count ? "" : "server: { max_connections: 10100 }\n";
    String inside = "  here: { type: simulated, latency_ms: 8000 }\n";
    try (SimulatedProcess provider = SimulatedProcess.start(SLOWER, "2g");
        GatewayProcess gateway =
            GatewayProcess.launch(server + config(provider) + inside, Map.of())) {
      requireProc(gateway);
      byte[] body = body(200);
      List<byte[]> bodies = new ArrayList<>(Collections.nCopies(connected, body));
      bodies.addAll(Collections.nCopies(count - connected, body("here/m", 200)));
      Calls calls = new Calls(gateway.port(), body);
      int most = calls.atOnce(bodies, gateway);
      System.out.printf(
          "%d calls, at most %d in flight: resident at most %d MB; failures %.300s%n",
          count, most, gateway.mostResidentKib() >> 10, calls.failures());
      assertThat(calls.failures()).isEmpty();
      assertThat(most).as("really in flight").isGreaterThan(count * 9 / 10);
      assertThat(gateway.mostResidentKib()).isLessThanOrEqualTo(1_000 << 10);
    }
  }

  @Test
  void largeBodiesInFlightAndTheMemoryAfterThem() throws Exception {
    try (SimulatedProcess provider = SimulatedProcess.start(SLOW, "2g");
        GatewayProcess gateway = GatewayProcess.launch(config(provider), Map.of())) {
      requireProc(gateway);
      long idle = settled(gateway);
      Calls calls = new Calls(gateway.port(), body(150_000));
      int most = 0;
      for (int round = 0; round < 3; round++) {
        most = Math.max(most, calls.atOnce(1_500, gateway));
      }
      long peak = gateway.mostResidentKib();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
      long began = System.nanoTime();
      long after = gateway.residentKib();
      while (after > idle * 13 / 10 && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        after = gateway.residentKib();
      }
      System.out.printf(
          "3 x 1,500 calls of 150 KB, at most %d in flight: idle %d MB, at most %d MB,"
              + " %d MB %.1f s later (%.2f x idle); failures %.300s%n",
          most,
          idle >> 10,
          peak >> 10,
          after >> 10,
          (System.nanoTime() - began) / 1e9,
          after / (double) idle,
          calls.failures());
      assertThat(calls.failures()).isEmpty();
      assertThat(peak).isLessThanOrEqualTo(768 << 10);
      assertThat(after).as("after the load").isLessThanOrEqualTo(idle * 13 / 10);
    }
  }

  @Test
  void moreBodiesThanFitAreRefusedAndTheRestIsServed() throws Exception {
    String small = "server: { max_body_bytes: 1MB, max_buffered_bytes: 20MB }\n";
    try (SimulatedProcess provider = SimulatedProcess.start(SLOW, "2g");
        GatewayProcess gateway =
            GatewayProcess.launch(small + config(provider), Map.of("FAIRLEAD_HEAP", "64m"))) {
      Calls calls = new Calls(gateway.port(), body(150_000));
      calls.atOnce(400, gateway);
      List<String> failures = calls.failures();
      System.out.printf(
          "400 bodies of 150 KB, 20 MB allowed: %d refused, first %s%n",
          failures.size(), failures.stream().limit(1).toList());
      assertThat(failures).isNotEmpty().hasSizeLessThan(400 - 100);
      assertThat(failures).allMatch(text -> text.startsWith("503 ") && text.contains("overloaded"));
      assertThat(gateway.metric("fairlead_buffered_bytes")).isLessThan(1e6);
      assertThat(gateway.output()).doesNotContain("OutOfMemoryError");
      Calls again = new Calls(gateway.port(), body(150_000));
      again.atOnce(50, gateway);
      assertThat(again.failures()).isEmpty();
    }
  }

  private static String config(SimulatedProcess provider) {
    return "providers:\n"
        + GatewayProcess.provider("up", provider.baseUrl(), Map.of("retries", "{ max: 0 }"));
  }

  private static byte[] body(int bytes) {
    return body("up/m", bytes);
  }

  private static byte[] body(String model, int bytes) {
    String start = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"";
    String end = "\"}]}";
    return (start + "x".repeat(bytes - start.length() - end.length()) + end)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void requireProc(GatewayProcess gateway) {
    Assumptions.assumeTrue(gateway.residentKib() > 0, "skipped: no /proc on this system");
  }

  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : 0;
  }

  /** What the gateway, which inherits this process's limit, has left beside so many callers. */
  private static int mostUpstreamConnections(int callers) {
    return (int) Math.min(Integer.MAX_VALUE, descriptors() - callers - 400);
  }

  /** Idle memory: what it is when it has not changed by 1 % for two seconds. */
  private static long settled(GatewayProcess gateway) {
    long seen = gateway.residentKib();
    int same = 0;
    for (int i = 0; i < 100 && same < 20; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      long now = gateway.residentKib();
      same = Math.abs(now - seen) < seen / 100 ? same + 1 : 0;
      seen = same == 0 ? now : seen;
    }
    return gateway.residentKib();
  }

  /** Calls of one kind; what was not answered with 200 is a failure. */
  private static final class Calls {
    private final int port;
    private final byte[] body;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong mostKib = new AtomicLong();
    private final Semaphore connecting = new Semaphore(CONNECTING);

    Calls(int port, byte[] body) {
      this.port = port;
      this.body = body;
    }

    List<String> failures() {
      return List.copyOf(failures);
    }

    long mostKib() {
      return mostKib.get();
    }

    /** Each on a connection of its own; the most that were seen in flight. */
    int atOnce(int count, GatewayProcess gateway) throws InterruptedException, IOException {
      return atOnce(Collections.nCopies(count, body), gateway);
    }

    int atOnce(List<byte[]> bodies, GatewayProcess gateway)
        throws InterruptedException, IOException {
      List<Thread> callers = new ArrayList<>();
      for (byte[] each : bodies) {
        callers.add(Thread.ofVirtual().start(() -> once(each)));
      }
      int most = 0;
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      for (Thread caller : callers) {
        while (!caller.join(Duration.ofMillis(200)) && System.nanoTime() - deadline < 0) {
          most = Math.max(most, (int) gateway.metric("fairlead_in_flight"));
        }
        if (caller.isAlive()) {
          failures.add("a caller still waits after " + PATIENCE);
          return most;
        }
      }
      return most;
    }

    private void once(byte[] request) {
      connecting.acquireUninterruptibly();
      boolean sent = false;
      try (RawClient client = new RawClient(port)) {
        client.post("/v1/chat/completions", request);
        connecting.release();
        sent = true;
        check(client.response());
      } catch (IOException e) {
        failures.add(e.toString());
      } finally {
        if (!sent) {
          connecting.release();
        }
      }
    }

    private void check(RawClient.Response response) {
      if (response.status() != 200 || !response.complete()) {
        failures.add(response.status() + " " + response.text());
      }
    }

    /** At most 64 connections, as many calls as are due; how many were made. */
    int atRate(int perSecond, Duration length, GatewayProcess gateway) throws InterruptedException {
      AtomicInteger next = new AtomicInteger();
      long began = System.nanoTime();
      int last = (int) (perSecond * length.toSeconds());
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        callers.add(Thread.ofVirtual().start(() -> paced(next, last, began, perSecond)));
      }
      for (Thread caller : callers) {
        while (!caller.join(Duration.ofMillis(100))) {
          mostKib.accumulateAndGet(gateway.residentKib(), Math::max);
          if (System.nanoTime() - began > PATIENCE.toNanos()) {
            failures.add("a caller still waits after " + PATIENCE);
            return next.get();
          }
        }
      }
      return Math.min(last, next.get());
    }

    private void paced(AtomicInteger next, int last, long began, int perSecond) {
      try (RawClient client = new RawClient(port)) {
        for (int n = next.getAndIncrement(); n < last; n = next.getAndIncrement()) {
          long due = began + n * (TimeUnit.SECONDS.toNanos(1) / perSecond);
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          client.post("/v1/chat/completions", body);
          check(client.response());
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }
  }
}
