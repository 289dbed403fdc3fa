package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through small HTTP and SOCKS5 proxies that write down what they were asked. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
class ProxyTest {
  private static final String SECRET = "p@ss:w%rd";
  private static final String USER_INFO = "me:p%40ss:w%25rd@";

  @TempDir Path directory;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final ClientFixture fixture = new ClientFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static void pump(Socket one, Socket two) throws IOException {
    Thread back =
        Thread.startVirtualThread(
            () -> {
              try {
                copy(two, one);
              } catch (IOException e) {
                // one side went away
              }
            });
    try {
      copy(one, two);
    } finally {
      two.close();
      back.interrupt();
    }
  }

  private static void copy(Socket from, Socket to) throws IOException {
    InputStream in = from.getInputStream();
    byte[] buffer = new byte[4_096];
    for (int n; (n = in.read(buffer)) > 0; ) {
      to.getOutputStream().write(buffer, 0, n);
    }
    to.shutdownOutput();
  }

  private ScriptedServer.Script connectProxy(int targetPort) {
    return peer -> {
      ScriptedServer.Request request = peer.readRequest();
      if (request == null) {
        return;
      }
      asked.add(request.line() + " | " + request.header("proxy-authorization"));
      peer.write("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n");
      try (Socket target = new Socket(InetAddress.getLoopbackAddress(), targetPort)) {
        pump(peer.socket(), target);
      }
    };
  }

  private ScriptedServer.Script socksProxy(int targetPort, boolean password) {
    return peer -> {
      InputStream in = peer.in();
      byte[] greeting = in.readNBytes(2);
      byte[] methods = in.readNBytes(greeting[1]);
      asked.add("methods " + methods.length);
      peer.write(new byte[] {5, (byte) (password ? 2 : 0)});
      if (password) {
        int _ = in.read();
        String user = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
        String secret = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
        asked.add(user + " " + secret);
        peer.write(new byte[] {1, (byte) (secret.equals(SECRET) ? 0 : 1)});
      }
      byte[] request = in.readNBytes(4);
      String host =
          request[3] == 3
              ? new String(in.readNBytes(in.read()), StandardCharsets.UTF_8)
              : "address of " + in.readNBytes(4).length;
      int port = in.read() << 8 | in.read();
      asked.add(host + ":" + port);
      if (host.equals("forbidden.test")) {
        peer.write(new byte[] {5, 2, 0, 1, 0, 0, 0, 0, 0, 0});
        return;
      }
      peer.write(new byte[] {5, 0, 0, 3, 2, 'o', 'k', 0, 80});
      try (Socket target = new Socket(InetAddress.getLoopbackAddress(), targetPort)) {
        pump(peer.socket(), target);
      }
    };
  }

  private Upstream through(String baseUrl, String scheme, String userInfo, ScriptedServer proxy) {
    ProxyAddress address = ProxyAddress.parse(scheme + userInfo + "127.0.0.1:" + proxy.port());
    assertThat(address.toString()).doesNotContain(SECRET);
    return fixture.client.endpoint(Endpoint.parse(baseUrl).withProxy(address));
  }

  @Test
  void plainRequestsGoToAnHttpProxyInAbsoluteForm() throws Exception {
    try (ScriptedServer proxy =
        new ScriptedServer(
            peer -> {
              while (true) {
                ScriptedServer.Request request = peer.readRequest();
                if (request == null) {
                  return;
                }
                asked.add(request.line() + " | " + request.header("proxy-authorization"));
                assertThat(request.text()).isEqualTo("body");
                assertThat(request.header("host")).isEqualTo("test");
                peer.write(ScriptedServer.ok("by proxy"));
              }
            })) {
      Upstream upstream = through("http://api.test:8080/v1", "http://", USER_INFO, proxy);
      assertThat(fixture.call(upstream, "body")).isEqualTo("by proxy");
      assertThat(fixture.call(upstream, "body")).isEqualTo("by proxy");
      assertThat(proxy.failures()).isEmpty();
      assertThat(proxy.connections()).isEqualTo(1);
      String credentials =
          Base64.getEncoder().encodeToString(("me:" + SECRET).getBytes(StandardCharsets.UTF_8));
      assertThat(asked)
          .containsOnly("POST http://api.test:8080/v1/chat HTTP/1.1 | Basic " + credentials);
    }
  }

  @Test
  void tlsGoesThroughATunnel() throws Exception {
    TestCertificate certificate = TestCertificate.of("api.test", directory);
    try (ScriptedServer server =
            new ScriptedServer(
                certificate.listener(), ScriptedServer.always(ScriptedServer.ok("in TLS")));
        ScriptedServer proxy = new ScriptedServer(connectProxy(server.port()));
        ScriptedServer socks = new ScriptedServer(socksProxy(server.port(), true))) {
      for (ScriptedServer each : List.of(proxy, socks)) {
        ProxyAddress address =
            ProxyAddress.parse(
                (each.equals(socks) ? "socks5://" : "http://")
                    + USER_INFO
                    + "127.0.0.1:"
                    + each.port());
        Upstream upstream =
            fixture.client.endpoint(
                Endpoint.parse("https://api.test")
                    .withProxy(address)
                    .withCaFile(certificate.caFile()));
        assertThat(fixture.call(upstream, "a")).isEqualTo("in TLS");
        assertThat(fixture.call(upstream, "b")).isEqualTo("in TLS");
        assertThat(each.connections()).isEqualTo(1);
      }
      String credentials =
          Base64.getEncoder().encodeToString(("me:" + SECRET).getBytes(StandardCharsets.UTF_8));
      assertThat(asked)
          .containsExactly(
              "CONNECT api.test:443 HTTP/1.1 | Basic " + credentials,
              "methods 2",
              "me " + SECRET,
              "api.test:443");
    }
  }

  @Test
  void socksResolvesNamesAndTakesAddresses() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.always(ScriptedServer.ok("behind")));
        ScriptedServer proxy = new ScriptedServer(socksProxy(server.port(), false))) {
      assertThat(fixture.call(through("http://only-there.test", "socks5h://", "", proxy), "x"))
          .isEqualTo("behind");
      assertThat(fixture.call(through("http://10.1.2.3:81", "socks5://", "", proxy), "x"))
          .isEqualTo("behind");
      assertThat(asked)
          .containsExactly("methods 1", "only-there.test:80", "methods 1", "address of 4:81");
    }
  }

  private void refused(Upstream upstream, String message) {
    assertThatThrownBy(() -> fixture.call(upstream, "x"))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.PROXY))
        .hasMessageContaining(message)
        .hasMessageNotContaining(SECRET);
    assertThat(fixture.client.stats().open()).isZero();
  }

  @Test
  void refusalsAreReportedWithTheirReasonAndWithoutSecrets() throws Exception {
    try (ScriptedServer socks = new ScriptedServer(socksProxy(1, false))) {
      refused(through("http://forbidden.test", "socks5://", "", socks), "not allowed by its rules");
    }
    try (ScriptedServer socks = new ScriptedServer(socksProxy(1, true))) {
      refused(through("http://a.test", "socks5://", "", socks), "another way of authentication");
      refused(through("http://a.test", "socks5://", "me:wrong@", socks), "credentials");
    }
    for (String answer :
        List.of(
            "HTTP/1.1 407 Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 502 Bad Gateway\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nsurplus",
            "nonsense\r\n",
            "")) {
      try (ScriptedServer proxy =
          new ScriptedServer(
              peer -> {
                var _ = peer.readRequest();
                peer.write(answer);
              })) {
        refused(through("https://a.test", "http://", USER_INFO, proxy), "asked for a.test:443");
      }
      try (ScriptedServer proxy =
          new ScriptedServer(
              peer -> {
                byte[] _ = peer.in().readNBytes(4);
                peer.write(answer);
              })) {
        refused(through("http://a.test", "socks5://", USER_INFO, proxy), "the proxy 127.0.0.1");
      }
    }
  }

  @Test
  void aProxyThatIsNotThereIsAProxyFailure() throws Exception {
    // Held and not listening: a port that was given back may be somebody else's by now.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Upstream upstream =
          fixture.client.endpoint(
              Endpoint.parse("http://a.test")
                  .withProxy(
                      ProxyAddress.parse(
                          "http://" + USER_INFO + "127.0.0.1:" + held.getLocalPort())));
      refused(upstream, "no connection to the proxy");
    }
  }
}
