package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Generated and spoiled heads: the parser in place agrees with the grammar written down slowly. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class ResponseHeadAgreementTest {
  private static final int HEADS = 40_000;
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
  private static final String TEXT = "[\\t -~\\x80-\\xff]";
  private static final Pattern LINE =
      Pattern.compile("HTTP/1\\.([01]) ([1-5][0-9]{2})(?: " + TEXT + "*)?");
  private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "+):(" + TEXT + "*)");
  private static final String[] LINES = {
    "HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.0 429 Too Many", "HTTP/1.1 599 ", "HTTP/1.1 101 x",
    "HTTP/1.1 099 x", "HTTP/2 200", "HTTP/1.1  200", "HTTP/1.1 2000", "http/1.1 200 OK"
  };
  private static final String[] FIELDS = {
    "Content-Length: 12",
    "content-length: 12",
    "Content-Length: 13",
    "Content-Length: x",
    "Content-Type: text/event-stream; charset=utf-8",
    "content-type: Text/Event-Stream",
    "Content-Type: text/event-streams",
    "Transfer-Encoding: Chunked",
    "Transfer-Encoding: gzip",
    "Connection: a, Close",
    "Connection: keep-alive",
    "Content-Encoding: gzip",
    "Content-Encoding: br",
    "x-ratelimit-remaining-requests: 7",
    "X-A: \u00fc \t",
    "No colon",
    "Bad : x"
  };
  private static final char[] SPOILS = {' ', '\t', '\r', '\n', 0, ':', 0x7f, 0xe9, '1', ','};

  /** What matters of a head. */
  private record Facts(
      int status,
      long contentLength,
      boolean chunked,
      boolean eventStream,
      boolean persistent,
      boolean rateHeaders,
      List<String> headers) {}

  private static String head(SplittableRandom random) {
    int first = Math.min(random.nextInt(LINES.length), random.nextInt(LINES.length));
    StringBuilder text = new StringBuilder(LINES[first]).append("\r\n");
    for (int i = random.nextInt(5); i > 0; i--) {
      String field = FIELDS[random.nextInt(FIELDS.length)];
      text.append(random.nextBoolean() ? "Date: today" : field).append("\r\n");
    }
    if (random.nextInt(3) == 0) {
      text.setCharAt(random.nextInt(text.length()), SPOILS[random.nextInt(SPOILS.length)]);
    }
    return text.append("\r\n").toString();
  }

  /** The facts of the head at the beginning of the text; null if there is none. */
  private static @Nullable Facts slowly(String text) {
    int end = text.indexOf("\r\n\r\n");
    // A line feed alone is refused wherever it stands.
    if (end < 0 || text.substring(0, end).replace("\r\n", "").contains("\n")) {
      return null;
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    Matcher line = LINE.matcher(lines[0]);
    if (!line.matches()) {
      return null;
    }
    List<String> headers = new ArrayList<>();
    List<String> lengths = new ArrayList<>();
    List<String> codings = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    boolean eventStream = false;
    boolean rates = false;
    for (int i = 1; i < lines.length; i++) {
      Matcher field = FIELD.matcher(lines[i]);
      if (!field.matches()) {
        return null;
      }
      String name = field.group(1).toLowerCase(Locale.ROOT);
      String value = field.group(2).replaceAll("^[ \\t]+|[ \\t]+$", "");
      headers.add(name + "=" + value);
      String lower = value.toLowerCase(Locale.ROOT);
      rates |= name.matches("(x|anthropic)-ratelimit-.*");
      switch (name) {
        case "content-length" -> lengths.add(value);
        case "transfer-encoding" -> codings.add(lower);
        case "content-type" ->
            eventStream = lower.matches("(?s)text/event-stream(?!" + TOKEN + ").*");
        case "connection" -> {
          for (String token : lower.split(",", -1)) {
            tokens.add(token.replaceAll("^[ \\t]+|[ \\t]+$", ""));
          }
        }
        default -> {}
      }
    }
    boolean fine =
        lengths.stream().allMatch(length -> length.matches("[0-9]{1,18}"))
            && lengths.stream().map(Long::parseLong).distinct().count() <= 1
            && codings.size() <= 1
            && codings.stream().allMatch("chunked"::equals)
            && (codings.isEmpty() || lengths.isEmpty())
            && !line.group(2).equals("101");
    boolean old = line.group(1).equals("0");
    return fine
        ? new Facts(
            Integer.parseInt(line.group(2)),
            lengths.isEmpty() ? -1 : Long.parseLong(lengths.getFirst()),
            !codings.isEmpty(),
            eventStream,
            !tokens.contains("close")
                && (!old || (tokens.contains("keep-alive") && codings.isEmpty())),
            rates,
            headers)
        : null;
  }

  private static @Nullable Facts parsed(ResponseHead head, byte[] bytes, int firstLimit) {
    head.reset();
    try {
      if (head.parse(bytes, firstLimit) < 0 && head.parse(bytes, bytes.length) < 0) {
        return null; // not complete
      }
    } catch (UpstreamException refused) {
      return null;
    }
    return new Facts(
        head.status(),
        head.contentLength(),
        head.isChunked(),
        head.isEventStream(),
        head.isPersistent(),
        head.hasRateHeaders(),
        List.of());
  }

  @Test
  void agreesWithTheGrammarHoweverTheBytesArrive() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("ResponseHeadAgreementTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    ResponseHead head = new ResponseHead();
    int accepted = 0;
    for (int i = 0; i < HEADS; i++) {
      String text = head(random);
      String shown = "seed " + seed + ": " + text;
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      Facts twin = slowly(text);
      Facts found = parsed(head, bytes, random.nextInt(bytes.length + 1));
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
      for (String header : twin.headers().reversed()) {
        String name = header.substring(0, header.indexOf('='));
        String first =
            twin.headers().stream().filter(h -> h.startsWith(name + "=")).findFirst().orElseThrow();
        assertThat(name + "=" + head.value(name)).as(shown).isEqualTo(first);
      }
    }
    assertThat(accepted).isBetween(HEADS / 5, HEADS - HEADS / 5);
  }
}
