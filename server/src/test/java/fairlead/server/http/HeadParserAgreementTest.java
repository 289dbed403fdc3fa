package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.wire.ByteRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Generated and spoiled heads: the parser in place agrees with the grammar written down slowly. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class HeadParserAgreementTest {
  private static final int HEADS = 40_000;
  private static final int LIMIT = 8_192;
  private static final String[] METHODS = {"GET", "POST", "OPTIONS", "CONNECT", "x-Y", "G ET", ""};
  private static final String[] TARGETS = {
    "/",
    "/v1/chat/completions",
    "/a?b=c?d",
    "/?",
    "*",
    "http://Gate:80/x?y",
    "https://gate",
    "gate:80",
    "/a#b",
    "ftp://gate/x",
    "/\u00e9",
    "/%20"
  };
  private static final String[] VERSIONS = {
    "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.7", "HTTP/2.0", "http/1.1", "HTTP/1.1 "
  };
  private static final String[] FIELDS = {
    "Host: gate:80",
    "Host: gate",
    "host:[::1]:8080",
    "Host: a b",
    "Content-Length: 12",
    "content-length:0",
    "Content-Length: 1,2",
    "Content-Length: 1234567890123456789",
    "Transfer-Encoding: chunked",
    "transfer-encoding: CHUNKED ",
    "Transfer-Encoding: gzip, chunked",
    "Connection: close",
    "Connection: keep-alive , x",
    "connection: Close,,keep-alive",
    "Expect: 100-continue",
    "Expect: more",
    "X-A:  \t b \t",
    "X-Empty:",
    "Accept: \u00fc, */*",
    "No colon",
    "Bad name : x",
    " folded: x",
    ": nameless"
  };
  private static final char[] SPOILS = {' ', '\t', '\r', '\n', 0, ':', '/', 0x7f, 0xe9, '1', ','};

  private final RequestHead head = new RequestHead();
  private final HeadParser parser = new HeadParser(head, LIMIT, 100, LIMIT);

  private static String any(String[] of, SplittableRandom random) {
    // The first of a list are the usual ones.
    return of[Math.min(random.nextInt(of.length), random.nextInt(of.length))];
  }

  private static String head(SplittableRandom random) {
    StringBuilder text = new StringBuilder("\r\n".repeat(random.nextInt(8) == 0 ? 1 : 0));
    text.append(any(METHODS, random)).append(' ').append(any(TARGETS, random)).append(' ');
    text.append(any(VERSIONS, random)).append("\r\n");
    if (random.nextInt(4) > 0) {
      text.append("Host: ").append(random.nextInt(4) == 0 ? "GATE:80" : "gate").append("\r\n");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      String field = FIELDS[random.nextInt(FIELDS.length)];
      text.append(random.nextBoolean() ? "X-Filler: " + i : field).append("\r\n");
    }
    if (random.nextInt(3) == 0) {
      text.setCharAt(random.nextInt(text.length()), SPOILS[random.nextInt(SPOILS.length)]);
    }
    return text.append("\r\n").toString();
  }

  /** What the parser under test says; null if it refuses. */
  private @Nullable SlowHead parsed(byte[] bytes, int start, int firstLimit) {
    try {
      parser.reset(bytes, start);
      if (!parser.parse(firstLimit) && !parser.parse(bytes.length)) {
        throw new AssertionError("not complete");
      }
    } catch (HttpFailure refused) {
      return null;
    }
    List<String> headers = new ArrayList<>();
    for (int i = 0; i < head.count(); i++) {
      headers.add("");
    }
    return new SlowHead(
        text(bytes, head.methodStart, head.methodEnd),
        text(bytes, head.pathStart, head.pathEnd),
        text(bytes, head.queryStart, head.queryEnd),
        headers,
        head.contentLength(),
        head.chunked(),
        head.persistent(),
        head.expectsContinue());
  }

  private static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, Math.max(0, end - start), StandardCharsets.ISO_8859_1);
  }

  @Test
  void agreesWithTheGrammar() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("HeadParserAgreementTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    ByteRange value = new ByteRange();
    int accepted = 0;
    for (int i = 0; i < HEADS; i++) {
      String text = head(random);
      String shown = "seed " + seed + ": " + text;
      int before = random.nextInt(3);
      byte[] bytes = ("x".repeat(before) + text).getBytes(StandardCharsets.ISO_8859_1);
      SlowHead twin = SlowHead.read(text);
      SlowHead found = parsed(bytes, before, random.nextInt(before, bytes.length + 1));
      assertThat(found == null).as(shown).isEqualTo(twin == null);
      if (twin == null || found == null) {
        continue;
      }
      accepted++;
      assertThat(found)
          .as(shown)
          .usingRecursiveComparison()
          .ignoringFields("headers")
          .isEqualTo(twin);
      assertThat(found.headers()).as(shown).hasSameSizeAs(twin.headers());
      assertThat(parser.end()).as(shown).isEqualTo(bytes.length);
      for (String header : twin.headers()) {
        String name = header.substring(0, header.indexOf('='));
        String first =
            twin.headers().stream().filter(h -> h.startsWith(name + "=")).findFirst().orElseThrow();
        assertThat(head.find(name, value)).as(shown).isTrue();
        assertThat(name + "=" + text(bytes, value.start(), value.end())).as(shown).isEqualTo(first);
      }
    }
    assertThat(accepted).isBetween(HEADS / 5, HEADS - HEADS / 5);
  }
}
