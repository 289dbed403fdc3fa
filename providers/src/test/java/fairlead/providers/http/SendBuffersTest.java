package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.providers.UpstreamRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests leave in one write where they can, whole in any case, and buffers come back. */
final class SendBuffersTest {
  private static final Endpoint ENDPOINT = Endpoint.parse("http://a.test");
  private static final Route ROUTE = new Route(ENDPOINT);

  /** A chat request whose body has {@code size} bytes, in the three parts that an edit makes. */
  private static UpstreamRequest request(int size) {
    UpstreamRequest request = new UpstreamRequest();
    request.reset(
        Operation.CHAT,
        RequestHead.encode("POST", "/v1/chat", "test", Map.of("Content-Type", "application/json")));
    request.extraHeaders().ascii("X-Request-Id: 1\r\n");
    byte[] bytes = new byte[size];
    SplittableRandom random = new SplittableRandom(size);
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) ('!' + random.nextInt(90));
    }
    byte[] model = "gpt".getBytes(StandardCharsets.US_ASCII);
    request.body().add(bytes, 0, 10).add(model, 0, 3).add(bytes, 13, size);
    return request;
  }

  /** What the request is on the wire, put together without any buffer. */
  private static byte[] wire(UpstreamRequest request) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(request.head());
    all.write(request.extraHeaders().array(), 0, request.extraHeaders().length());
    all.writeBytes(
        ("Content-Length: " + request.body().length() + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < request.body().parts(); i++) {
      int start = request.body().start(i);
      all.write(request.body().array(i), start, request.body().end(i) - start);
    }
    return all.toByteArray();
  }

  private static Connection connection(SocketChannel channel, SendBuffers buffers) {
    return new Connection(new PooledHost(ENDPOINT), new Transport(channel), buffers, 0);
  }

  private static void send(RecordingChannel channel, SendBuffers buffers, UpstreamRequest request) {
    Connection connection = connection(channel, buffers);
    connection.send(request, ROUTE);
    assertThat(connection.sendFailure()).isNull();
    assertThat(channel.written()).isEqualTo(wire(request));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 8_000, 8_192, 8_193, 20_000, 60_000, 65_000})
  void aRequestLeavesInOneWrite(int size) {
    RecordingChannel channel = new RecordingChannel();
    send(channel, new SendBuffers(1), request(size));
    assertThat(channel.writes()).isEqualTo(1);
  }

  @Test
  void aLongerOneInSlices() {
    for (int size : new int[] {65_536, 70_000, 150_000, 1_000_000}) {
      RecordingChannel channel = new RecordingChannel();
      UpstreamRequest request = request(size);
      send(channel, new SendBuffers(1), request);
      int slices = Math.ceilDiv(wire(request).length, SendBuffers.BUFFER_BYTES);
      assertThat(channel.writes()).as("%d bytes", size).isEqualTo(slices);
    }
  }

  @Test
  void whatTheKernelDoesNotTakeIsSentFromWhereItIs() {
    UpstreamRequest request = request(20_000);
    int head = wire(request).length - 20_000;
    for (int taken = 0; taken < head + 50; taken++) {
      send(new RecordingChannel(taken, 3), new SendBuffers(1), request);
    }
    for (int taken = 1; taken < 20_000 + head; taken += 97) {
      send(new RecordingChannel(taken, 5_000, 1), new SendBuffers(1), request);
    }
  }

  @Test
  void withoutAFreeBufferItIsSentInPieces() throws Exception {
    SendBuffers buffers = new SendBuffers(1);
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    RecordingChannel slow =
        new RecordingChannel() {
          @Override
          public int write(ByteBuffer source) throws IOException {
            writing.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return super.write(source);
          }
        };
    UpstreamRequest request = request(20_000);
    Thread holder = Thread.startVirtualThread(() -> send(slow, buffers, request));
    writing.await();
    RecordingChannel other = new RecordingChannel();
    send(other, buffers, request(30_000));
    assertThat(other.writes()).isGreaterThan(1);
    goOn.countDown();
    assertThat(holder.join(Duration.ofSeconds(10))).isTrue();
    assertThat(slow.written()).isEqualTo(wire(request));
    assertThat(slow.writes()).isEqualTo(1);
    assertThat(buffers.free()).isEqualTo(1);
  }

  @Test
  void aFailedWriteGivesItsBufferBack() {
    SendBuffers buffers = new SendBuffers(1);
    RecordingChannel broken =
        new RecordingChannel() {
          @Override
          public int write(ByteBuffer source) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    Connection connection = connection(broken, buffers);
    connection.send(request(20_000), ROUTE);
    assertThat(connection.sendFailure()).hasMessage("broken pipe");
    assertThat(buffers.free()).isEqualTo(1);
    RecordingChannel whole = new RecordingChannel();
    send(whole, buffers, request(20_000));
    assertThat(whole.writes()).isEqualTo(1);
  }

  /** Peers that read nothing until all writers are stuck: more of them than there are buffers. */
  @Test
  void moreSlowWritersThanBuffers() throws Exception {
    int writers = 12;
    SendBuffers buffers = new SendBuffers(2);
    try (ServerSocketChannel listener = listener()) {
      List<SocketChannel> peers = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      List<UpstreamRequest> requests = new ArrayList<>();
      List<Connection> connections = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        Connection connection = connection(SocketChannel.open(listener.getLocalAddress()), buffers);
        peers.add(listener.accept());
        UpstreamRequest request = request(8_000_000 + i);
        connections.add(connection);
        requests.add(request);
        threads.add(Thread.startVirtualThread(() -> connection.send(request, ROUTE)));
      }
      for (Thread thread : threads) {
        ClientFixture.until("the kernel is full", () -> thread.getState() == Thread.State.WAITING);
      }
      for (int i = 0; i < writers; i++) {
        try (SocketChannel peer = peers.get(i)) {
          byte[] wanted = wire(requests.get(i));
          ByteBuffer got = ByteBuffer.allocate(wanted.length);
          while (got.hasRemaining() && peer.read(got) >= 0) {
            // until all of it has come
          }
          assertThat(got.array()).as("request %d", i).isEqualTo(wanted);
        }
        assertThat(threads.get(i).join(Duration.ofSeconds(10))).isTrue();
        assertThat(connections.get(i).sendFailure()).isNull();
        connections.get(i).abort.run();
      }
    }
    assertThat(buffers.free()).isBetween(1, 2);
  }

  /** A connection that is full before the request begins: the writer waits with a buffer. */
  @Test
  void aWriterThatIsCutOffGivesItsBufferBack() throws Exception {
    SendBuffers buffers = new SendBuffers(1);
    try (ServerSocketChannel listener = listener()) {
      SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
      try (SocketChannel peer = listener.accept()) {
        channel.configureBlocking(false);
        ByteBuffer filler = ByteBuffer.allocateDirect(64 * 1024);
        int refused = 0;
        while (refused < 3) {
          refused = channel.write(filler.clear()) == 0 ? refused + 1 : 0;
        }
        channel.configureBlocking(true);
        Connection connection = connection(channel, buffers);
        Thread writer = Thread.startVirtualThread(() -> connection.send(request(20_000), ROUTE));
        ClientFixture.until("the writer waits", () -> writer.getState() == Thread.State.WAITING);
        RecordingChannel other = new RecordingChannel();
        send(other, buffers, request(20_000));
        assertThat(other.writes()).isEqualTo(2);
        connection.abort.run();
        assertThat(writer.join(Duration.ofSeconds(10))).isTrue();
        assertThat(connection.sendFailure()).isNotNull();
        assertThat(peer.isOpen()).isTrue();
      }
    }
    assertThat(buffers.free()).isEqualTo(1);
  }

  private static ServerSocketChannel listener() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.setOption(StandardSocketOptions.SO_RCVBUF, 16 * 1024);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return listener;
  }
}
