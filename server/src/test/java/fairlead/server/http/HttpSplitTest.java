package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import io.helidon.common.concurrency.limits.FixedLimit;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** However the bytes of a connection are cut into reads, the answers are the same. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class HttpSplitTest {
  private static final String STREAM =
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
          + "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n1234567"
          + "\r\nPOST /c?q HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "5;a=\"b\\\"\"\r\nhello\r\n1 ;c\r\n!\r\n0\r\nT: v\r\nU: w\r\n\r\n"
          + "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"
          + "HEAD /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  private static DeadlineSweeper sweeper;

  @BeforeAll
  static void start() {
    sweeper = new DeadlineSweeper(5);
  }

  @AfterAll
  static void stop() {
    sweeper.close();
  }

  private static FrontState front() {
    return HttpFront.builder(EchoHandler::new, sweeper).state();
  }

  private static ScriptedTransport serve(FrontState front, String stream, int... cuts) {
    ScriptedTransport transport =
        new ScriptedTransport(stream.getBytes(StandardCharsets.ISO_8859_1), cuts);
    new Connection(front, transport, true).handle(FixedLimit.create());
    assertThat(front.pool.lent()).isZero();
    assertThat(front.connections).isEmpty();
    return transport;
  }

  @Test
  void twoPortionsAtEveryPoint() {
    FrontState front = front();
    String whole = serve(front, STREAM).written();
    assertThat(whole)
        .contains("GET /a|0|", "POST /b|7|1234567", "POST /c?q|6|hello!", "Connection: close")
        .endsWith("\r\n\r\n");
    for (int cut = 1; cut < STREAM.length(); cut++) {
      assertThat(serve(front, STREAM, cut).written()).as("cut at %d", cut).isEqualTo(whole);
    }
  }

  @Test
  void oneByteAtATime() {
    int[] cuts = new int[STREAM.length()];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = i + 1;
    }
    FrontState front = front();
    assertThat(serve(front, STREAM, cuts).written()).isEqualTo(serve(front, STREAM).written());
  }

  @Test
  void largeHeadsAndBodiesInRandomPortions() {
    StringBuilder stream = new StringBuilder();
    for (int size : new int[] {10, 1_950, 2_048, 3_000, 4_050, 4_096, 9_000, 70_000, 300_000}) {
      String body = "0123456789".repeat(size / 10 + 1).substring(0, size);
      String filler = "X: " + "y".repeat(Math.min(size, 20_000)) + "\r\n";
      stream.append("POST /f HTTP/1.1\r\nHost: x\r\n").append(filler);
      stream.append("Content-Length: ").append(size).append("\r\n\r\n").append(body);
      stream.append("POST /g HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n");
      stream.append(filler).append("\r\n");
      for (int at = 0; at < size; at += 1_000) {
        String chunk = body.substring(at, Math.min(size, at + 1_000));
        stream.append(Integer.toHexString(chunk.length())).append("\r\n");
        stream.append(chunk).append("\r\n");
      }
      stream.append("0\r\n\r\n");
    }
    FrontState front = front();
    String whole = serve(front, stream.toString()).written();
    assertThat(whole).contains("POST /f|300000|", "POST /g|300000|");
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("HttpSplitTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      int[] cuts = random.ints(random.nextInt(1, 2_000), 1, stream.length()).sorted().toArray();
      assertThat(serve(front, stream.toString(), cuts).written()).isEqualTo(whole);
    }
  }

  @Test
  void headAndBodyGoOutInOneWriteAndEachEventInOne() {
    assertThat(serve(front(), "GET /a HTTP/1.1\r\nHost: x\r\n\r\n").writes()).isEqualTo(1);
    // three events, the first with the head, and the end
    assertThat(serve(front(), "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n").writes()).isEqualTo(4);
  }
}
