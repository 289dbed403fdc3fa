package fairlead.providers.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.JsonScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cursor and Jackson's parser agree on what JSON is and on what strings say. */
class JsonCursorTest {
  private static final JsonFactory JACKSON = new JsonFactory();
  private static final String SEED =
      "{\"a\":[1,-2.5e+3,0,true,false,null,\"x\\n\\\"\\u00e9\\ud83d\\ude00 ä漢😀\"],"
          + "\"b\":{\"c\":{},\"d\":[]},\"\":\"\"}";

  @Test
  void agreesWithJacksonOnMutations() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("JsonCursorTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] original = SEED.getBytes(UTF_8);
    byte[] alphabet = "{}[]\",:\\u0123456789abcdef-+.eEtrufalsn \n\t\u0000\u007f".getBytes(UTF_8);
    int good = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] mutated = original.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        int at = random.nextInt(mutated.length);
        mutated[at] =
            random.nextInt(4) == 0
                ? (byte) random.nextInt(256)
                : alphabet[random.nextInt(alphabet.length)];
      }
      if (random.nextInt(10) == 0) {
        mutated = Arrays.copyOf(mutated, random.nextInt(mutated.length));
      }
      boolean expected = jackson(mutated);
      good += expected ? 1 : 0;
      assertThat(cursor(mutated))
          .as("seed %d: %s", seed, new String(mutated, UTF_8))
          .isEqualTo(expected);
    }
    assertThat(good).isPositive();
  }

  @Test
  void stringsSayTheSame() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("JsonCursorTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    String[] pieces = {
      "a",
      " ",
      "\\n",
      "\\\"",
      "\\\\",
      "\\/",
      "\\b",
      "\\f",
      "\\t",
      "\\r",
      "\\u0041",
      "\\u00e9",
      "\\u6f22",
      "\\ud83d\\ude00",
      "ä",
      "漢",
      "😀",
      "\\u0000"
    };
    for (int i = 0; i < 2000; i++) {
      StringBuilder inside = new StringBuilder();
      for (int k = random.nextInt(12); k > 0; k--) {
        inside.append(pieces[random.nextInt(pieces.length)]);
      }
      byte[] json = ("\"" + inside + "\"").getBytes(UTF_8);
      String expected;
      try (JsonParser parser = JACKSON.createParser(json)) {
        parser.nextToken();
        expected = parser.getText();
      }
      JsonCursor cursor = new JsonCursor().over(json, 0, json.length);
      cursor.string();
      cursor.finish();
      ByteRange range = new ByteRange().set(json, cursor.start(), cursor.stop());
      assertThat(JsonText.decode(range)).isEqualTo(expected);
      assertThat(JsonText.characters(range))
          .isEqualTo(expected.codePointCount(0, expected.length()));
      boolean blank = expected.chars().allMatch(c -> c == ' ' || (c >= '\t' && c <= '\r'));
      assertThat(JsonText.blank(range)).isEqualTo(blank);
    }
  }

  @Test
  void namesCannotHideBehindEscapes() {
    byte[] json = "{\"\\u006eame\":1,\"n\\u0061me2\":2}".getBytes(UTF_8);
    JsonCursor cursor = new JsonCursor().over(json, 0, json.length);
    cursor.enterObject();
    assertThat(cursor.nextField()).isTrue();
    assertThat(cursor.keyIs("name")).isTrue();
    assertThat(cursor.longOr(0)).isEqualTo(1);
    assertThat(cursor.nextField()).isTrue();
    assertThat(cursor.keyIs("name")).isFalse();
    assertThat(cursor.keyIs("name2")).isTrue();
    cursor.skip();
    assertThat(cursor.nextField()).isFalse();
    cursor.finish();
  }

  @ParameterizedTest
  @ValueSource(ints = {JsonScan.MAX_DEPTH, JsonScan.MAX_DEPTH + 1, 100_000})
  void depthIsBounded(int depth) {
    byte[] json = ("[".repeat(depth) + "]".repeat(depth)).getBytes(UTF_8);
    assertThat(cursor(json)).isEqualTo(depth <= JsonScan.MAX_DEPTH);
  }

  @Test
  void numbers() {
    assertThat(number("12")).isEqualTo(12);
    assertThat(number("-7")).isEqualTo(-7);
    assertThat(number("3.9")).isEqualTo(3);
    assertThat(number("2e3")).isEqualTo(2000);
    assertThat(number("9007199254740993")).isEqualTo(9_007_199_254_740_993L);
    assertThat(number("99999999999999999999")).isGreaterThan(1L << 62);
    assertThat(number("null")).isEqualTo(42);
    assertThat(number("\"5\"")).isEqualTo(42);
  }

  @Test
  void compactDropsSpaceBetweenTokensOnly() {
    byte[] json = "{ \"a b\" : [ 1 ,\n\t\"x \\\" y\" ] }".getBytes(UTF_8);
    ByteSink out = new ByteSink();
    JsonText.compact(json, 0, json.length, out);
    assertThat(out).hasToString("{\"a b\":[1,\"x \\\" y\"]}");
  }

  private static long number(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return new JsonCursor().over(bytes, 0, bytes.length).longOr(42);
  }

  private static boolean cursor(byte[] json) {
    JsonCursor cursor = new JsonCursor().over(json, 0, json.length);
    try {
      cursor.skip();
      cursor.finish();
      return true;
    } catch (JsonSyntaxException e) {
      return false;
    }
  }

  /**
   * Jackson takes some bytes that are not UTF-8 and guesses encodings; the JDK's decoder does not.
   */
  private static boolean jackson(byte[] json) {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      return false;
    }
    try (JsonParser parser = JACKSON.createParser(text)) {
      int depth = 0;
      boolean any = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (any && depth == 0) {
          return false; // a second value
        }
        any = true;
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME) {
          parser.getText();
        }
      }
      return any && depth == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
