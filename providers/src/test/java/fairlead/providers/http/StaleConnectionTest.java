package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import java.net.InetAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pooled connection that is no more: what is repeated, and what never is. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
class StaleConnectionTest {
  private final ClientFixture fixture = new ClientFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aConnectionClosedWhileIdleIsReplacedUnnoticed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write(ScriptedServer.ok("from " + peer.number()));
              if (peer.number() == 1) {
                peer.socket().close();
                closed.countDown();
              } else {
                peer.awaitClientClose();
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      assertThat(fixture.call(upstream, "x")).isEqualTo("from 1");
      ScriptedServer.Peer.await(closed);
      assertThat(fixture.call(upstream, "x")).isEqualTo("from 2");
      assertThat(server.requests()).isEqualTo(2);
      assertThat(server.connections()).isEqualTo(2);
      PoolStats stats = fixture.client.stats();
      assertThat(stats.stale()).isEqualTo(1);
      assertThat(stats.reused()).isZero();
      assertThat(stats.retries()).isZero();
    }
  }

  @Test
  void whatTheServerSaysWhileIdleIsNoAnswerToTheNextRequest() throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write(ScriptedServer.ok("from " + peer.number()));
              // The answer may still be on its way to the caller: only then is this idle time.
              ClientFixture.until("idle", () -> fixture.client.stats().idle() == 1);
              if (peer.number() == 1) {
                peer.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
                said.countDown();
              }
              peer.awaitClientClose();
            })) {
      Upstream upstream = fixture.upstream(server);
      assertThat(fixture.call(upstream, "x")).isEqualTo("from 1");
      ScriptedServer.Peer.await(said);
      assertThat(fixture.call(upstream, "x")).isEqualTo("from 2");
    }
  }

  @Test
  void aRequestThatWasReadWholeIsNeverSentAgain() throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      try (ScriptedServer server =
          new ScriptedServer(
              peer -> {
                var _ = peer.readRequest();
                peer.write(ScriptedServer.ok("first"));
                var _ = peer.readRequest(); // and does its work, and dies
                if (reset) {
                  peer.reset();
                }
              })) {
        Upstream upstream = fixture.upstream(server);
        assertThat(fixture.call(upstream, "x")).isEqualTo("first");
        assertThatThrownBy(() -> fixture.call(upstream, "x"))
            .isInstanceOfSatisfying(
                UpstreamException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.RESET_BEFORE_RESPONSE))
            .hasMessageContaining("took the whole request")
            .hasMessageContaining("used before");
        assertThat(server.requests()).isEqualTo(2);
        assertThat(server.connections()).isEqualTo(1);
        assertThat(fixture.client.stats().open()).isZero();
        assertThat(fixture.client.stats().retries()).isZero();
      }
    }
  }

  /** The server has a part of the request and knows that it is one. */
  @Test
  void aRequestThatCouldNotBeWrittenWholeIsSentOnceMore() throws Exception {
    String big = "b".repeat(24 << 20);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write(ScriptedServer.ok("from " + peer.number()));
              if (peer.number() == 1) {
                byte[] _ = peer.in().readNBytes(100_000);
                peer.reset();
              } else {
                peer.awaitClientClose();
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      assertThat(fixture.call(upstream, "x")).isEqualTo("from 1");
      assertThat(fixture.call(upstream, big)).isEqualTo("from 2");
      assertThat(server.requests()).isEqualTo(2); // the small one and the big one, once each
      assertThat(fixture.client.stats().retries()).isEqualTo(1);
      assertThat(fixture.client.stats().open()).isEqualTo(1);
    }
  }

  /**
   * Writing may take longer than connecting may; the second time has a connect clock of its own.
   */
  @Test
  void aRepeatedRequestHasTimeToConnect() throws Exception {
    long connectMillis = 1_000;
    AtomicInteger lookups = new AtomicInteger();
    try (ScriptedServer server =
            new ScriptedServer(
                peer -> {
                  var _ = peer.readRequest();
                  peer.write(ScriptedServer.ok("from " + peer.number()));
                  if (peer.number() == 1) {
                    byte[] _ = peer.in().readNBytes(100_000);
                    passed(connectMillis + 50);
                    peer.reset();
                  } else {
                    peer.awaitClientClose();
                  }
                });
        ClientFixture slow =
            new ClientFixture(
                builder ->
                    builder.lookup(
                        _ -> {
                          if (lookups.incrementAndGet() > 1) {
                            passed(50); // many ticks of the sweeper
                          }
                          return new InetAddress[] {InetAddress.getLoopbackAddress()};
                        }))) {
      Upstream upstream =
          slow.client.endpoint(
              Endpoint.parse("http://slow.test:" + server.port())
                  .withTimeouts((int) connectMillis, 10_000));
      assertThat(slow.call(upstream, "x")).isEqualTo("from 1");
      assertThat(slow.call(upstream, "b".repeat(24 << 20))).isEqualTo("from 2");
      assertThat(slow.client.stats().retries()).isEqualTo(1);
    }
  }

  private static void passed(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    ClientFixture.until(millis + " ms passed", () -> System.nanoTime() - end >= 0);
  }

  /** On a new connection the same failure is the caller's to judge. */
  @Test
  void aNewConnectionIsNotTriedTwice() throws Exception {
    String big = "b".repeat(24 << 20);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              byte[] _ = peer.in().readNBytes(100_000);
              peer.reset();
            })) {
      assertThatThrownBy(() -> fixture.call(fixture.upstream(server), big))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.RESET_BEFORE_RESPONSE))
          .hasMessageContaining("did not take the whole request");
      assertThat(server.connections()).isEqualTo(1);
      assertThat(fixture.client.stats().open()).isZero();
    }
  }

  @Test
  void theRestOfAStreamIsReadSoThatItsConnectionServesAgain() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              while (peer.readRequest() != null) {
                peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n[DONE]\r\n");
                ScriptedServer.Peer.await(seen);
                peer.write("0\r\n\r\n");
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      for (int i = 0; i < 3; i++) {
        var control = fixture.control();
        var response = upstream.open(ClientFixture.post("x"), control);
        byte[] buffer = new byte[64];
        int n = response.read(buffer, 0, 64);
        assertThat(n).isEqualTo(6);
        response.release(); // without having seen the end
        seen.countDown();
        control.close();
        ClientFixture.until("drained", () -> fixture.client.stats().idle() == 1);
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aBodyThatDoesNotEndSoonCostsItsConnection() throws Exception {
    CountDownLatch gone = new CountDownLatch(2);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write(
                  peer.number() == 1
                      ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
                      : "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\na");
              peer.awaitClientClose();
              gone.countDown();
            })) {
      for (int i = 0; i < 2; i++) {
        var control = fixture.control();
        var response = fixture.upstream(server).open(ClientFixture.post("x"), control);
        response.release();
        control.close();
      }
      ScriptedServer.Peer.await(gone);
      ClientFixture.until("closed", () -> fixture.client.stats().open() == 0);
    }
  }
}
