package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import io.helidon.common.concurrency.limits.FixedLimit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mutated requests: whatever comes, each answer is a response, none blames the server, nothing
 * hangs, and no memory stays borrowed.
 */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class HttpFuzzTest {
  private static final int ROUNDS = 30_000;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
  private static final List<String> SEEDS =
      List.of(
          "GET /a?b HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
          "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n1234567",
          "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "5;a=\"b\"\r\nhello\r\n0\r\nT: v\r\n\r\n",
          "PUT http://x/d HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
              + "Content-Length: 1\r\n\r\nx",
          "HEAD /stream HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n");
  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          "\0",
          " ",
          "\t",
          ":",
          ";",
          ",",
          "0",
          "-1",
          "+",
          "ffffffff",
          "\u00a0",
          "\u00ff",
          "chunked",
          "Content-Length: 3\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Host: y\r\n",
          "HTTP/1.1",
          "HTTP/2.0",
          "/",
          "*",
          "\"",
          "\\",
          "\r\n\r\n",
          "Expect: x\r\n");

  @Test
  @Timeout(60)
  void neverBlamesTheServer() {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("HttpFuzzTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (DeadlineSweeper sweeper = new DeadlineSweeper(5)) {
      FrontState front =
          HttpFront.builder(EchoHandler::new, sweeper)
              .maxBodyBytes(100_000)
              .headTimeout(Duration.ofSeconds(20))
              .state();
      for (int round = 0; round < ROUNDS; round++) {
        String stream = mutate(random);
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        int[] cuts = random.ints(random.nextInt(4), 1, bytes.length + 1).sorted().toArray();
        ScriptedTransport transport = new ScriptedTransport(bytes, cuts);
        new Connection(front, transport, true).handle(FixedLimit.create());
        check(stream, transport.written());
      }
      assertThat(front.pool.lent()).isZero();
      assertThat(front.inFlight.sum()).isZero();
    }
  }

  private static void check(String stream, String written) {
    Matcher status = STATUS.matcher(written);
    int from = 0;
    while (status.find(from)) {
      int code = Integer.parseInt(status.group(1));
      boolean fine = code == 100 || code == 200 || (code >= 400 && code < 500) || code == 505;
      assertThat(fine).as("status %d to %s", code, stream).isTrue();
      from = status.end();
    }
    if (!written.isEmpty()) {
      assertThat(written).as("the answer to %s", stream).startsWith("HTTP/1.1 ");
    }
  }

  private static String mutate(SplittableRandom random) {
    StringBuilder stream = new StringBuilder();
    int requests = random.nextInt(1, 4);
    for (int i = 0; i < requests; i++) {
      stream.append(SEEDS.get(random.nextInt(SEEDS.size())));
    }
    int mutations = random.nextInt(1, 5);
    for (int i = 0; i < mutations; i++) {
      int at = random.nextInt(stream.length());
      switch (random.nextInt(5)) {
        case 0 -> stream.setCharAt(at, (char) random.nextInt(256));
        case 1 -> stream.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> stream.delete(at, Math.min(stream.length(), at + random.nextInt(1, 6)));
        case 3 -> {
          int end = Math.min(stream.length(), at + random.nextInt(1, 40));
          stream.insert(at, stream.substring(at, end));
        }
        default -> stream.setLength(Math.max(1, at));
      }
      if (stream.isEmpty()) {
        stream.append('G');
      }
    }
    return stream.toString();
  }
}
