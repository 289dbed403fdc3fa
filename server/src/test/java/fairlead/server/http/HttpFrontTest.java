package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client sees when it behaves. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
@Timeout(30)
final class HttpFrontTest {
  private static DeadlineSweeper sweeper;
  private static HttpFront front;

  @BeforeAll
  static void start() throws IOException {
    sweeper = new DeadlineSweeper(5);
    front = HttpFront.builder(EchoHandler::new, sweeper).build().start();
  }

  @AfterAll
  static void stop() {
    front.close();
    sweeper.close();
  }

  private static RawClient connect() throws IOException {
    return new RawClient(front.port());
  }

  /** The threads of all event loops that run now. */
  private static Set<Thread> loops() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("fairlead-loop-"))
        .collect(Collectors.toSet());
  }

  @Test
  void aFrontThatCannotListenLeavesNoThreads() throws Exception {
    Set<Thread> before = loops();
    HttpFront second = HttpFront.builder(EchoHandler::new, sweeper).port(front.port()).build();
    assertThatThrownBy(second::start).isInstanceOf(IOException.class);
    for (Thread loop : loops()) {
      if (!before.contains(loop)) {
        assertThat(loop.join(Duration.ofSeconds(10))).isTrue();
      }
    }
  }

  @Test
  void answersAndKeepsTheConnection() throws IOException {
    try (RawClient client = connect()) {
      for (int i = 0; i < 3; i++) {
        client.send("GET /v1/models?a=" + i + " HTTP/1.1\r\nHost: x\r\n\r\n");
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("GET /v1/models?a=" + i + "|0|");
        assertThat(response.headers())
            .containsKeys("date", "content-length", "content-type")
            .doesNotContainKey("connection");
      }
    }
  }

  /** What came in pieces is received when the last one is here, else with its first byte. */
  @Test
  void tellsWhenARequestWasReceived() throws Exception {
    BlockingQueue<Long> times = new LinkedBlockingQueue<>();
    HttpHandler timing =
        exchange -> {
          times.add(exchange.startedNanos());
          exchange.body();
          times.add(exchange.receivedNanos());
          exchange.respond(200, new ByteSink(), new byte[0], 0, 0);
        };
    String head = "POST /p HTTP/1.1\r\nHost: x\r\n";
    List<String> framings =
        List.of(
            "Content-Length: 5\r\n\r\nhello",
            "Content-Length: 0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    try (HttpFront timed = HttpFront.builder(() -> timing, sweeper).build().start();
        RawClient client = new RawClient(timed.port())) {
      for (String framing : framings) {
        client.send(head + framing);
        long started = times.take();
        assertThat(times.take()).isEqualTo(started);
        client.response();
        client.send(head.substring(0, 10));
        long between = System.nanoTime();
        client.send(head.substring(10) + framing);
        times.take();
        assertThat(times.take() - between).isPositive();
        client.response();
      }
      client.send(head + framings.getFirst().substring(0, framings.getFirst().length() - 2));
      long started = times.take(); // and waits for the rest
      long between = System.nanoTime();
      client.send("lo");
      assertThat(times.take() - between).isPositive();
      assertThat(between - started).isPositive();
    }
  }

  @Test
  void readsFixedAndChunkedBodies() throws IOException {
    try (RawClient client = connect()) {
      client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.response().body()).isEqualTo("POST /p|5|hello");
      client.send(
          "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n");
      assertThat(client.response().body()).isEqualTo("POST /p|5|abcde");
    }
  }

  @Test
  void streams() throws IOException {
    try (RawClient client = connect()) {
      for (int i = 0; i < 2; i++) {
        client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        RawClient.Response response = client.response();
        assertThat(response.headers()).containsEntry("transfer-encoding", "chunked");
        assertThat(response.body()).isEqualTo("data: 0\n\ndata: 1\n\ndata: 2\n\n");
      }
    }
  }

  @Test
  void readsBodiesOfEverySize() throws IOException {
    try (RawClient client = connect()) {
      for (int size : new int[] {1, 4000, 4096, 5000, 70_000, 262_144, 262_145, 3_000_000}) {
        String body = "x".repeat(size);
        client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: " + size + "\r\n\r\n" + body);
        assertThat(client.response().body()).isEqualTo("POST /p|" + size + "|" + body);
        client.send(
            "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(size)
                + "\r\n"
                + body
                + "\r\n0\r\n\r\n");
        assertThat(client.response().body()).isEqualTo("POST /p|" + size + "|" + body);
      }
    }
    // the last answer can be read before its buffer is back; a leak runs into the timeout
    while (front.bufferedBytes() != 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void closesWhenAsked() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(client.response().closes()).isTrue();
      assertThat(client.atEnd()).isTrue();
    }
  }
}
