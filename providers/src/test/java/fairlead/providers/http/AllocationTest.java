package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.wire.QuotaHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a call on a pooled connection costs in garbage, all threads of the process together. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
class AllocationTest {
  private static final int WARM_UP = 20_000;
  private static final int CALLS = 20_000;
  private static final int MAX_BYTES_PER_CALL = 300;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Answers any request that ends with '}' and allocates nothing doing it. */
  private static void serve(ServerSocket listener, byte[] response) {
    try (Socket socket = listener.accept()) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[8_192];
      for (int n; (n = in.read(buffer)) > 0; ) {
        if (buffer[n - 1] == '}') {
          out.write(response);
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private double bytesPerCall(String response) throws Exception {
    return bytesPerCall("{\"model\":\"m\",\"messages\":[]}", response);
  }

  private double bytesPerCall(String request, String response) throws Exception {
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    long[] allocated = new long[1];
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ClientFixture fixture = new ClientFixture()) {
      Thread _ =
          Thread.ofPlatform()
              .daemon()
              .start(() -> serve(listener, response.getBytes(StandardCharsets.US_ASCII)));
      Upstream upstream =
          fixture.client.endpoint(Endpoint.parse("http://127.0.0.1:" + listener.getLocalPort()));
      Thread caller =
          Thread.startVirtualThread(
              () -> {
                try {
                  calls(fixture, upstream, request, WARM_UP);
                  long before = threads.getTotalThreadAllocatedBytes();
                  calls(fixture, upstream, request, CALLS);
                  allocated[0] = threads.getTotalThreadAllocatedBytes() - before;
                } catch (UpstreamException | RuntimeException e) {
                  failure.set(e);
                }
              });
      caller.join();
      assertThat(failure.get()).isNull();
      assertThat(fixture.client.stats().created()).isEqualTo(1);
    }
    return (double) allocated[0] / CALLS;
  }

  private static void calls(ClientFixture fixture, Upstream upstream, String body, int count)
      throws UpstreamException {
    byte[] buffer = new byte[16_384];
    QuotaHeaders quota = new QuotaHeaders();
    UpstreamRequest request = ClientFixture.post(body);
    try (CallControl control = fixture.control()) {
      for (int i = 0; i < count; i++) {
        control.begin(System.nanoTime() + 20_000_000_000L);
        UpstreamResponse response = upstream.open(request, control);
        if (response.status() != 200) {
          throw new IllegalStateException("status " + response.status());
        }
        boolean told = quota.read(response, () -> 0);
        if (told != (quota.remainingShare() == 0.25 && quota.resetMillis() == 30_000)) {
          throw new IllegalStateException("share " + quota.remainingShare());
        }
        int length = 0;
        for (int n; (n = response.read(buffer, 0, buffer.length)) > 0; ) {
          length += n;
        }
        response.release();
        if (length != 1_200) {
          throw new IllegalStateException("length " + length);
        }
      }
    }
  }

  @Test
  void aPooledCallAllocatesLittle() throws Exception {
    String body = "x".repeat(1_200);
    double fixed =
        bytesPerCall(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: 1\r\n"
                + "Content-Length: 1200\r\n\r\n"
                + body);
    double longRequest =
        bytesPerCall(
            "{" + "x".repeat(20_000) + "}",
            "HTTP/1.1 200 OK\r\nContent-Length: 1200\r\n\r\n" + body);
    double chunked =
        bytesPerCall(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + ("78\r\n" + body.substring(0, 120) + "\r\n").repeat(10)
                + "0\r\n\r\n");
    double limits =
        bytesPerCall(
            "HTTP/1.1 200 OK\r\nX-RateLimit-Limit-Requests: 1000\r\n"
                + "X-RateLimit-Remaining-Requests: 900\r\nX-RateLimit-Reset-Requests: 1h\r\n"
                + "x-ratelimit-limit-tokens: 200\r\nx-ratelimit-remaining-tokens: 50\r\n"
                + "x-ratelimit-reset-tokens: 30s\r\nContent-Length: 1200\r\n\r\n"
                + body);
    System.out.println(
        "B/op: Content-Length "
            + fixed
            + ", 20 KB request "
            + longRequest
            + ", chunked "
            + chunked
            + ", rate headers "
            + limits);
    assertThat(longRequest).isLessThan(MAX_BYTES_PER_CALL);
    assertThat(limits).isLessThan(MAX_BYTES_PER_CALL);
    assertThat(fixed).isLessThan(MAX_BYTES_PER_CALL);
    assertThat(chunked).isLessThan(MAX_BYTES_PER_CALL);
  }
}
