package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stopping: what runs may finish, what idles goes at once, what does not end is cut. */
@Timeout(30)
final class HttpDrainTest {
  private static final byte[] EVENT = "data: 1\n\n".getBytes(StandardCharsets.US_ASCII);

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() {
    sweeper.close();
  }

  private HttpFront front(Duration drain) throws IOException {
    return HttpFront.builder(() -> this::handle, sweeper)
        .drainTimeout(drain)
        .lingerTimeout(Duration.ofMillis(200))
        .build()
        .start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    if (exchange.path().equals("/held")) {
      exchange.beginStream(200, new ByteSink());
      exchange.write(EVENT, 0, EVENT.length);
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      exchange.write(EVENT, 0, EVENT.length);
      exchange.endStream();
    } else if (exchange.path().equals("/wait")) {
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      exchange.respond(200, new ByteSink(), EVENT, 0, EVENT.length);
    } else {
      exchange.respond(200, new ByteSink(), EVENT, 0, EVENT.length);
    }
  }

  /** Reads head and first event of a held stream. */
  private static void readFirstEvent(RawClient client) throws IOException {
    for (String line = client.line(); !line.isEmpty(); line = client.line()) {
      assertThat(line).doesNotContain("close");
    }
    assertThat(client.line()).isEqualTo("9");
    assertThat(client.line()).isEqualTo("data: 1");
  }

  @Test
  void lettingAStreamFinish() throws Exception {
    HttpFront front = front(Duration.ofSeconds(20));
    try (RawClient idle = new RawClient(front.port());
        RawClient stream = new RawClient(front.port());
        RawClient waiting = new RawClient(front.port())) {
      idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(idle.response().status()).isEqualTo(200);
      stream.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
      readFirstEvent(stream);
      waiting.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
      while (front.inFlight() < 2) {
        Thread.onSpinWait();
      }

      Thread stopping = Thread.startVirtualThread(front::stop);
      assertThat(idle.atEnd()).isTrue();
      assertThat(front.isListening()).isFalse();
      assertThat(stopping.join(Duration.ofMillis(100))).isFalse();
      assertThat(front.openConnections()).isEqualTo(2);

      release.countDown();
      assertThat(stream.rest()).endsWith("data: 1\n\n\r\n0\r\n\r\n");
      RawClient.Response last = waiting.response();
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.closes()).isTrue();
      assertThat(waiting.rest()).isEmpty();
      assertThat(stopping.join(Duration.ofSeconds(10))).isTrue();
      assertThat(front.openConnections()).isZero();
      assertThatThrownBy(() -> new RawClient(front.port())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void cuttingAStreamThatDoesNotEnd() throws Exception {
    HttpFront front = front(Duration.ofMillis(200));
    try (RawClient stream = new RawClient(front.port())) {
      stream.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
      readFirstEvent(stream);
      long begin = System.nanoTime();
      front.stop();
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isBetween(190L, 3_000L);
      assertThat(front.openConnections()).isZero();
      assertThat(stream.rest()).doesNotContain("0\r\n\r\n");
    }
  }

  @Test
  void stoppingTwiceAndReusingThePort() throws Exception {
    HttpFront front = front(Duration.ofSeconds(1));
    int port = front.port();
    front.stop();
    front.stop();
    try (HttpFront again =
            HttpFront.builder(() -> this::handle, sweeper).port(port).build().start();
        RawClient client = new RawClient(again.port())) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      assertThatThrownBy(
              () -> HttpFront.builder(() -> this::handle, sweeper).port(port).build().start())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(Integer.toString(port));
    }
  }
}
