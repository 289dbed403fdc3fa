package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors as providers write them, and everything else. */
final class EmbeddingScanTest {
  private final EmbeddingScan scan = new EmbeddingScan();

  private float @Nullable [] read(String text) {
    byte[] bytes = (" " + text + "!").getBytes(StandardCharsets.UTF_8);
    return scan.scan(bytes, 1, bytes.length - 1);
  }

  @Test
  void theFirstVectorIsRead() {
    assertThat(
            read(
                """
                {"object":"list","data":[{"object":"embedding","embedding":[0.3,4E-1],"index":0},
                 {"embedding":[1,0]}],"model":"m","usage":{"prompt_tokens":7,"total_tokens":7}}
                """))
        .containsExactly(.6f, .8f);
    assertThat(scan.usage().promptTokens()).isEqualTo(7);
    assertThat(read("{\"data\":[{\"embedding\":[-2]}]}")).containsExactly(-1);
    assertThat(scan.usage().known()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "{}",
        "{\"data\":{}}",
        "{\"data\":[7]}",
        "{\"data\":[{\"embedding\":\"AACAPw==\"}]}",
        "{\"data\":[{\"embedding\":[[1]]}]}",
        "{\"data\":[{\"embedding\":[\"1\"]}]}",
        "{\"data\":[{\"embedding\":[true]}]}",
        "{\"data\":[{\"embedding\":[NaN]}]}",
        "{\"data\":[{\"embedding\":[0,-0.0]}]}",
        "{\"data\":[{\"embedding\":[1e39]}]}",
        "{\"data\":[{\"embedding\":[1,]}]}",
        "{\"data\":[{},{\"embedding\":[1]}]}",
        "{\"data\":[{\"embedding\":[1]}]"
      })
  void whatIsNoVectorIsNone(String text) {
    assertThat(read(text)).isNull();
  }

  @Test
  void thereIsALongestVector() {
    String most = "1,".repeat(EmbeddingScan.MAX_DIMS - 1) + "1";
    assertThat(read("{\"data\":[{\"embedding\":[" + most + "]}]}")).hasSize(EmbeddingScan.MAX_DIMS);
    assertThat(read("{\"data\":[{\"embedding\":[" + most + ",1]}]}")).isNull();
  }

  @Test
  void numbersAreReadAsTheLanguageReadsThem() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 100_000; i++) {
      String text = number(random);
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      double expected = Double.parseDouble(text);
      double found = JsonNumber.toDouble(bytes, 0, bytes.length);
      if (Double.isInfinite(expected) || Math.abs(expected) < Double.MIN_NORMAL) {
        assertThat((float) found).as("seed %d: %s", seed, text).isEqualTo((float) expected);
      } else {
        assertThat(found / expected).as("seed %d: %s", seed, text).isCloseTo(1, within(1e-13));
      }
    }
  }

  private static String number(SplittableRandom random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
    text.append(random.nextBoolean() ? "0" : digits(random, "123456789", 1));
    if (text.charAt(text.length() - 1) != '0') {
      text.append(digits(random, "0123456789", random.nextInt(25)));
    }
    if (random.nextInt(4) > 0) {
      text.append('.').append("0".repeat(random.nextInt(8)));
      text.append(digits(random, "0123456789", 1 + random.nextInt(25)));
    }
    if (random.nextBoolean()) {
      text.append(random.nextBoolean() ? "e" : "E").append(random.nextBoolean() ? "-" : "+");
      text.append(random.nextInt(random.nextBoolean() ? 40 : 500));
    }
    return text.toString();
  }

  private static String digits(SplittableRandom random, String from, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(from.charAt(random.nextInt(from.length())));
    }
    return text.toString();
  }

  /** Whatever comes, the result is null or a vector of unit length. */
  @Test
  void garbageIsSurvived() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    String whole =
        "{\"data\":[{\"object\":\"embedding\",\"embedding\":[0.25,-1.5e-3,7,0.001]}],"
            + "\"usage\":{\"prompt_tokens\":7}}";
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = whole.getBytes(StandardCharsets.US_ASCII);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        int at = random.nextInt(bytes.length);
        bytes[at] =
            random.nextBoolean()
                ? (byte) whole.charAt(random.nextInt(whole.length()))
                : (byte) random.nextInt(256);
      }
      int end = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
      float[] vector = scan.scan(bytes, 0, end);
      if (vector != null) {
        double squares = 0;
        for (float v : vector) {
          squares += (double) v * v;
        }
        assertThat(squares)
            .as("seed %d: %s", seed, new String(bytes, 0, end, StandardCharsets.ISO_8859_1))
            .isCloseTo(1, within(1e-5));
      }
    }
  }
}
