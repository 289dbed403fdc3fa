package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import fairlead.providers.UpstreamResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls inside TLS, against a certificate for one host name. */
@SuppressWarnings({
  "StringConcatToTextBlock", // lines end with CRLF here, which text blocks hide
  "NullAway.Init"
})
class TlsTest {
  @TempDir static Path directory;
  private static TestCertificate certificate;

  private final ClientFixture fixture = new ClientFixture(builder -> builder.lookup(this::lookup));

  private InetAddress[] lookup(String host) throws UnknownHostException {
    if (!host.endsWith(".test") && !host.endsWith(".test.")) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
  }

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = TestCertificate.of("right.test", directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static ScriptedServer server(ScriptedServer.Script script) throws Exception {
    return new ScriptedServer(certificate.listener(), script);
  }

  private Upstream upstream(ScriptedServer server, String host) {
    return fixture.client.endpoint(
        Endpoint.parse("https://" + host + ":" + server.port()).withCaFile(certificate.caFile()));
  }

  @Test
  void aTrustedServerServesManyCallsOnOneConnection() throws Exception {
    List<String> names = new CopyOnWriteArrayList<>();
    try (ScriptedServer server =
        server(
            peer -> {
              while (true) {
                ScriptedServer.Request request = peer.readRequest();
                if (request == null) {
                  return;
                }
                SSLSocket socket = (SSLSocket) peer.socket();
                ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
                names.add(
                    session.getProtocol()
                        + " "
                        + ((SNIHostName) session.getRequestedServerNames().get(0)).getAsciiName()
                        + " "
                        + socket.getApplicationProtocol());
                peer.write(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(request.length())
                        + "\r\n"
                        + request.text()
                        + "\r\n");
                peer.write("0\r\n\r\n");
              }
            })) {
      Upstream upstream = upstream(server, "right.test");
      for (int size : new int[] {1, 8_192, 70_000, 300_000}) {
        String body = "b".repeat(size);
        assertThat(fixture.call(upstream, body)).isEqualTo(body);
      }
      assertThat(server.failures()).isEmpty();
      assertThat(server.connections()).isEqualTo(1);
      assertThat(names).containsOnly("TLSv1.3 right.test ");
    }
  }

  @Test
  void aWrongNameAndAnUntrustedAuthorityAreRefused() throws Exception {
    try (ScriptedServer server = server(ScriptedServer.always(ScriptedServer.ok("never")))) {
      Endpoint untrusted = Endpoint.parse("https://right.test:" + server.port());
      for (Upstream upstream :
          List.of(upstream(server, "wrong.test"), fixture.client.endpoint(untrusted))) {
        assertThatThrownBy(() -> fixture.call(upstream, "x"))
            .isInstanceOfSatisfying(
                UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TLS))
            .hasMessageContaining(".test:" + server.port());
      }
      assertThat(server.requests()).isZero();
      assertThat(fixture.client.stats().open()).isZero();
    }
  }

  @Test
  void aServerWithoutTlsIsReportedAsSuch() throws Exception {
    try (ScriptedServer plain =
        new ScriptedServer(
            peer -> {
              int _ = peer.in().read();
              peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
            })) {
      assertThatThrownBy(() -> fixture.call(upstream(plain, "right.test"), "x"))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TLS));
    }
  }

  @Test
  void aBadCaFileIsRefusedWhenConfigured() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "no certificate here\n");
    for (Path file : List.of(empty, directory.resolve("absent.pem"))) {
      Endpoint endpoint = Endpoint.parse("https://right.test").withCaFile(file);
      assertThatThrownBy(() -> fixture.client.endpoint(endpoint))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }

  @Test
  void clocksAndCancellationWakeReadsInsideTls() throws Exception {
    try (ScriptedServer server =
        server(
            peer -> {
              var _ = peer.readRequest();
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na");
              peer.awaitClientClose();
            })) {
      for (Kind kind : List.of(Kind.CONTENT_GAP_TIMEOUT, Kind.CANCELLED)) {
        CallControl control = fixture.control();
        UpstreamResponse response =
            upstream(server, "right.test").open(ClientFixture.post("x"), control);
        byte[] buffer = new byte[10];
        int n = response.read(buffer, 0, 10);
        assertThat(n).isEqualTo(1);
        CompletableFuture<Integer> reading = new CompletableFuture<>();
        Thread reader =
            Thread.startVirtualThread(
                () -> {
                  try {
                    reading.complete(response.read(buffer, 0, 10));
                  } catch (UpstreamException e) {
                    reading.completeExceptionally(e);
                  }
                });
        ClientFixture.until("reading", () -> reader.getState() == Thread.State.WAITING);
        if (kind == Kind.CANCELLED) {
          control.cancel();
        } else {
          control.clock(kind, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50));
        }
        assertThatThrownBy(() -> reading.get(10, TimeUnit.SECONDS))
            .cause()
            .isInstanceOfSatisfying(
                UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(kind));
        response.release();
        control.close();
        assertThat(fixture.client.stats().open()).isZero();
      }
    }
  }

  @Test
  void aConnectionClosedWhileIdleIsReplacedUnnoticed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedServer server =
        server(
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
      Upstream upstream = upstream(server, "right.test");
      assertThat(fixture.call(upstream, "x")).isEqualTo("from 1");
      ScriptedServer.Peer.await(closed);
      assertThat(fixture.call(upstream, "x")).isEqualTo("from 2");
      assertThat(server.requests()).isEqualTo(2);
    }
  }

  /** The bytes of one record are decrypted together, so those left over are not in the socket. */
  @Test
  void whatFollowsAResponseInItsRecordIsNoAnswerToTheNextRequest() throws Exception {
    try (ScriptedServer server =
        server(
            peer -> {
              var _ = peer.readRequest();
              String body = Integer.toString(peer.number()).repeat(10_000);
              peer.write(ScriptedServer.ok(body) + ScriptedServer.ok("poisoned"));
              peer.awaitClientClose();
            })) {
      Upstream upstream = upstream(server, "right.test");
      for (int i = 1; i <= 3; i++) {
        try (CallControl control = fixture.control()) {
          UpstreamResponse response = upstream.open(ClientFixture.post("x"), control);
          assertThat(ClientFixture.bytes(response, 16_384))
              .asString()
              .isEqualTo(Integer.toString(i).repeat(10_000));
          response.release();
        }
      }
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @Test
  void aDotAtTheEndOfANameIsNotPartOfTheCertificatesName() throws Exception {
    List<String> names = new CopyOnWriteArrayList<>();
    try (ScriptedServer server =
        server(
            peer -> {
              var _ = peer.readRequest();
              ExtendedSSLSession session =
                  (ExtendedSSLSession) ((SSLSocket) peer.socket()).getSession();
              names.add(((SNIHostName) session.getRequestedServerNames().get(0)).getAsciiName());
              peer.write(ScriptedServer.ok("dotted"));
            })) {
      assertThat(fixture.call(upstream(server, "right.test."), "x")).isEqualTo("dotted");
      assertThat(names).containsExactly("right.test");
    }
  }

  /** RFC 6066 section 3 has no way to name them, and no certificate is valid for them. */
  @Test
  void namesThatTlsCannotCarryAreRefusedLikeAWrongCertificate() throws Exception {
    try (ScriptedServer server = server(ScriptedServer.always(ScriptedServer.ok("never")))) {
      for (String host : List.of("my_service.test", "two..test", "-.test")) {
        assertThatThrownBy(() -> fixture.call(upstream(server, host), "x"))
            .as(host)
            .isInstanceOfSatisfying(
                UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TLS))
            .hasMessageContaining(host);
      }
      assertThat(server.requests()).isZero();
      assertThat(fixture.client.stats().open()).isZero();
    }
  }
}
