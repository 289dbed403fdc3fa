package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RequestScanTest {
  private final RequestScan scan = new RequestScan();
  private byte[] body = {};

  private boolean scan(String text) {
    // Not at index 0, and with bytes behind: ranges are absolute and the end is the given one.
    body = ("}}}" + text + "\"]}{").getBytes(StandardCharsets.UTF_8);
    return scan.scan(body, 3, body.length - 4);
  }

  private String part(int start, int end) {
    return new String(body, start, end - start, StandardCharsets.UTF_8);
  }

  @Test
  void modelNamesAreBoundedWithAndWithoutEscapes() {
    String most = "m".repeat(RequestScan.MAX_MODEL_BYTES);
    String escaped = "\\u006d".repeat(RequestScan.MAX_MODEL_BYTES);
    assertThat(scan("{\"model\":\"" + most + "\"}")).isTrue();
    assertThat(scan.problem()).isNull();
    assertThat(scan.model()).hasToString(most);
    assertThat(scan("{\"model\":\"" + escaped + "\"}")).isTrue();
    assertThat(scan.problem()).isNull();
    assertThat(scan.model()).hasToString(most);
    for (String longer : new String[] {most + "m", escaped + "mmmmm", "m".repeat(1 << 20)}) {
      assertThat(scan("{\"model\":\"" + longer + "\"}")).isTrue();
      assertThat(scan.problem())
          .isEqualTo("'model' is longer than 508 bytes; its text has " + longer.length());
      assertThat(scan.problemParam()).isEqualTo("model");
      assertThat(scan.model().isEmpty()).isTrue();
      assertThat(scan.modelStart()).isEqualTo(-1);
    }
  }

  @Test
  void aForgottenBodyIsNoLongerHeld() {
    assertThat(scan("{\"model\":\"m\",\"stream\":true,\"fallbacks\":[]}")).isTrue();
    scan.forget();
    assertThat(scan.array()).isEmpty();
    assertThat(scan.model().array()).isEmpty();
    assertThat(scan.length()).isZero();
    assertThat(scan.stream()).isFalse();
    assertThat(scan.hasFallbacks()).isFalse();
  }

  @Test
  void findsWhatDecidesAboutAChat() {
    boolean good =
        scan(
            """
            {"model": "gpt-4o-mini", "messages": [
              {"role": "system", "content": "Be brief."},
              {"content": "first \\"turn\\"", "role": "user", "name": "x"},
              {"role": "assistant", "content": null, "tool_calls": [{"id": "1"}]},
              {"role": "tool", "content": "42", "tool_call_id": "1"},
              {"role": "user", "content": "last turn"}],
             "stream": true, "stream_options": {"other": 1, "include_usage": true},
             "max_tokens": 100, "max_completion_tokens": 200, "n": 3, "temperature": 0,
             "tools": [{"type": "function"}], "response_format": {"type": "json_object"},
             "user": "u-1", "fallbacks": ["a/b"], "x_unknown": {"deep": [1, 2]}}
            """);
    assertThat(good).as(scan.errorMessage()).isTrue();
    assertThat(scan.problem()).isNull();
    assertThat(scan.model()).hasToString("gpt-4o-mini");
    assertThat(scan.stream()).isTrue();
    assertThat(scan.includeUsage()).isTrue();
    assertThat(scan.maxTokens()).isEqualTo(100);
    assertThat(scan.maxCompletionTokens()).isEqualTo(200);
    assertThat(scan.n()).isEqualTo(3);
    assertThat(scan.hasTools()).isTrue();
    assertThat(scan.hasResponseFormat()).isTrue();
    assertThat(scan.hasTemperature()).isTrue();
    assertThat(scan.hasMessages()).isTrue();
    assertThat(scan.hasInput()).isFalse();
    assertThat(scan.hasPrompt()).isFalse();
    assertThat(part(scan.userStart(), scan.userEnd())).isEqualTo("\"u-1\"");
    assertThat(part(scan.fallbacksStart(), scan.fallbacksEnd())).isEqualTo("[\"a/b\"]");
    assertThat(part(scan.messagesStart(), scan.messagesEnd())).startsWith("[").endsWith("]");
    MessageScan messages = scan.messages();
    assertThat(messages.count()).isEqualTo(5);
    assertThat(messages.users()).isEqualTo(2);
    assertThat(messages.lastIsUser()).isTrue();
    assertThat(part(messages.lastUserStart(), messages.lastUserEnd())).isEqualTo("\"last turn\"");
    assertThat(messages.lastUserEscaped()).isFalse();
    assertThat(messages.images()).isZero();
  }

  @Test
  void findsContentParts() {
    scan(
        "{\"messages\":[{\"role\":\"user\",\"content\": [{\"type\":\"text\",\"text\":\"\\n\"},"
            + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}] }]}");
    MessageScan messages = scan.messages();
    assertThat(messages.images()).isEqualTo(1);
    assertThat(messages.imageBytes()).isEqualTo(36);
    assertThat(part(messages.lastUserStart(), messages.lastUserEnd()))
        .startsWith("[{\"type\":\"text\"")
        .endsWith("]");
    assertThat(messages.lastUserEscaped()).isFalse();
  }

  @Test
  void absentMeansAbsent() {
    assertThat(scan("{}")).isTrue();
    assertThat(scan.problem()).isNull();
    assertThat(scan.model().isEmpty()).isTrue();
    assertThat(scan.modelStart()).isEqualTo(-1);
    assertThat(scan.stream()).isFalse();
    assertThat(scan.maxTokens()).isEqualTo(-1);
    assertThat(scan.n()).isEqualTo(1);
    assertThat(scan.messages().lastUserStart()).isEqualTo(-1);
    assertThat(
            scan(
                "{\"stream\":null,\"stream_options\":null,\"max_tokens\":null,\"n\":null,"
                    + "\"tools\":[ ],\"functions\":null,\"messages\":null,\"response_format\":null}"))
        .isTrue();
    assertThat(scan.problem()).isNull();
    assertThat(scan.hasTools()).isFalse();
    assertThat(scan.hasMessages()).isFalse();
    assertThat(scan.hasResponseFormat()).isFalse();
    assertThat(scan.maxTokens()).isEqualTo(-1);
    assertThat(scan.n()).isEqualTo(1);
  }

  @Test
  void aSecondScanRemembersNothing() {
    scan(
        "{\"model\":\"a\",\"stream\":true,\"tools\":[1],\"fallbacks\":[],\"n\":2,\"model\":\"b\"}");
    assertThat(scan.problem()).isNotNull();
    assertThat(scan("{\"input\":\"x\"}")).isTrue();
    assertThat(scan.problem()).isNull();
    assertThat(scan.stream()).isFalse();
    assertThat(scan.hasTools()).isFalse();
    assertThat(scan.hasFallbacks()).isFalse();
    assertThat(scan.model().isEmpty()).isTrue();
    assertThat(scan.n()).isEqualTo(1);
    assertThat(scan.hasInput()).isTrue();
  }

  @Test
  void readsEscapedKeysAndModels() {
    scan("{\"mod\\u0065l\":\"gpt\\u002d4o \\ud83d\\ude00\\/\",\"str\\u0065am\":true}");
    assertThat(scan.model()).hasToString("gpt-4o 😀/");
    assertThat(scan.stream()).isTrue();
    assertThat(part(scan.modelStart(), scan.modelEnd()))
        .isEqualTo("gpt\\u002d4o \\ud83d\\ude00\\/");
  }

  @Test
  void refusesKeysThatAreGivenTwice() {
    scan("{\"model\":\"allowed\",\"x\":1,\"model\":\"forbidden\"}");
    assertThat(scan.problem()).isEqualTo("'model' is given twice; give it once");
    assertThat(scan.problemParam()).isEqualTo("model");
    scan("{\"model\":\"allowed\",\"mo\\u0064el\":\"forbidden\"}");
    assertThat(scan.problemParam()).isEqualTo("model");
    for (String key :
        new String[] {"stream", "stream_options", "fallbacks", "messages", "max_tokens", "input"}) {
      assertThat(scan("{\"" + key + "\":null,\"" + key + "\":null}")).isTrue();
      assertThat(scan.problemParam()).isEqualTo(key);
    }
    scan("{\"stream_options\":{\"include_usage\":true,\"include_usage\":false}}");
    assertThat(scan.problemParam()).isEqualTo("stream_options.include_usage");
    // Others are the provider's business.
    scan("{\"x\":1,\"x\":2}");
    assertThat(scan.problem()).isNull();
  }

  @Test
  void refusesAModelKeyThatAGoServerWouldTake() {
    scan("{\"model\":\"allowed\",\"Model\":\"forbidden\"}");
    assertThat(scan.problem())
        .isEqualTo("'model' a key differs from 'model' only in case; write 'model'");
  }

  @Test
  void refusesWrongTypes() {
    String[] bodies = {
      "{\"model\":5}",
      "{\"model\":null}",
      "{\"stream\":\"true\"}",
      "{\"stream\":1}",
      "{\"stream_options\":[]}",
      "{\"messages\":{}}",
      "{\"messages\":\"x\"}",
      "{\"max_tokens\":\"5\"}",
      "{\"n\":true}",
    };
    for (String text : bodies) {
      assertThat(scan(text)).as(text).isTrue();
      assertThat(scan.problem()).as(text).contains("must be");
    }
  }

  @Test
  void refusesWhatIsNoObject() {
    assertThat(scan("[]")).isFalse();
    assertThat(scan.errorMessage())
        .isEqualTo(
            "the request body must be a JSON object, found '[' at line 1, column 1 (byte 0)");
    assertThat(scan("")).isFalse();
    assertThat(scan.errorMessage()).startsWith("the request body must be a JSON object");
    assertThat(scan("\"model\"")).isFalse();
    assertThat(scan("{\"model\":\"x\"}{")).isFalse();
    assertThat(scan("\ufeff{\"model\":\"x\"}")).isFalse();
    assertThat(scan.errorMessage()).startsWith("a byte order mark");
  }

  @Test
  void everyCutOfABodyIsRefused() {
    String text =
        "{\"model\":\"a\\u0062\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
            + "\"text\":\"é\"}]}],\"stream\":true,\"stream_options\":{\"include_usage\":true},"
            + "\"n\":1,\"tools\":[{}],\"fallbacks\":[\"x\"],\"max_tokens\":1.5e3,\"user\":\"u\"}";
    byte[] whole = text.getBytes(StandardCharsets.UTF_8);
    for (int end = 0; end < whole.length; end++) {
      assertThat(scan.scan(whole, 0, end)).isFalse();
      assertThat(scan.errorOffset()).isBetween(0, end);
    }
    assertThat(scan.scan(whole, 0, whole.length)).isTrue();
    assertThat(scan.maxTokens()).isEqualTo(1500);
  }

  private String edited(String text, String newModel, boolean usage, boolean cut) {
    assertThat(scan(text)).as(scan.errorMessage()).isTrue();
    RequestEdits edits = new RequestEdits().begin();
    if (cut) {
      edits.cutFallbacks(scan);
    }
    if (usage) {
      edits.includeUsage(scan);
    }
    if (!newModel.isEmpty()) {
      byte[] name = newModel.getBytes(StandardCharsets.UTF_8);
      edits.model(scan, name, 0, name.length);
    }
    ByteGather out = new ByteGather();
    edits.appendTo(scan, out);
    ByteSink sink = new ByteSink();
    out.appendTo(sink);
    assertThat(out.length()).isEqualTo(sink.length());
    for (int i = 0; i < out.parts(); i++) {
      // Either a piece of the body itself, or one of the short texts put in.
      if (out.end(i) - out.start(i) >= 64) {
        assertThat(out.array(i)).isSameAs(body);
      }
    }
    return sink.toString();
  }

  @Test
  void editsOnlyWhatItMust() {
    assertThat(edited("{ \"model\" : \"a\" , \"x\":1}\n", "", false, false))
        .isEqualTo("{ \"model\" : \"a\" , \"x\":1}\n");
    assertThat(edited("{ \"model\" : \"a\" , \"x\":1}", "new/name", false, true))
        .isEqualTo("{ \"model\" : \"new/name\" , \"x\":1}");
    assertThat(edited("{\"model\":\"\"}", "n", false, false)).isEqualTo("{\"model\":\"n\"}");
  }

  @Test
  void asksForUsage() {
    assertThat(edited("{\"stream\":true,\"model\":\"a\"}", "", true, false))
        .isEqualTo("{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"model\":\"a\"}");
    assertThat(edited("{ \"model\":\"a\"}", "", true, false))
        .isEqualTo("{\"stream_options\":{\"include_usage\":true}, \"model\":\"a\"}");
    assertThat(edited("{\"stream_options\":{},\"stream\":true}", "", true, false))
        .isEqualTo("{\"stream_options\":{\"include_usage\":true},\"stream\":true}");
    assertThat(edited("{\"stream_options\":{ \"a\":1}}", "", true, false))
        .isEqualTo("{\"stream_options\":{\"include_usage\":true, \"a\":1}}");
    assertThat(edited("{\"stream_options\":{\"include_usage\": false ,\"a\":1}}", "", true, false))
        .isEqualTo("{\"stream_options\":{\"include_usage\": true ,\"a\":1}}");
    assertThat(edited("{\"stream_options\":null,\"stream\":true}", "", true, false))
        .isEqualTo("{\"stream_options\":{\"include_usage\":true},\"stream\":true}");
    String already = "{\"stream_options\":{\"include_usage\":true},\"stream\":true}";
    assertThat(edited(already, "", true, false)).isEqualTo(already);
    assertThatThrownBy(() -> edited("{}", "", true, false))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void cutsFallbacks() {
    assertThat(edited("{\"fallbacks\":[1,2]}", "", false, true)).isEqualTo("{}");
    assertThat(edited("{\"fallbacks\":[1,2] , \"a\":1}", "", false, true)).isEqualTo("{ \"a\":1}");
    assertThat(edited("{\"a\":1, \"fallbacks\":[1,2]}", "", false, true)).isEqualTo("{\"a\":1}");
    assertThat(edited("{\"a\":1,\"fallbacks\":[1,2],\"b\":2}", "", false, true))
        .isEqualTo("{\"a\":1,\"b\":2}");
  }

  private String renamed(String text) {
    assertThat(scan(text)).as(scan.errorMessage()).isTrue();
    ByteSink out = new ByteSink();
    new RequestEdits().begin().renameMaxTokens(scan).appendTo(scan, out);
    return out.toString();
  }

  @Test
  void callsTheTokenLimitByItsNewName() {
    assertThat(renamed("{ \"max_tokens\" : 5 ,\"a\":\"max_tokens\"}\n"))
        .isEqualTo("{ \"max_completion_tokens\" : 5 ,\"a\":\"max_tokens\"}\n");
    assertThat(renamed("{\"a\":{\"max_tokens\":1},\"m\\u0061x_tokens\":1.0e1}"))
        .isEqualTo("{\"a\":{\"max_tokens\":1},\"max_completion_tokens\":1.0e1}");
    for (String text :
        new String[] {
          "{}",
          "{\"a\":{\"max_tokens\":1}}",
          "{\"max_completion_tokens\":1}",
          "{\"max_tokens\":1,\"max_completion_tokens\":null}",
          "{\"max_completion_tokens\":2,\"max_tokens\":1}",
        }) {
      assertThat(renamed(text)).isEqualTo(text);
      assertThat(scan.maxTokensKeyAt()).isEqualTo(-1);
    }
  }

  @Test
  void editsInWhateverOrderTheBodyHas() {
    String usage = "\"stream_options\":{\"include_usage\":true}";
    assertThat(edited("{\"stream\":true,\"fallbacks\":[],\"model\":\"a\"}", "b", true, true))
        .isEqualTo("{\"stream\":true," + usage + ",\"model\":\"b\"}");
    assertThat(edited("{\"fallbacks\":[],\"stream\":true,\"model\":\"a\"}", "b", true, true))
        .isEqualTo("{\"stream\":true," + usage + ",\"model\":\"b\"}");
    assertThat(edited("{\"model\":\"a\",\"fallbacks\":[],\"stream\":true}", "b", true, true))
        .isEqualTo("{\"model\":\"b\",\"stream\":true," + usage + "}");
    assertThat(edited("{\"model\":\"a\",\"fallbacks\":[]}", "b", true, true))
        .isEqualTo("{" + usage + ",\"model\":\"b\"}");
  }
}
