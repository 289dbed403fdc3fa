package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.CallControl;
import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole calls over real sockets: what is sent, what comes back, which connection serves. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
class HttpUpstreamTest {
  private final ClientFixture fixture = new ClientFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void sendsHeadExtraHeadersLengthAndBodyAndReadsTheAnswer() throws Exception {
    LinkedBlockingQueue<ScriptedServer.Request> seen = new LinkedBlockingQueue<>();
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              ScriptedServer.Request request = peer.readRequest();
              if (request != null) {
                seen.add(request);
              }
              peer.write(
                  "HTTP/1.1 429 Too Many Requests\r\nRetry-After:  2 \r\nX-Id: a\r\nX-ID: b\r\n"
                      + "Content-Type: Text/Event-Stream;charset=utf-8\r\n"
                      + "Content-Length: 4\r\n\r\nslow");
              peer.awaitClientClose();
            })) {
      UpstreamRequest request = new UpstreamRequest();
      request.reset(
          Operation.CHAT,
          RequestHead.encode(
              "POST", "/v1/chat", "api.test:81", Map.of("Authorization", "Bearer k")));
      request.extraHeaders().ascii("X-Request-Id: 7\r\n");
      byte[] json = "xx{\"a\":1}yy".getBytes(StandardCharsets.UTF_8);
      request.body().add(json, 2, 5).add(json, 5, 9);
      CallControl control = fixture.control();
      UpstreamResponse response = fixture.upstream(server).open(request, control);

      ScriptedServer.Request got = seen.poll(5, TimeUnit.SECONDS);
      assertThat(got).isNotNull();
      assertThat(got.line()).isEqualTo("POST /v1/chat HTTP/1.1");
      assertThat(got.headers())
          .containsExactly(
              "Host: api.test:81",
              "Authorization: Bearer k",
              "User-Agent: fairlead",
              "Accept-Encoding: identity",
              "X-Request-Id: 7",
              "Content-Length: 7");
      assertThat(got.text()).isEqualTo("{\"a\":1}");
      assertThat(response.status()).isEqualTo(429);
      assertThat(response.header("retry-after")).isEqualTo("2");
      assertThat(response.header("x-id")).isEqualTo("a");
      assertThat(response.header("absent")).isNull();
      assertThat(response.isEventStream()).isTrue();
      assertThat(ClientFixture.text(response)).isEqualTo("slow");
      response.release();
      response.release();
      assertThatThrownBy(response::status).isInstanceOf(IllegalStateException.class);
      assertThat(fixture.client.stats().idle()).isEqualTo(1);
      control.close();
    }
  }

  @Test
  void aGetCarriesNoContentLength() throws Exception {
    LinkedBlockingQueue<ScriptedServer.Request> seen = new LinkedBlockingQueue<>();
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              ScriptedServer.Request request = peer.readRequest();
              if (request != null) {
                seen.add(request);
              }
              peer.write(ScriptedServer.ok("[]"));
            })) {
      UpstreamRequest request = new UpstreamRequest();
      request.reset(Operation.CHAT, RequestHead.encode("GET", "/v1/models", "h", Map.of()));
      CallControl control = fixture.control();
      UpstreamResponse response = fixture.upstream(server).open(request, control);
      assertThat(ClientFixture.text(response)).isEqualTo("[]");
      response.release();
      ScriptedServer.Request got = seen.poll(5, TimeUnit.SECONDS);
      assertThat(got).isNotNull();
      assertThat(got.header("content-length")).isNull();
      control.close();
    }
  }

  @Test
  void bodiesOfAllSizesArriveWholeOnOneConnection() throws Exception {
    ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              while (true) {
                ScriptedServer.Request request = peer.readRequest();
                if (request == null) {
                  return;
                }
                bodies.add(request.text());
                peer.write(ScriptedServer.ok("" + request.length()));
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      for (int size : new int[] {0, 1, 7_000, 8_000, 8_192, 8_193, 16_384, 70_000, 3_000_000}) {
        String body = text(size);
        UpstreamRequest request = ClientFixture.post("");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        // in three parts, as an edited request is
        request.body().add(bytes, 0, size / 3).add(bytes, size / 3, size / 2);
        request.body().add(bytes, size / 2, size);
        CallControl control = fixture.control();
        UpstreamResponse response = upstream.open(request, control);
        assertThat(ClientFixture.text(response)).isEqualTo("" + size);
        response.release();
        control.close();
        assertThat(bodies.poll()).isEqualTo(body);
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  private static String text(int size) {
    StringBuilder out = new StringBuilder(size);
    for (int i = 0; i < size; i++) {
      out.append((char) ('a' + (i * 7 + i / 1_000) % 26));
    }
    return out.toString();
  }

  @Test
  void theConnectionUsedLastIsTakenFirst() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              while (peer.readRequest() != null) {
                both.countDown();
                ScriptedServer.Peer.await(both);
                peer.write(ScriptedServer.ok("" + peer.number()));
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  try {
                    String _ = fixture.call(upstream, "x");
                  } catch (UpstreamException e) {
                    throw new IllegalStateException(e);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      String last = fixture.call(upstream, "x");
      for (int i = 0; i < 5; i++) {
        assertThat(fixture.call(upstream, "x")).isEqualTo(last);
      }
      assertThat(fixture.client.stats().idle()).isEqualTo(2);
    }
  }

  @Test
  void interimResponsesAreSkippedAndStatusesWithoutBodyHaveNone() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write(
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
              peer.write("HTTP/1.1 204\r\nContent-Length: 5\r\nX-A: 1\r\n\r\n");
              var _ = peer.readRequest();
              peer.write(ScriptedServer.ok("second"));
              peer.awaitClientClose();
            })) {
      CallControl control = fixture.control();
      UpstreamResponse response = fixture.upstream(server).open(ClientFixture.post("x"), control);
      assertThat(response.status()).isEqualTo(204);
      assertThat(response.header("link")).isNull();
      assertThat(response.header("x-a")).isEqualTo("1");
      assertThat(ClientFixture.text(response)).isEmpty();
      response.release();
      control.close();
      assertThat(fixture.call(fixture.upstream(server), "x")).isEqualTo("second");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void redirectsAreReturnedAsTheyAre() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ScriptedServer.always(
                "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"))) {
      CallControl control = fixture.control();
      UpstreamResponse response = fixture.upstream(server).open(ClientFixture.post("x"), control);
      assertThat(response.status()).isEqualTo(307);
      assertThat(response.header("location")).isEqualTo("http://127.0.0.1:1/");
      response.release();
      control.close();
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  @Test
  void aServerThatAnswersBeforeItHasReadTheBodyIsHeard() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              while (true) {
                String line = peer.readLine();
                if (line == null || line.isEmpty()) {
                  break;
                }
              }
              peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
              peer.socket().shutdownOutput();
              peer.awaitClientClose();
            })) {
      CallControl control = fixture.control();
      UpstreamResponse response =
          fixture.upstream(server).open(ClientFixture.post(text(200_000)), control);
      assertThat(response.status()).isEqualTo(413);
      assertThat(ClientFixture.text(response)).isEqualTo("big");
      response.release();
      control.close();
    }
  }

  @Test
  void closeDelimitedAndHttp10BodiesEndWithTheConnection() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write("HTTP/1." + peer.number() % 2 + " 200 OK\r\n\r\npart one, ");
              peer.write("part two");
            })) {
      Upstream upstream = fixture.upstream(server);
      assertThat(fixture.call(upstream, "x")).isEqualTo("part one, part two");
      assertThat(fixture.call(upstream, "x")).isEqualTo("part one, part two");
      assertThat(server.connections()).isEqualTo(2);
      assertThat(fixture.client.stats().open()).isZero();
    }
  }

  @Test
  void connectionCloseAndSurplusBytesEndTheConnection() throws Exception {
    for (String response :
        List.of(
            "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n")) {
      try (ScriptedServer server = new ScriptedServer(ScriptedServer.always(response))) {
        assertThat(fixture.call(fixture.upstream(server), "x")).isEqualTo("ok");
        assertThat(fixture.client.stats().open()).as(response).isZero();
      }
    }
  }

  @Test
  void aConnectionBrokenBeforeAnyByteIsReportedSo() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.reset();
            })) {
      assertThatThrownBy(() -> fixture.call(fixture.upstream(server), "x"))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.RESET_BEFORE_RESPONSE));
      assertThat(server.requests()).isEqualTo(1);
      assertThat(fixture.client.stats().open()).isZero();
    }
  }

  @Test
  void manyCallersNeverSeeEachOthersAnswers() throws Exception {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("manyCallersNeverSeeEachOthersAnswers seed " + seed);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              while (true) {
                ScriptedServer.Request request = peer.readRequest();
                if (request == null) {
                  return;
                }
                String body = request.text();
                int kind = Math.floorMod(body.hashCode(), 8);
                if (kind == 0) {
                  peer.write(
                      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body);
                  return;
                } else if (kind == 1) {
                  peer.write(ScriptedServer.ok(body).substring(0, 30));
                  return;
                } else if (kind < 5) {
                  peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < body.length(); i += 100) {
                    String part = body.substring(i, Math.min(body.length(), i + 100));
                    peer.write(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
                  }
                  peer.write("0\r\n\r\n");
                } else {
                  peer.write(ScriptedServer.ok(body));
                }
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 64; t++) {
        int caller = t;
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  SplittableRandom random = new SplittableRandom(seed + caller);
                  for (int i = 0; i < 60; i++) {
                    String body = caller + ":" + i + ":" + text(random.nextInt(3_000)) + "|end";
                    oneOfMany(upstream, body, random, problems);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(problems).isEmpty();
      assertThat(server.failures()).isEmpty();
      PoolStats stats = fixture.client.stats();
      ClientFixture.until(
          "all connections idle",
          () -> fixture.client.stats().open() == fixture.client.stats().idle());
      assertThat(stats.reused()).isPositive();
    }
  }

  private void oneOfMany(
      Upstream upstream, String body, SplittableRandom random, ConcurrentLinkedQueue<String> to) {
    CallControl control = fixture.control();
    boolean leaveEarly = random.nextInt(10) == 0;
    boolean cancel = random.nextInt(10) == 0;
    try {
      UpstreamResponse response = upstream.open(ClientFixture.post(body), control);
      try {
        if (cancel) {
          control.cancel();
        } else if (!leaveEarly) {
          String text = ClientFixture.text(response);
          if (!text.equals(body)) {
            to.add("sent " + body + ", got " + text);
          }
        }
      } finally {
        response.release();
      }
    } catch (UpstreamException e) {
      boolean meant =
          Math.floorMod(body.hashCode(), 8) == 1
              && (e.kind() == Kind.BODY_CUT || e.kind() == Kind.MALFORMED_RESPONSE);
      if (!meant) {
        to.add(body + ": " + e);
      }
    } finally {
      control.close();
    }
  }
}
