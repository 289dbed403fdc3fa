package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import fairlead.providers.UpstreamResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each clock under its own name, and cancellation wherever a call can wait. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
class ClocksTest {
  private static final long WAKE_LIMIT_MILLIS = 100;

  private final CountDownLatch neverResolved = new CountDownLatch(1);
  private final ClientFixture fixture =
      new ClientFixture(builder -> builder.maxConnectionsPerHost(1).lookup(this::lookup));

  private InetAddress[] lookup(String host) throws UnknownHostException {
    InetAddress one = InetAddress.ofLiteral("127.0.0.1");
    return switch (host) {
      case "slow.test" -> {
        try {
          ScriptedServer.Peer.await(neverResolved);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        yield new InetAddress[] {one};
      }
      case "two.test" -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.2"), one};
      default -> throw new UnknownHostException(host);
    };
  }

  @AfterEach
  void close() {
    neverResolved.countDown();
    fixture.close();
  }

  /** A listener whose queue is full, so that the kernel answers no SYN. */
  private static final class DeafListener implements AutoCloseable {
    final ServerSocket listener;
    private final List<SocketChannel> fill = new ArrayList<>();

    DeafListener(String address, int port) throws IOException {
      listener = new ServerSocket(port, 1, InetAddress.ofLiteral(address));
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        boolean _ =
            channel.connect(
                new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
        fill.add(channel);
      }
    }

    String url() {
      return "http://127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel channel : fill) {
        channel.close();
      }
      listener.close();
    }
  }

  private Kind kindOf(Endpoint endpoint, String body) {
    AtomicReference<@Nullable Kind> kind = new AtomicReference<>();
    assertThatThrownBy(() -> fixture.call(fixture.client.endpoint(endpoint), body))
        .isInstanceOfSatisfying(UpstreamException.class, e -> kind.set(e.kind()));
    assertThat(fixture.client.stats().open()).isZero();
    Kind found = kind.get();
    if (found == null) {
      throw new AssertionError("no kind");
    }
    return found;
  }

  @Test
  void connecting() throws Exception {
    try (DeafListener deaf = new DeafListener("127.0.0.1", 0)) {
      Endpoint endpoint = Endpoint.parse(deaf.url()).withTimeouts(60, 5_000);
      assertThat(kindOf(endpoint, "x")).isEqualTo(Kind.CONNECT_TIMEOUT);
      Endpoint proxied =
          Endpoint.parse("https://api.test")
              .withProxy(ProxyAddress.parse(deaf.url()))
              .withTimeouts(60, 5_000);
      assertThat(kindOf(proxied, "x")).isEqualTo(Kind.CONNECT_TIMEOUT);
    }
  }

  @Test
  void lookingUpNames() {
    assertThat(kindOf(Endpoint.parse("http://slow.test").withTimeouts(60, 5_000), "x"))
        .isEqualTo(Kind.CONNECT_TIMEOUT);
    assertThat(kindOf(Endpoint.parse("http://absent.test"), "x")).isEqualTo(Kind.UNKNOWN_HOST);
  }

  @Test
  void nobodyListening() throws Exception {
    // Held and not listening: a port that was given back may be somebody else's by now.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThat(kindOf(Endpoint.parse("http://127.0.0.1:" + held.getLocalPort()), "x"))
          .isEqualTo(Kind.CONNECT_REFUSED);
    }
  }

  @Test
  void aDeadFirstAddressLeavesTimeForTheSecond() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.always(ScriptedServer.ok("up")));
        DeafListener _ = new DeafListener("127.0.0.2", server.port())) {
      Endpoint endpoint =
          Endpoint.parse("http://two.test:" + server.port()).withTimeouts(600, 5_000);
      assertThat(fixture.call(fixture.client.endpoint(endpoint), "x")).isEqualTo("up");
    }
  }

  @Test
  void handshaking() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::awaitClientClose)) {
      Endpoint endpoint =
          Endpoint.parse("https://127.0.0.1:" + server.port()).withTimeouts(100, 5_000);
      assertThat(kindOf(endpoint, "x")).isEqualTo(Kind.CONNECT_TIMEOUT);
    }
  }

  @Test
  void waitingForTheHeadAndThenANewAttempt() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              if (peer.number() == 1) {
                peer.write("HTTP/1.1 200 OK\r\nX-Half: ");
                peer.awaitClientClose();
              }
              peer.write(ScriptedServer.ok("second"));
            })) {
      Upstream upstream =
          fixture.client.endpoint(Endpoint.parse(server.url()).withTimeouts(5_000, 60));
      CallControl control = fixture.control();
      assertThatThrownBy(() -> upstream.open(ClientFixture.post("x"), control))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HEAD_TIMEOUT));
      assertThat(fixture.client.stats().open()).isZero();
      control.beginAttempt();
      UpstreamResponse response = upstream.open(ClientFixture.post("x"), control);
      assertThat(ClientFixture.text(response)).isEqualTo("second");
      response.release();
      control.close();
    }
  }

  @Test
  void writingToAServerThatDoesNotRead() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedServer server = new ScriptedServer(peer -> ScriptedServer.Peer.await(end))) {
      assertThat(
              kindOf(Endpoint.parse(server.url()).withTimeouts(5_000, 100), "b".repeat(24 << 20)))
          .isEqualTo(Kind.HEAD_TIMEOUT);
      end.countDown();
    }
  }

  @Test
  void theCallersClocksWhileReading() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
              peer.awaitClientClose();
            })) {
      for (Kind kind :
          List.of(Kind.FIRST_CONTENT_TIMEOUT, Kind.CONTENT_GAP_TIMEOUT, Kind.CALL_TIMEOUT)) {
        CallControl control = fixture.control();
        UpstreamResponse response = fixture.upstream(server).open(ClientFixture.post("x"), control);
        byte[] buffer = new byte[10];
        int n = response.read(buffer, 0, 10);
        assertThat(n).isEqualTo(1);
        control.clock(kind, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(40));
        assertThatThrownBy(() -> response.read(buffer, 0, 10))
            .isInstanceOfSatisfying(
                UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(kind));
        assertThat(response.status()).isEqualTo(200);
        response.release();
        control.close();
        assertThat(fixture.client.stats().open()).isZero();
      }
    }
  }

  @Test
  void theWholeCallIsTheCeilingOfAllClocks() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::awaitClientClose)) {
      CallControl control = new CallControl(fixture.sweeper);
      control.begin(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(60));
      assertThatThrownBy(() -> fixture.upstream(server).open(ClientFixture.post("x"), control))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CALL_TIMEOUT));
      control.close();
    }
  }

  @Test
  void waitingForAPlaceInThePool() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.always(ScriptedServer.ok("x")))) {
      Upstream upstream =
          fixture.client.endpoint(Endpoint.parse(server.url()).withTimeouts(60, 5_000));
      CallControl first = fixture.control();
      UpstreamResponse held = upstream.open(ClientFixture.post("x"), first);
      assertThatThrownBy(() -> fixture.call(upstream, "y"))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.POOL_EXHAUSTED))
          .hasMessageContaining("1 per host");
      assertThat(ClientFixture.text(held)).isEqualTo("x");
      held.release();
      first.close();
      assertThat(fixture.call(upstream, "z")).isEqualTo("x");
      assertThat(fixture.client.stats().waiting()).isZero();
    }
  }

  @Test
  void oneHostTakesAtMostHalfOfThePlacesByDefault() throws Exception {
    try (ClientFixture small = new ClientFixture(builder -> builder.maxConnections(3));
        ScriptedServer server = new ScriptedServer(ScriptedServer.always(ScriptedServer.ok("x")))) {
      Upstream upstream =
          small.client.endpoint(Endpoint.parse(server.url()).withTimeouts(60, 5_000));
      try (CallControl first = small.control()) {
        UpstreamResponse held = upstream.open(ClientFixture.post("x"), first);
        assertThatThrownBy(() -> small.call(upstream, "y"))
            .hasMessageContaining("1 per host, 3 in all");
        held.release();
      }
    }
    assertThatThrownBy(() -> HttpClient.builder(fixture.sweeper).maxConnectionsPerHost(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 per host");
  }

  // Cancellation. The phase has been reached when the calling thread has nothing to do but wait.

  private interface Phase {
    boolean reached();
  }

  private void cancelled(String phase, Endpoint endpoint, String body, Phase where)
      throws Exception {
    long best = Long.MAX_VALUE;
    // Three tries: what is measured is us, not how busy the machine happens to be.
    for (int i = 0; i < 3 && best > WAKE_LIMIT_MILLIS; i++) {
      CallControl control = fixture.control();
      AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
      AtomicLong endedNanos = new AtomicLong();
      Thread caller =
          Thread.startVirtualThread(
              () -> {
                try {
                  UpstreamResponse response =
                      fixture.client.endpoint(endpoint).open(ClientFixture.post(body), control);
                  try {
                    String _ = ClientFixture.text(response);
                  } finally {
                    response.release();
                  }
                } catch (UpstreamException | RuntimeException e) {
                  endedNanos.set(System.nanoTime());
                  thrown.set(e);
                }
              });
      ClientFixture.until(
          phase,
          () ->
              where.reached()
                  && (caller.getState() == Thread.State.WAITING
                      || caller.getState() == Thread.State.TIMED_WAITING));
      long start = System.nanoTime();
      control.cancel();
      assertThat(caller.join(java.time.Duration.ofSeconds(10))).as(phase).isTrue();
      assertThat(thrown.get())
          .as(phase)
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
      best = Math.min(best, TimeUnit.NANOSECONDS.toMillis(endedNanos.get() - start));
      control.close();
    }
    assertThat(best).as("%s: milliseconds to wake", phase).isLessThan(WAKE_LIMIT_MILLIS);
  }

  @Test
  void cancelWhileLookingUpOrConnecting() throws Exception {
    cancelled("look-up", Endpoint.parse("http://slow.test"), "x", () -> true);
    try (DeafListener deaf = new DeafListener("127.0.0.1", 0)) {
      cancelled("connect", Endpoint.parse(deaf.url()), "x", () -> true);
    }
    assertThat(fixture.client.stats().open()).isZero();
  }

  @Test
  void cancelWhileHandshaking() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::awaitClientClose)) {
      String authority = "127.0.0.1:" + server.port();
      Endpoint endpoint = Endpoint.parse("https://" + authority);
      cancelled("TLS handshake", endpoint, "x", () -> server.connections() > 0);
      for (String scheme : List.of("http://", "socks5://")) {
        int before = server.connections();
        cancelled(
            "proxy handshake",
            Endpoint.parse("https://127.0.0.1:1")
                .withProxy(ProxyAddress.parse(scheme + "u:p@" + authority)),
            "x",
            () -> server.connections() > before);
      }
    }
    assertThat(fixture.client.stats().open()).isZero();
  }

  @Test
  void cancelWhileWriting() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedServer server = new ScriptedServer(peer -> ScriptedServer.Peer.await(end))) {
      cancelled(
          "write",
          ClientFixture.endpoint(server),
          "b".repeat(24 << 20),
          () -> server.connections() > 0);
      end.countDown();
    }
    assertThat(fixture.client.stats().open()).isZero();
  }

  @Test
  void cancelWhileReadingHeadOrBody() throws Exception {
    for (String part :
        List.of(
            "",
            "HTTP/1.1 200 OK\r\nX-Half",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na",
            "HTTP/1.1 200 OK\r\n\r\na")) {
      CountDownLatch written = new CountDownLatch(1);
      try (ScriptedServer server =
          new ScriptedServer(
              peer -> {
                var _ = peer.readRequest();
                peer.write(part);
                written.countDown();
                peer.awaitClientClose();
              })) {
        cancelled(
            "after '" + part + "'",
            ClientFixture.endpoint(server),
            "x",
            () -> written.getCount() == 0);
      }
      assertThat(fixture.client.stats().open()).isZero();
    }
  }

  @Test
  void cancelWhileWaitingForAPlace() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.always(ScriptedServer.ok("x")))) {
      CallControl first = fixture.control();
      UpstreamResponse held = fixture.upstream(server).open(ClientFixture.post("x"), first);
      cancelled(
          "pool", ClientFixture.endpoint(server), "x", () -> fixture.client.stats().waiting() == 1);
      assertThat(fixture.client.stats().waiting()).isZero();
      assertThat(ClientFixture.text(held)).isEqualTo("x");
      held.release();
      first.close();
    }
  }

  @Test
  void aCallCancelledBeforehandTouchesNothing() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.always(ScriptedServer.ok("x")))) {
      String _ = fixture.call(fixture.upstream(server), "x");
      CallControl control = fixture.control();
      control.cancel();
      assertThatThrownBy(() -> fixture.upstream(server).open(ClientFixture.post("x"), control))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
      assertThat(fixture.client.stats().idle()).isEqualTo(1);
      control.close();
    }
  }
}
