package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much garbage a request costs, client included. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class HttpAllocationTest {
  private static final int REQUESTS = 20_000;

  /**
   * What a careful handler does: reads the body, looks at headers, answers from its own buffers.
   */
  private static final class Careful implements HttpHandler {
    private final ByteSink headers = new ByteSink();
    private final ByteRange value = new ByteRange();
    private final byte[] answer = new byte[1024];

    @Override
    public void handle(HttpExchange exchange) throws IOException {
      ByteRange body = exchange.body();
      headers.clear();
      headers.ascii("Content-Type: application/json\r\n");
      boolean found = exchange.findHeader("authorization", value);
      if (!found || !exchange.path().equals("/v1/chat/completions") || body.isEmpty()) {
        throw new HttpFailure(400, "unexpected", "unexpected", true);
      }
      exchange.watchCaller(() -> {});
      exchange.unwatch();
      exchange.respond(200, headers, answer, 0, answer.length);
    }
  }

  @Test
  void aRequestCostsLittleGarbage() throws IOException {
    try (DeadlineSweeper sweeper = new DeadlineSweeper(5);
        HttpFront front =
            HttpFront.builder(Careful::new, sweeper)
                .knownPaths(List.of("/v1/chat/completions"))
                .build()
                .start()) {
      for (int size : new int[] {1_000, 20_000}) {
        long bytes = bytesPerRequest(front.port(), size);
        System.out.println("allocated per request with a body of " + size + ": " + bytes + " B");
        assertThat(bytes).isLessThan(350);
      }
    }
  }

  private static long bytesPerRequest(int port, int size) throws IOException {
    byte[] request =
        ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:8080\r\n"
                + "Authorization: Bearer sk-1234567890\r\nContent-Type: application/json\r\n"
                + "Accept: application/json\r\nUser-Agent: test\r\nContent-Length: "
                + size
                + "\r\n\r\n"
                + "b".repeat(size))
            .getBytes(StandardCharsets.US_ASCII);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      ByteBuffer out = ByteBuffer.allocateDirect(request.length).put(request);
      ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
      int length = exchange(channel, out, in, -1);
      for (int i = 0; i < REQUESTS; i++) {
        int _ = exchange(channel, out, in, length);
      }
      long before = threads.getTotalThreadAllocatedBytes();
      for (int i = 0; i < REQUESTS; i++) {
        int _ = exchange(channel, out, in, length);
      }
      return (threads.getTotalThreadAllocatedBytes() - before) / REQUESTS;
    }
  }

  /** Sends the request and reads a response of that length, or finds the length out. */
  private static int exchange(SocketChannel channel, ByteBuffer out, ByteBuffer in, int length)
      throws IOException {
    out.rewind();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    in.clear();
    int wanted = length;
    while (wanted < 0 || in.position() < wanted) {
      if (channel.read(in) < 0) {
        throw new IOException("the front closed the connection");
      }
      if (wanted < 0) {
        byte[] seen = new byte[in.position()];
        in.get(0, seen);
        int end = new String(seen, StandardCharsets.US_ASCII).indexOf("\r\n\r\n");
        wanted = end < 0 ? -1 : end + 4 + 1024;
      }
    }
    return wanted;
  }
}
