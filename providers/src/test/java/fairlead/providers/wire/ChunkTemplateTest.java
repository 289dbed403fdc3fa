package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The scanner that remembers must tell the same as the one that does not, for whatever comes. */
class ChunkTemplateTest {
  private static final int STREAMS = 3_000;
  private static final String[] TEXTS = {
    "a",
    " token",
    "",
    "é",
    "\\n",
    "\\u00e9",
    "\\\"content\\\":\\\"",
    "日本",
    "\\\\",
    "x\\",
    "\t",
    "{}",
    "]}"
  };

  private final ChatChunkScan fast = new ChatChunkScan();
  private final ChatChunkScan slow = new ChatChunkScan(false);
  private final SplittableRandom random;
  private final long seed = Long.getLong("fairlead.seed", 20261121);

  ChunkTemplateTest() {
    random = new SplittableRandom(seed);
  }

  @Test
  void agreesWithTheScannerThatRemembersNothing() {
    int content = 0;
    for (int i = 0; i < STREAMS; i++) {
      fast.begin();
      slow.begin();
      String id = "chatcmpl-" + random.nextInt(1_000);
      boolean padded = random.nextInt(3) == 0;
      for (int chunk = 0; chunk < 12; chunk++) {
        byte[] bytes = chunk(id, padded).getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(4) == 0) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        byte[] framed = new byte[bytes.length + 9];
        System.arraycopy(bytes, 0, framed, 5, bytes.length);
        content += same(framed, 5, 5 + bytes.length) == ChatChunkScan.CONTENT ? 1 : 0;
      }
    }
    assertThat(content).isGreaterThan(STREAMS * 4);
  }

  @Test
  void aUsualStreamIsRecognised() {
    ChunkTemplate template = new ChunkTemplate();
    byte[] first = plain("Hello").getBytes(StandardCharsets.UTF_8);
    template.begin();
    template.learn(first, 0, first.length);
    for (String text : new String[] {"x", "a much longer text than before", "\\n\\u00e9é"}) {
      byte[] next = plain(text).getBytes(StandardCharsets.UTF_8);
      assertThat(template.fits(next, 0, next.length)).as(text).isTrue();
    }
    for (String text : new String[] {"", "\t", "\\", "a\",\"finish_reason\":\"stop\",\"x\":\"b"}) {
      byte[] next = plain(text).getBytes(StandardCharsets.UTF_8);
      assertThat(template.fits(next, 0, next.length)).as(text).isFalse();
    }
    byte[] cut = plain("x").substring(0, 60).getBytes(StandardCharsets.UTF_8);
    assertThat(template.fits(cut, 0, cut.length)).isFalse();
  }

  private static String plain(String content) {
    return "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + content
        + "\"},\"finish_reason\":null}],\"usage\":null}";
  }

  private int same(byte[] array, int start, int end) {
    String shown =
        "seed " + seed + ": " + new String(array, start, end - start, StandardCharsets.UTF_8);
    int expected = slow.scan(array, start, end);
    int signals = fast.scan(array, start, end);
    assertThat(signals).as(shown).isEqualTo(expected);
    assertThat(fast.usageOnly()).as(shown).isEqualTo(slow.usageOnly());
    if (expected != ChatChunkScan.MALFORMED) {
      assertThat(fast.choicesSeen()).as(shown).isEqualTo(slow.choicesSeen());
      assertThat(fast.choicesFinished()).as(shown).isEqualTo(slow.choicesFinished());
      assertThat(fast.usage().totalTokens()).as(shown).isEqualTo(slow.usage().totalTokens());
    }
    return expected;
  }

  private String chunk(String id, boolean padded) {
    String text = TEXTS[random.nextInt(TEXTS.length)];
    String delta =
        switch (random.nextInt(10)) {
          case 0 -> "{\"role\":\"assistant\",\"content\":\"\"}";
          case 1 ->
              "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" + text + "\"}}]}";
          case 2 -> "{\"content\":\"" + text + "\",\"content\":\"" + text + "\"}";
          case 3 -> "{\"reasoning_content\":\"" + text + "\"}";
          default -> "{\"content\":\"" + text + "\"}";
        };
    String finish = random.nextInt(12) == 0 ? "\"stop\"" : "null";
    String usage =
        random.nextInt(12) == 0 ? "{\"prompt_tokens\":3,\"completion_tokens\":4}" : "null";
    return "{\"id\":\""
        + id
        + "\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":"
        + (random.nextInt(10) == 0 ? 1 : 0)
        + ",\"delta\":"
        + delta
        + ",\"finish_reason\":"
        + finish
        + "}],\"usage\":"
        + usage
        + (padded ? ",\"obfuscation\":\"" + "x".repeat(random.nextInt(5)) + "\"" : "")
        + "}";
  }
}
