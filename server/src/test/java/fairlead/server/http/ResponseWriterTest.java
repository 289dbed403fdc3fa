package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers leave in one write where they can, and a slow reader's memory goes back early. */
final class ResponseWriterTest {
  private static DeadlineSweeper sweeper;

  @BeforeAll
  static void start() {
    sweeper = new DeadlineSweeper(5);
  }

  @AfterAll
  static void stop() {
    sweeper.close();
  }

  /** A peer whose kernel takes so many bytes of each write. */
  private static final class Taking implements Transport {
    private final FrontState front;
    private final int[] limits;
    final ByteArrayOutputStream written = new ByteArrayOutputStream();

    /** How much was borrowed when each of the writes began. */
    final List<Long> lent = new ArrayList<>();

    Taking(FrontState front, int... limits) {
      this.front = front;
      this.limits = limits;
    }

    @Override
    public int write(byte[] bytes, int offset, int length) {
      int limit = lent.size() < limits.length ? limits[lent.size()] : length;
      lent.add(front.pool.lent());
      written.write(bytes, offset, Math.min(limit, length));
      return Math.min(limit, length);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return -1;
    }

    @Override
    public void stopReading() {}

    @Override
    public void finishWriting() {}

    @Override
    public void close() {}
  }

  private static byte[] body(int size) {
    byte[] body = new byte[size];
    for (int i = 0; i < size; i++) {
      body[i] = (byte) ('a' + i % 23);
    }
    return body;
  }

  /** Sends a body that lies within a larger array; answers how long the head was. */
  private static int answer(Taking transport, byte[] body) throws IOException {
    FrontState front = transport.front;
    ConnectionClock clock = new ConnectionClock(transport, sweeper);
    ResponseWriter writer = new ResponseWriter(transport, clock, front);
    ByteSink headers = new ByteSink();
    headers.ascii("X: y\r\n");
    long now = System.nanoTime();
    writer.head(200, headers, body.length, false, ResponseWriter.Persistence.SILENT, now);
    byte[] array = new byte[body.length + 20];
    System.arraycopy(body, 0, array, 10, body.length);
    writer.flush(array, 10, body.length, now);
    clock.close();
    assertThat(front.pool.lent()).isZero();
    byte[] all = transport.written.toByteArray();
    int head = all.length - body.length;
    assertThat(new String(all, 0, head, StandardCharsets.ISO_8859_1))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .endsWith("Content-Length: " + body.length + "\r\n\r\n");
    assertThat(Arrays.copyOfRange(all, head, all.length)).isEqualTo(body);
    return head;
  }

  private static FrontState front() {
    return HttpFront.builder(EchoHandler::new, sweeper).state();
  }

  @Test
  void anAnswerOfUpTo64KibLeavesInOneWrite() throws Exception {
    for (int size : new int[] {1, 1_000, 16_000, 20_000, 60_000, 65_000}) {
      Taking transport = new Taking(front());
      answer(transport, body(size));
      assertThat(transport.lent).as("%d bytes", size).hasSize(1);
    }
    Taking transport = new Taking(front());
    answer(transport, body(300_000));
    assertThat(transport.lent).hasSize(2); // slicing is up to the transport
  }

  @Test
  void whatWasNotTakenAtOnceGoesFromWhereItIs() throws Exception {
    byte[] body = body(20_000);
    int head = answer(new Taking(front()), body);
    for (int taken = 1; taken <= head + 50; taken++) {
      Taking transport = new Taking(front(), taken, 3, 7_000, 1);
      answer(transport, body);
      int last = transport.lent.size() - 1;
      assertThat(transport.lent.get(0)).isPositive();
      assertThat(transport.lent.get(last)).as("borrowed at the last write").isZero();
    }
  }
}
