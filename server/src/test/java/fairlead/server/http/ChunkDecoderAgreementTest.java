package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Generated and spoiled chunked bodies: the decoder agrees with the grammar written down slowly.
 */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class ChunkDecoderAgreementTest {
  private static final int BODIES = 40_000;
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
  private static final String TEXT = "[\\t -~\\x80-\\xff]";
  private static final String QUOTED = "\"(?:[\\t -~\\x80-\\xff&&[^\"\\\\]]|\\\\" + TEXT + ")*\"";
  private static final String EXTENSION =
      "[ \\t]*;[ \\t]*" + TOKEN + "+(?:=(?:" + TOKEN + "+|" + QUOTED + "))?";
  private static final Pattern SIZE =
      Pattern.compile("([0-9A-Fa-f]{1,15})((?:" + EXTENSION + ")+[ \\t]*)?\r\n");
  private static final Pattern TRAILERS =
      Pattern.compile("(?:" + TOKEN + "+:" + TEXT + "*\r\n)*\r\n");
  private static final String[] EXTENSIONS = {
    ";a", ";a=b", " ; a=\"b;\\\"c\" ", ";a=", "; ", " ", ";a =b", ";a=\"b", ";a;b=c"
  };
  private static final String[] TRAILER_LINES = {"A: b\r\n", "A:\r\n", "A : b\r\n", " A: b\r\n"};
  private static final char[] SPOILS = {' ', '\r', '\n', 0, ';', '0', 'g', '"', 0x7f, 0xe9};

  private static String body(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      int size = random.nextInt(1, 40);
      String hex = Integer.toHexString(size);
      text.append("0".repeat(random.nextInt(3)));
      text.append(random.nextBoolean() ? hex : hex.toUpperCase(Locale.ROOT));
      if (random.nextInt(4) == 0) {
        text.append(EXTENSIONS[random.nextInt(EXTENSIONS.length)]);
      }
      text.append("\r\n");
      for (int j = 0; j < size; j++) {
        text.append((char) random.nextInt(256));
      }
      text.append("\r\n");
    }
    text.append("0\r\n");
    for (int i = random.nextInt(3); i > 0 && random.nextInt(3) == 0; i--) {
      text.append(TRAILER_LINES[random.nextInt(TRAILER_LINES.length)]);
    }
    text.append("\r\n");
    if (random.nextInt(3) == 0) {
      text.setCharAt(random.nextInt(text.length()), SPOILS[random.nextInt(SPOILS.length)]);
    }
    return text.toString();
  }

  /** The data; null if the body is malformed or not complete. */
  private static @Nullable String slowly(String text) {
    StringBuilder data = new StringBuilder();
    Matcher size = SIZE.matcher(text);
    int at = 0;
    while (size.region(at, text.length()).lookingAt()) {
      long length = Long.parseLong(size.group(1), 16);
      at = size.end();
      if (length == 0) {
        Matcher trailers = TRAILERS.matcher(text).region(at, text.length());
        return trailers.lookingAt() ? data.toString() : null;
      }
      if (length > text.length() - at - 2 || !text.startsWith("\r\n", at + (int) length)) {
        return null;
      }
      data.append(text, at, at + (int) length);
      at += (int) length + 2;
    }
    return null;
  }

  private static @Nullable String decoded(byte[] bytes, SplittableRandom random) {
    ChunkDecoder decoder = new ChunkDecoder();
    decoder.reset();
    StringBuilder data = new StringBuilder();
    int at = 0;
    try {
      while (!decoder.done() && at < bytes.length) {
        int limit = random.nextInt(at + 1, bytes.length + 1);
        at = decoder.advance(bytes, at, limit);
        int take = (int) Math.min(decoder.remaining(), limit - at);
        if (take > 0) {
          data.append(new String(bytes, at, take, StandardCharsets.ISO_8859_1));
          decoder.took(take);
          at += take;
        }
      }
    } catch (HttpFailure refused) {
      return null;
    }
    return decoder.done() ? data.toString() : null;
  }

  @Test
  void agreesWithTheGrammarHoweverTheBytesArrive() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("ChunkDecoderAgreementTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int accepted = 0;
    for (int i = 0; i < BODIES; i++) {
      String text = body(random);
      String twin = slowly(text);
      assertThat(decoded(text.getBytes(StandardCharsets.ISO_8859_1), random))
          .as("seed " + seed + ": " + text)
          .isEqualTo(twin);
      accepted += twin == null ? 0 : 1;
    }
    assertThat(accepted).isBetween(BODIES / 4, BODIES - BODIES / 8);
  }
}
