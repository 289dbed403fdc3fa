package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonScanTest {
  private final JsonScan json = new JsonScan();

  private boolean accepts(byte[] text) {
    json.begin(text, 0, text.length);
    json.skip();
    return json.end();
  }

  private boolean accepts(String text) {
    return accepts(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-1",
        "12345678901234567890",
        "0.5",
        "-0.0e-0",
        "1E+2",
        "1e400",
        "true",
        "false",
        "null",
        "\"\"",
        " \t\r\n{ } \n",
        "[]",
        "[ ]",
        "[[]]",
        "[1 , 2]",
        "{\"\":0}",
        "{\"a\":{\"b\":[{},[],\"\"]},\"c\":null}",
        "{\"a\":1,\"a\":2}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
        "\"\\uD800\"",
        "\"\\u0000\"",
        "\"\u007f\"",
        "\"é, ß, 漢字, 😀\"",
        "\"12345678\"",
        "\"a string that is longer than one word of eight bytes, and then some\"",
        "[\"\",\"1\",\"12\",\"1234567\",\"12345678\",\"123456789\"]",
      })
  void acceptsWhatTheGrammarAllows(String text) {
    assertThat(accepts(text)).as(json.errorMessage()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1.e1",
        "0x1",
        "1a",
        "NaN",
        "Infinity",
        "-Infinity",
        "tru",
        "truE",
        "nul",
        "True",
        "falsee",
        "\"",
        "\"abc",
        "\"\\\"",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\U0041\"",
        "'a'",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\u0000\"",
        "\"\u001f123456789\"",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "[\"a\",,\"b\"]",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"a\":}",
        "{a:1}",
        "{1:1}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1]",
        "{\"a\":1}}",
        "{} {}",
        "[] x",
        "1 2",
        "// c\n1",
        "/**/1",
        "\u00a01",
        "1\f",
        "\ufeff{}",
      })
  void rejectsWhatItForbids(String text) {
    assertThat(accepts(text)).as(text).isFalse();
    assertThat(json.errorMessage()).contains("at line ");
    assertThat(json.errorOffset()).isBetween(0, text.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void rejectsMalformedUtf8WhereverItStands() {
    byte[][] sequences = {
      {(byte) 0x80},
      {(byte) 0xbf},
      {(byte) 0xc0, (byte) 0xaf},
      {(byte) 0xc1, (byte) 0x81},
      {(byte) 0xc3},
      {(byte) 0xc3, (byte) 0x28},
      {(byte) 0xe0, (byte) 0x9f, (byte) 0xbf},
      {(byte) 0xe2, (byte) 0x82},
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xf0, (byte) 0x8f, (byte) 0xbf, (byte) 0xbf},
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
      {(byte) 0xff},
    };
    for (byte[] sequence : sequences) {
      for (int before = 0; before < 20; before++) {
        ByteSink text = new ByteSink();
        text.ascii("\"" + "x".repeat(before)).append(sequence).ascii("\"");
        assertThat(accepts(text.toByteArray())).as(Arrays.toString(sequence)).isFalse();
        assertThat(json.errorOffset()).isEqualTo(1 + before);
        assertThat(json.errorMessage()).contains("not valid UTF-8");
      }
    }
  }

  @Test
  void acceptsTheEdgesOfUtf8() {
    String edges =
        "\u0080\u07ff\u0800\ud7ff\ue000\uffff"
            + Character.toString(0x10000)
            + Character.toString(0x10ffff);
    assertThat(accepts("\"" + edges + "\"")).as(json.errorMessage()).isTrue();
  }

  @Test
  void saysWhereTheErrorIs() {
    accepts("{\n  \"é\": 1,\n  \"b\" 2\n}");
    assertThat(json.errorMessage())
        .isEqualTo("expected ':' after a key, found '2' at line 3, column 7 (byte 19)");
    accepts("[1,\u0001]");
    assertThat(json.errorMessage())
        .isEqualTo("expected a JSON value, found byte 0x1 at line 1, column 4 (byte 3)");
    accepts("\ufeff{}");
    assertThat(json.errorMessage()).startsWith("a byte order mark is not allowed");
    accepts("[1");
    assertThat(json.errorMessage()).isEqualTo("expected ',' or ']' at line 1, column 3 (byte 2)");
  }

  @Test
  void boundsTheNesting() {
    assertThat(accepts("[".repeat(512) + "]".repeat(512))).isTrue();
    assertThat(accepts("[".repeat(513) + "]".repeat(513))).isFalse();
    assertThat(json.errorMessage()).contains("deeper than 512");
    assertThat(accepts("[".repeat(100_000))).isFalse();
    assertThat(json.errorOffset()).isEqualTo(512);
    assertThat(accepts("{\"a\":".repeat(512) + "1" + "}".repeat(512))).isTrue();
    assertThat(accepts("{\"a\":".repeat(100_000))).isFalse();
  }

  @Test
  void survivesHugeTokens() {
    assertThat(accepts("9".repeat(1_000_000))).isTrue();
    assertThat(json.valueAsLong()).isEqualTo(Long.MAX_VALUE);
    assertThat(accepts("0." + "0".repeat(1_000_000) + "1")).isTrue();
    assertThat(json.valueAsLong()).isZero();
    assertThat(accepts("1e" + "9".repeat(1_000_000))).isTrue();
    assertThat(json.valueAsLong()).isEqualTo(Long.MAX_VALUE);
    assertThat(accepts("{\"" + "k".repeat(1_000_000) + "\":1}")).isTrue();
    assertThat(accepts("{\"" + "\\u006b".repeat(100_000) + "\":1}")).isTrue();
  }

  @Test
  void readsNumbersAsLong() {
    String[] texts = {
      "0",
      "-0",
      "7",
      "-7",
      "12.0",
      "12.9",
      "-12.9",
      "1.2e1",
      "120e-1",
      "1E3",
      "9223372036854775807",
      "9223372036854775808",
      "-1e99",
      "0.001e3",
      "0e999999999999",
      "1234567890123456789012e-10",
    };
    long[] values = {
      0,
      0,
      7,
      -7,
      12,
      12,
      -12,
      12,
      12,
      1000,
      9223372036854775800L,
      9223372036854775800L,
      -Long.MAX_VALUE,
      1,
      0,
      123456789012L,
    };
    for (int i = 0; i < texts.length; i++) {
      assertThat(accepts(texts[i])).isTrue();
      // Beyond 18 digits the last ones count as zeros.
      assertThat(json.valueAsLong()).as(texts[i]).isEqualTo(values[i]);
    }
    assertThat(accepts("\"5\"")).isTrue();
    assertThat(json.valueAsLong()).isEqualTo(-1);
  }

  @Test
  void walksMembersAndElements() {
    byte[] text = JsonScan.name("{\"mod\\u0065l\" : \"x\", \"list\":[1,[2],{}], \"last\":null}");
    json.begin(text, 0, text.length);
    assertThat(json.enterObject()).isTrue();
    assertThat(json.nextMember()).isTrue();
    assertThat(json.keyIs(JsonScan.name("model"))).isTrue();
    assertThat(json.keyLength()).isEqualTo(5);
    assertThat(json.skip()).isTrue();
    assertThat(json.valueIs(JsonScan.name("x"))).isTrue();
    assertThat(json.nextMember()).isTrue();
    assertThat(json.enterArray()).isTrue();
    int elements = 0;
    while (json.nextElement()) {
      elements++;
      json.skip();
    }
    assertThat(elements).isEqualTo(3);
    assertThat(json.nextMember()).isTrue();
    assertThat(json.peek()).isEqualTo((byte) 'n');
    json.skip();
    assertThat(json.nextMember()).isFalse();
    assertThat(json.end()).isTrue();
  }
}
