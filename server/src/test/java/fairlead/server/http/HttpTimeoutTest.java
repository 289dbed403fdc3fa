package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that are too slow are cut, each in its way, while others are served. */
@Timeout(30)
final class HttpTimeoutTest {
  private static DeadlineSweeper sweeper;
  private static HttpFront front;
  private static volatile CompletableFuture<IOException> stalled = new CompletableFuture<>();

  @BeforeAll
  static void start() throws IOException {
    sweeper = new DeadlineSweeper(5);
    front =
        HttpFront.builder(() -> HttpTimeoutTest::handle, sweeper)
            .headTimeout(Duration.ofMillis(300))
            .bodyTimeout(Duration.ofMillis(300), Duration.ofMillis(600), 1_000_000)
            .idleTimeout(Duration.ofMillis(500))
            .writeStallTimeout(Duration.ofMillis(300))
            .build()
            .start();
  }

  @AfterAll
  static void stop() {
    front.close();
    sweeper.close();
  }

  private static void handle(HttpExchange exchange) throws IOException {
    if (!exchange.path().equals("/flood")) {
      new EchoHandler().handle(exchange);
      return;
    }
    byte[] bytes = new byte[64 * 1024];
    exchange.beginStream(200, new ByteSink());
    try {
      while (true) {
        exchange.write(bytes, 0, bytes.length);
      }
    } catch (IOException e) {
      stalled.complete(e);
      throw e;
    }
  }

  private static void othersAreServed() throws IOException {
    try (RawClient other = new RawClient(front.port())) {
      other.send("POST /o HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok");
      assertThat(other.response().body()).isEqualTo("POST /o|2|ok");
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  @Test
  void halfAHeadGets408() throws IOException {
    try (RawClient client = new RawClient(front.port())) {
      long begin = System.nanoTime();
      client.send("GET / HTTP/1.1\r\nHos");
      othersAreServed();
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(408);
      assertThat(response.closes()).isTrue();
      assertThat(client.rest()).isEmpty();
      assertThat(millisSince(begin)).isBetween(280L, 2_000L);
    }
  }

  @Test
  void aTrickledHeadGets408() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      // each byte is early enough for a timeout between reads, all together are not
      CompletableFuture<Void> trickle = trickle(client, "GET / HTTP/1.1\r\nX: ", 50);
      assertThat(client.response().status()).isEqualTo(408);
      othersAreServed();
      trickle.cancel(true);
    }
  }

  @Test
  void halfABodyGets408() throws IOException {
    try (RawClient client = new RawClient(front.port())) {
      long begin = System.nanoTime();
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf");
      othersAreServed();
      assertThat(client.response().status()).isEqualTo(408);
      assertThat(client.rest()).isEmpty();
      assertThat(millisSince(begin)).isBetween(280L, 2_000L);
    }
  }

  @Test
  void aTrickledBodyGets408() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      long begin = System.nanoTime();
      CompletableFuture<Void> trickle =
          trickle(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n", 100);
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(408);
      assertThat(response.body()).contains("body_too_slow");
      // later than the gap alone, since every gap was kept
      assertThat(millisSince(begin)).isBetween(580L, 3_000L);
      trickle.cancel(true);
    }
  }

  @Test
  void aTrickledChunkedBodyGets408() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      CompletableFuture<Void> trickle =
          trickle(
              client,
              "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n",
              100);
      assertThat(client.response().status()).isEqualTo(408);
      trickle.cancel(true);
    }
  }

  /** Sends the text and then a byte per period until that fails. */
  private static CompletableFuture<Void> trickle(RawClient client, String text, int periodMillis)
      throws IOException {
    client.send(text);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            while (true) {
              try {
                done.get(periodMillis, TimeUnit.MILLISECONDS);
              } catch (TimeoutException e) {
                client.send("a");
              }
            }
          } catch (Exception e) {
            done.complete(null);
          }
        });
    return done;
  }

  @Test
  void anIdleConnectionIsClosedSilently() throws IOException {
    try (RawClient client = new RawClient(front.port())) {
      long begin = System.nanoTime();
      assertThat(client.rest()).isEmpty();
      assertThat(millisSince(begin)).isBetween(480L, 2_000L);
    }
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aCallerThatReadsNothingIsCutAndHoldsNoMemory() throws Exception {
    stalled = new CompletableFuture<>();
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(stalled.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
      othersAreServed();
    }
    // the last answer can be read before its buffer is back; a leak runs into the timeout
    while (front.bufferedBytes() != 0) {
      Thread.onSpinWait();
    }
  }
}
