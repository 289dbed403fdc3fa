package fairlead.cache.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PayloadMarkTest {
  private static final HashSecret SECRET =
      HashSecret.of("0123456789abcdef0123456789ABCDEF".getBytes(UTF_8));

  private final Digest digest = new Digest(SECRET);
  private final Cut cut = new Cut();

  private String payload(String start, String end, String text) {
    byte[] utf8 = ("[" + text + "]").getBytes(UTF_8);
    if (!new PayloadMark(start, end).cut(utf8, 1, utf8.length - 1, digest, cut)) {
      return "none";
    }
    return new String(utf8, cut.payloadFrom(), cut.payloadTo() - cut.payloadFrom(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "<q>, </q>, Answer: <q>why?</q> Thanks, why?",
    "<q>, </q>, <q>a</q><q>b</q>, a",
    "<q>, </q>, </q><q>a</q>, a",
    "<q>, </q>, <q></q>, none",
    "<q>, </q>, <q>a, none",
    "<q>, </q>, a</q>, none",
    "<q>, </q>, <q, none",
    "<q>, '', Answer <q>a</q>, a</q>",
    "<q>, '', Answer <q>, none",
    "'', ---, a---b---c, a",
    "'', '', a, a",
    "'', ], a, none",
    "问：, 。, 请问：天气。谢谢, 天气",
    "aab, b, aaabcb, c",
    "|, |, a|b|c, b"
  })
  void thePayloadLiesBetweenTheFirstStartAndTheFirstEndBehindIt(
      String start, String end, String text, String payload) {
    assertThat(payload(start, end, text)).isEqualTo(payload);
  }

  @Test
  void textsWithTheSamePayloadAndHashAreTheSameText() {
    SplittableRandom random = new SplittableRandom(1);
    String[] parts = {"a", "b", "<", ">", "<q>", "</q>"};
    PayloadMark mark = new PayloadMark("<q>", "</q>");
    Map<String, String> seen = new HashMap<>();
    int cuts = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(9); j > 0; j--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      byte[] utf8 = text.toString().getBytes(UTF_8);
      if (mark.cut(utf8, 0, utf8.length, digest, cut)) {
        cuts++;
        String payload = text.substring(cut.payloadFrom(), cut.payloadTo());
        assertThat(payload).isNotEmpty().doesNotContain("</q>");
        String before = seen.put(cut.templateHash() + payload, text.toString());
        assertThat(before == null ? text.toString() : before).isEqualTo(text.toString());
      }
    }
    assertThat(cuts).isGreaterThan(10_000);
  }
}
