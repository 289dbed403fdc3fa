package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What handlers may do, and what a client sees of it. */
@Timeout(30)
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class HttpSemanticsTest {
  private static final byte[] TEXT = "0123456789".getBytes(StandardCharsets.US_ASCII);

  private static final String KNOWN = "/known";

  private static DeadlineSweeper sweeper;
  private static HttpFront front;

  @BeforeAll
  static void start() throws IOException {
    sweeper = new DeadlineSweeper(5);
    front =
        HttpFront.builder(() -> HttpSemanticsTest::handle, sweeper)
            .knownPaths(List.of(KNOWN))
            .maxBufferedBytes(1_000_000)
            .lingerTimeout(Duration.ofMillis(500))
            .failureBody(
                (failure, path, headers, body) -> {
                  FailureBody.OPENAI.render(failure, path, headers, body);
                  headers.ascii("X-Path: ").ascii(path).ascii("\r\n");
                })
            .build()
            .start();
  }

  @AfterAll
  static void stop() {
    front.close();
    sweeper.close();
  }

  @SuppressWarnings("ReferenceEquality") // the same instance is what is asked for
  private static void handle(HttpExchange exchange) throws IOException {
    switch (exchange.path()) {
      case "/ignore" -> exchange.respond(200, new ByteSink(), TEXT, 0, 10);
      case "/stream" -> {
        exchange.beginStream(200, new ByteSink());
        exchange.write(TEXT, 0, 4);
        exchange.write(TEXT, 0, 0);
        exchange.write(TEXT, 4, 6);
        exchange.endStream();
      }
      case "/empty-stream" -> {
        exchange.beginStream(200, new ByteSink());
        exchange.endStream();
      }
      case "/no-content" -> exchange.respond(204, new ByteSink(), TEXT, 0, 0);
      case "/refuse" -> throw new HttpFailure(404, "no_such_route", "no such route", false);
      case "/refuse-close" -> throw new HttpFailure(401, "bad_key", "bad key", true);
      case "/fail" -> throw new IllegalStateException("planted");
      case "/silent" -> {}
      case "/half" -> {
        exchange.beginStream(200, new ByteSink());
        exchange.write(TEXT, 0, 10);
      }
      case "/fail-late" -> {
        exchange.beginStream(200, new ByteSink());
        exchange.write(TEXT, 0, 10);
        throw new IllegalStateException("planted");
      }
      case "/refuse-late" -> {
        exchange.beginStream(200, new ByteSink());
        throw new HttpFailure(429, "late", "late", false);
      }
      case "/large" -> {
        byte[] large = new byte[1_000_000];
        java.util.Arrays.fill(large, (byte) 'l');
        exchange.respond(200, new ByteSink(), large, 0, large.length);
      }
      case "/large-stream" -> {
        byte[] large = new byte[100_000];
        java.util.Arrays.fill(large, (byte) 'l');
        exchange.beginStream(200, new ByteSink());
        exchange.write(large, 0, large.length);
        exchange.endStream();
      }
      case "/headers" -> {
        ByteRange value = new ByteRange();
        String text =
            exchange.header("x-a")
                + "|"
                + exchange.header("x-missing")
                + "|"
                + exchange.findHeader("x-b", value)
                + "|"
                + value
                + "|"
                + exchange.findHeader("x-missing", value)
                + "|"
                + exchange.peerIsLoopback();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.respond(200, new ByteSink(), bytes, 0, bytes.length);
      }
      case "/lines" -> {
        ByteRange value = new ByteRange();
        StringBuilder text = new StringBuilder();
        int next = exchange.nextHeader("x-a", 0, value);
        while (next >= 0) {
          text.append(value).append('|');
          next = exchange.nextHeader("x-a", next, value);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        exchange.respond(200, new ByteSink(), bytes, 0, bytes.length);
      }
      case "/known" -> {
        boolean same = exchange.path() == KNOWN && exchange.method() == "POST";
        byte[] bytes = Boolean.toString(same).getBytes(StandardCharsets.UTF_8);
        exchange.respond(200, new ByteSink(), bytes, 0, bytes.length);
      }
      default -> new EchoHandler().handle(exchange);
    }
  }

  private static RawClient connect() throws IOException {
    return new RawClient(front.port());
  }

  private static void alive(RawClient client) throws IOException {
    client.send("GET /ignore HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.response().body()).isEqualTo("0123456789");
  }

  @Test
  void headHasHeadersOnly() throws IOException {
    try (RawClient client = connect()) {
      client.send("HEAD /ignore HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Response response = client.response("HEAD");
      assertThat(response.headers()).containsEntry("content-length", "10");
      client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      response = client.response("HEAD");
      assertThat(response.headers()).containsEntry("transfer-encoding", "chunked");
      client.send("HEAD /refuse HTTP/1.1\r\nHost: x\r\n\r\n");
      response = client.response("HEAD");
      assertThat(response.status()).isEqualTo(404);
      assertThat(response.headers()).containsKey("content-length");
      alive(client);
    }
  }

  @Test
  void noContentHasNoLength() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET /no-content HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(204);
      assertThat(response.headers()).doesNotContainKeys("content-length", "transfer-encoding");
      alive(client);
    }
  }

  @Test
  void streamsTowardsHttp10EndWithTheConnection() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.headers()).doesNotContainKey("transfer-encoding");
      assertThat(response.closes()).isTrue();
      assertThat(response.body()).isEqualTo("0123456789");
    }
    try (RawClient client = connect()) {
      client.send("GET /ignore HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.response().headers()).containsEntry("connection", "keep-alive");
      alive(client);
    }
  }

  @Test
  void largeAndEmptyBodies() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().body()).isEqualTo("l".repeat(1_000_000));
      client.send("GET /large-stream HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().body()).isEqualTo("l".repeat(100_000));
      client.send("GET /empty-stream HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().body()).isEmpty();
      alive(client);
    }
  }

  @Test
  void asksForABodyOnlyWhenItIsAwaited() throws IOException {
    try (RawClient client = connect()) {
      String head =
          "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
      client.send(head);
      assertThat(client.response().status()).isEqualTo(100);
      client.send("abc");
      assertThat(client.response().body()).isEqualTo("POST /e|3|abc");
      // the body came along: no interim response
      client.send(head + "abc");
      assertThat(client.response().body()).isEqualTo("POST /e|3|abc");
      // the handler does not want the body: no interim response, and the connection ends, since
      // nobody can say whether the body will come
      client.send(head.replace("/e", "/ignore"));
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.closes()).isTrue();
      assertThat(client.rest()).isEmpty();
    }
    try (RawClient client = connect()) {
      client.send(
          "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(413);
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void unreadBodiesAreDrainedIfSmall() throws IOException {
    try (RawClient client = connect()) {
      client.send("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");
      client.send("a".repeat(60_000));
      assertThat(client.response().closes()).isFalse();
      alive(client);
      client.send("POST /ignore HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("5\r\nhello\r\n0\r\n\r\n");
      assertThat(client.response().closes()).isFalse();
      alive(client);
      client.send("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\n\r\n");
      assertThat(client.response().closes()).isTrue();
      // the client is still sending: the answer was readable, no reset
      client.send("a".repeat(100_000));
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void anEarlyAnswerSurvivesABodyThatIsMalformed() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (RawClient client = connect()) {
        client.send(
            "POST /ignore HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n");
        // the client goes on sending before it reads
        client.send("a".repeat(50_000)).send("a".repeat(50_000)).send("a".repeat(50_000));
        assertThat(client.response().body()).isEqualTo("0123456789");
        assertThat(client.rest()).isEmpty();
      }
    }
  }

  @Test
  void failuresCarryTheCallersRequestId() throws IOException {
    String longest = "i".repeat(128);
    for (String id : List.of("mine-1", longest)) {
      assertThat(failureId("GET /refuse", id)).isEqualTo(id);
      assertThat(failureId("GET /fail", id)).isEqualTo(id);
      assertThat(failureId("POST /p", id + "\r\nContent-Length: 99999999")).isEqualTo(id);
      // refused at the end of the head, the id already read
      assertThat(failureId("GET /p", id + "\r\nExpect: miracles")).isEqualTo(id);
    }
    for (String id : List.of("", "has space", "i".repeat(129), "\u00e9", "tab\there")) {
      assertThat(failureId("GET /refuse", id)).isEqualTo("none");
    }
  }

  private static String failureId(String request, String id) throws IOException {
    try (RawClient client = connect()) {
      client.send(request + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id + "\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.status()).isGreaterThanOrEqualTo(400);
      return response.headers().getOrDefault("x-request-id", "none");
    }
  }

  @Test
  void failuresOfHandlers() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET /refuse HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(404);
      assertThat(response.headers()).containsEntry("x-path", "/refuse");
      assertThat(response.body())
          .isEqualTo(
              "{\"error\":{\"message\":\"no such route\",\"type\":\"invalid_request_error\","
                  + "\"param\":null,\"code\":\"no_such_route\"}}");
      alive(client);
      client.send("GET /refuse-close HTTP/1.1\r\nHost: x\r\n\r\n");
      response = client.response();
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.closes()).isTrue();
      assertThat(client.rest()).isEmpty();
    }
    for (String path : List.of("/fail", "/silent")) {
      try (RawClient client = connect()) {
        client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(500);
        assertThat(client.rest()).isEmpty();
      }
    }
  }

  @Test
  void aCutStreamNeverLooksComplete() throws IOException {
    for (String path : List.of("/half", "/fail-late", "/refuse-late")) {
      try (RawClient client = connect()) {
        client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        Assertions.assertThatThrownBy(client::response)
            .as(path)
            .isInstanceOfAny(EOFException.class, NumberFormatException.class, IOException.class);
      }
    }
  }

  @Test
  void headersAreFoundWithoutRegardToCase() throws IOException {
    try (RawClient client = connect()) {
      client.send(
          "GET /headers HTTP/1.1\r\nHost: x\r\nX-A:  one \r\nx-B: two\r\nX-A: three\r\n\r\n");
      assertThat(client.response().body()).isEqualTo("one|null|true|two|false|true");
    }
  }

  @Test
  void allLinesOfAHeaderAreFoundInOrder() throws IOException {
    try (RawClient client = connect()) {
      client.send(
          "GET /lines HTTP/1.1\r\nX-A: one\r\nHost: x\r\nX-AB: no\r\nx-a:\r\nX-a: three\r\n\r\n");
      assertThat(client.response().body()).isEqualTo("one||three|");
      client.send("GET /lines HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().body()).isEmpty();
    }
  }

  @Test
  void knownPathsAndMethodsAreTheSameStrings() throws IOException {
    try (RawClient client = connect()) {
      client.send("POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.response().body()).isEqualTo("true");
    }
  }

  @Test
  void tooManyBufferedBytesAreRefused() throws IOException {
    try (RawClient client = connect()) {
      client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
      byte[] half = "a".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);
      Thread sender =
          Thread.startVirtualThread(
              () -> {
                try {
                  client.send(half).send(half);
                } catch (IOException e) {
                  // the front does not read all of it
                }
              });
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.headers()).containsEntry("retry-after", "1");
      assertThat(response.body()).contains("\"code\":\"overloaded\"");
      sender.interrupt();
    }
    try (RawClient client = connect()) {
      alive(client);
    }
    // the last answer can be read before its buffer is back; a leak runs into the timeout
    while (front.bufferedBytes() != 0) {
      Thread.onSpinWait();
    }
  }
}
