package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.http.DeadlineSweeper;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
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
