package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The beginning of an answer as last message: everything else stays byte for byte. */
class RequestPrefillTest {
  private final RequestScan scan = new RequestScan();
  private final RequestEdits edits = new RequestEdits();

  private String prefilled(String body, String text, boolean mistral) {
    byte[] bytes = ("]}" + body + ",").getBytes(StandardCharsets.UTF_8);
    assertThat(scan.scan(bytes, 2, bytes.length - 1)).as(body).isTrue();
    byte[] sent = ("x" + text + "y").getBytes(StandardCharsets.UTF_8);
    edits.begin().prefill(scan, sent, 1, sent.length - 1, mistral);
    ByteSink whole = new ByteSink();
    edits.appendTo(scan, whole);
    ByteGather gather = new ByteGather();
    edits.appendTo(scan, gather);
    ByteSink gathered = new ByteSink();
    gather.appendTo(gathered);
    assertThat(gathered).hasToString(whole.toString());
    return whole.toString();
  }

  private String prefilled(String body) {
    return prefilled(body, "T", false);
  }

  @Test
  void theMessageComesLastWhateverTheListLooksLike() {
    String own = "{\"role\":\"assistant\",\"content\":\"T\"}";
    assertThat(prefilled("{\"messages\":[]}")).isEqualTo("{\"messages\":[" + own + "]}");
    assertThat(prefilled("{\"messages\":[ \n ]}")).isEqualTo("{\"messages\":[ \n " + own + "]}");
    assertThat(prefilled("{ \"messages\" : [ {\"a\":[1]} \n] , \"n\":1}"))
        .isEqualTo("{ \"messages\" : [ {\"a\":[1]} \n," + own + "] , \"n\":1}");
    assertThat(prefilled("{\"messages\":[{\"content\":[{\"text\":\"]\"}]},null,[[]]]}"))
        .isEqualTo("{\"messages\":[{\"content\":[{\"text\":\"]\"}]},null,[[]]," + own + "]}");
    assertThat(prefilled("{\"x\":{\"messages\":[]},\"messages\":[1]}"))
        .isEqualTo("{\"x\":{\"messages\":[]},\"messages\":[1," + own + "]}");
    assertThat(prefilled("{\"mess\\u0061ges\":[1]}"))
        .isEqualTo("{\"mess\\u0061ges\":[1," + own + "]}");
  }

  @Test
  void textIsEscapedAndLosesTheWhiteSpaceAtItsEnd() {
    assertThat(prefilled("{\"messages\":[]}", "a \"b\"\\\n\u0001é😀 \n\t\u00a0\u3000\u2003 ", true))
        .isEqualTo(
            "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a \\\"b\\\"\\\\\\n\\u0001é😀\","
                + "\"prefix\":true}]}");
    assertThat(prefilled("{\"messages\":[1]}", " \n\u2028\u0085", false))
        .isEqualTo("{\"messages\":[1]}");
    assertThat(prefilled("{\"messages\":[1]}", "", false)).isEqualTo("{\"messages\":[1]}");
    // Characters whose last bytes look like those of a white space.
    for (String text : new String[] {"à", "…", "Ѡ", "、", "က", "​"}) {
      assertThat(prefilled("{\"messages\":[]}", text, false)).contains("\"" + text + "\"");
    }
  }

  @Test
  void worksBesideTheOtherEdits() {
    byte[] body =
        "{\"fallbacks\":[],\"model\":\"a\",\"messages\":[1],\"stream\":true}"
            .getBytes(StandardCharsets.UTF_8);
    assertThat(scan.scan(body, 0, body.length)).isTrue();
    byte[] model = {'b'};
    byte[] text = {'T'};
    ByteSink out = new ByteSink();
    edits
        .begin()
        .prefill(scan, text, 0, 1, false)
        .model(scan, model, 0, 1)
        .includeUsage(scan)
        .cutFallbacks(scan)
        .appendTo(scan, out);
    assertThat(out)
        .hasToString(
            "{\"model\":\"b\",\"messages\":[1,{\"role\":\"assistant\",\"content\":\"T\"}],"
                + "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
  }

  @Test
  void aBodyWithoutAListIsRefused() {
    for (String body : new String[] {"{}", "{\"messages\":null}", "{\"prompt\":\"x\"}"}) {
      assertThatThrownBy(() -> prefilled(body))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no list of messages");
    }
  }

  @Test
  void generatedTextsComeBackFromTheEditedBody() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    SplittableRandom random = new SplittableRandom(seed);
    String[] pieces = {"a", " ", "\n", "\"", "\\", "é", "日本", "😀", "\u00a0", "\u0000", "]", "}"};
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      String kept = text.toString();
      while (!kept.isEmpty() && " \n\u00a0".indexOf(kept.charAt(kept.length() - 1)) >= 0) {
        kept = kept.substring(0, kept.length() - 1);
      }
      byte[] out =
          prefilled("{\"messages\":[{}]}", text.toString(), false).getBytes(StandardCharsets.UTF_8);
      SlowJson.Node whole = Objects.requireNonNull(SlowJson.parse(out, 0, out.length));
      SlowJson.Node messages = Objects.requireNonNull(whole.get("messages"));
      String as = "seed " + seed + " round " + round + ": " + text;
      if (kept.isEmpty()) {
        assertThat(messages.elements()).as(as).hasSize(1);
      } else {
        SlowJson.Node content = messages.elements().get(1).get("content");
        assertThat(Objects.requireNonNull(content).text()).as(as).isEqualTo(kept);
      }
    }
  }
}
