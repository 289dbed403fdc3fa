package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The front with TLS, its certificate made by keytool when the test starts. */
@Timeout(60)
final class HttpTlsTest {
  @TempDir private static Path directory;

  private static Path chain;
  private static Path key;
  private static DeadlineSweeper sweeper;
  private static HttpFront front;
  private static SSLContext client;
  private static final CountDownLatch GONE = new CountDownLatch(1);

  @BeforeAll
  static void start() throws Exception {
    Path store = directory.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "front",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    Certificate certificate = keys.getCertificate("front");
    chain = directory.resolve("chain.pem");
    key = directory.resolve("key.pem");
    pem(chain, "CERTIFICATE", certificate.getEncoded());
    pem(key, "PRIVATE KEY", keys.getKey("front", "changeit".toCharArray()).getEncoded());

    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("front", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);

    sweeper = new DeadlineSweeper(5);
    front =
        HttpFront.builder(() -> HttpTlsTest::handle, sweeper)
            .tls(chain, key)
            .headTimeout(Duration.ofMillis(700))
            .build()
            .start();
  }

  private static void pem(Path file, String type, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  @AfterAll
  static void stop() {
    front.close();
    sweeper.close();
  }

  private static void handle(HttpExchange exchange) throws IOException {
    if (!exchange.path().equals("/watched")) {
      new EchoHandler().handle(exchange);
      return;
    }
    byte[] event = "data: x\n\n".getBytes(StandardCharsets.US_ASCII);
    exchange.watchCaller(GONE::countDown);
    exchange.beginStream(200, new ByteSink());
    boolean gone = false;
    // writes while the watch reads: both directions of one TLS connection at once
    while (!gone) {
      exchange.write(event, 0, event.length);
      try {
        gone = GONE.await(10, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
    exchange.unwatch();
    exchange.abort();
  }

  private static RawClient connect() throws IOException {
    return new RawClient(
        client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), front.port()));
  }

  /** Time passes for the other side; nothing is awaited. */
  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void aSlowReaderThatGoesOnReadingIsNotCut() throws IOException {
    byte[] large = new byte[12 << 20];
    try (HttpFront own =
            HttpFront.builder(
                    () -> exchange -> exchange.respond(200, new ByteSink(), large, 0, large.length),
                    sweeper)
                .tls(chain, key)
                .writeStallTimeout(Duration.ofMillis(700))
                .build()
                .start();
        Socket plain = new Socket()) {
      // small, so that most of the answer waits for the reader
      plain.setReceiveBufferSize(64 * 1024);
      plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), own.port()));
      try (Socket socket =
          client.getSocketFactory().createSocket(plain, "localhost", own.port(), true)) {
        socket.setSoTimeout(10_000);
        socket
            .getOutputStream()
            .write(
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        long begin = System.nanoTime();
        byte[] part = new byte[64 * 1024];
        long total = 0;
        int count;
        do {
          count = socket.getInputStream().readNBytes(part, 0, part.length);
          total += count;
          pause(10);
        } while (count == part.length);
        assertThat(total).isGreaterThan(large.length);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isGreaterThan(1_400);
      }
    }
  }

  @Test
  void uploadersSeeWhyTheyAreRefused() throws IOException {
    try (HttpFront own =
        HttpFront.builder(EchoHandler::new, sweeper)
            .tls(chain, key)
            .maxBodyBytes(100_000)
            .build()
            .start()) {
      String part = "a".repeat(20_000);
      for (int i = 0; i < 20; i++) {
        try (RawClient raw =
            new RawClient(
                client
                    .getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), own.port()))) {
          raw.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n");
          for (int sent = 0; sent < 200_000; sent += part.length()) {
            raw.send(part);
            pause(5);
          }
          assertThat(raw.response().status()).as("upload " + i).isEqualTo(413);
        }
      }
    }
  }

  @Test
  void servesAndKeepsTheConnection() throws IOException {
    try (RawClient raw = connect()) {
      for (int size : new int[] {0, 1, 5_000, 40_000, 300_000}) {
        String body = "b".repeat(size);
        raw.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: " + size + "\r\n\r\n" + body);
        assertThat(raw.response().body()).isEqualTo("POST /p|" + size + "|" + body);
      }
      raw.send("GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(raw.response().body()).startsWith("data: 0");
      assertThat(raw.atEnd()).isTrue();
    }
  }

  @Test
  void closesProperlyAfterARefusal() throws IOException {
    try (RawClient raw = connect()) {
      raw.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nmore and more");
      assertThat(raw.response().status()).isEqualTo(400);
      // not an error: the closing alert came
      assertThat(raw.rest()).isEmpty();
    }
  }

  @Test
  void noticesThatTheCallerHasGoneWhileWriting() throws Exception {
    try (RawClient raw = connect()) {
      raw.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n");
      for (String line = raw.line(); !line.isEmpty(); line = raw.line()) {
        assertThat(line).isNotNull();
      }
      for (int i = 0; i < 20; i++) {
        assertThat(raw.line()).isEqualTo("9");
        assertThat(raw.line()).isEqualTo("data: x");
        assertThat(raw.line()).isEmpty();
        assertThat(raw.line()).isEmpty();
      }
    }
    assertThat(GONE.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void cutsAHandshakeThatDoesNotComeAndASlowHead() throws IOException {
    try (RawClient silent =
            new RawClient(new Socket(InetAddress.getLoopbackAddress(), front.port()));
        RawClient slow = connect()) {
      slow.send("GET / HT");
      assertThat(silent.atEnd()).isTrue();
      assertThatThrownBy(slow::response).isInstanceOf(IOException.class);
      try (RawClient other = connect()) {
        other.send("GET /o HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(other.response().body()).isEqualTo("GET /o|0|");
      }
    }
  }

  @Test
  void saysWhatIsWrongWithFiles() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    assertThatThrownBy(() -> tls(empty, key))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("empty.pem");
    assertThatThrownBy(() -> tls(chain, chain))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("openssl pkcs8");
  }

  private static void tls(Path certificates, Path privateKey) throws IOException {
    HttpFront.builder(EchoHandler::new, sweeper)
        .tls(certificates, privateKey)
        .build()
        .start()
        .close();
  }
}
