package fairlead.cache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import fairlead.cache.template.Cut;
import fairlead.cache.template.TemplateLearner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Unrelated questions behind one long instruction: the instruction must not make them alike. */
class BehindTemplateTest {
  private static final int PAYLOADS = 10_000;
  private static final int NEIGHBOURS = 100;
  private static final TokenTable TABLE = TokenTable.load();
  private static final WordSimilarity WORDS = WordSimilarity.of(TABLE);

  private final SplittableRandom random = new SplittableRandom(17);
  private final Embedder embedder = new Embedder(TABLE);
  private final FactReader reader = new FactReader(WORDS);

  private String words(int count) {
    StringBuilder text = new StringBuilder();
    while (count > 0) {
      String word = TABLE.vocabulary().token(2_000 + random.nextInt(20_000));
      if (word.length() > 3 && word.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
        text.append(text.isEmpty() ? "" : " ").append(word);
        count--;
      }
    }
    return text.toString();
  }

  private static final class Text {
    final byte[] row;
    final float scale;
    final int[] facts;

    Text(byte[] row, float scale, int[] facts) {
      this.row = row;
      this.scale = scale;
      this.facts = facts;
    }

    float cosine(Text other) {
      return Embedder.cosine(row, 0, scale, other.row, 0, other.scale, TABLE.dims());
    }
  }

  private Text text(byte[] utf8, int from, int to) {
    assertThat(embedder.embed(utf8, from, to)).isTrue();
    int length = reader.read(utf8, from, to);
    return new Text(
        embedder.row().clone(), embedder.scale(), Arrays.copyOf(reader.facts(), length));
  }

  @Test
  void unrelatedPayloadsBehindOneTemplateAreNeverTakenForEachOther() {
    System.out.println("BehindTemplateTest seed 17");
    String template = words(200) + ": ";
    TemplateLearner learner =
        new TemplateLearner(new Digest(HashSecret.of(new byte[HashSecret.BYTES])));
    Cut cut = new Cut();
    Text[] payloads = new Text[PAYLOADS];
    Text[] whole = new Text[PAYLOADS];
    for (int i = 0; i < PAYLOADS; i++) {
      String payload = "What is the " + words(3 + random.nextInt(5)) + "?";
      byte[] utf8 = (template + payload).getBytes(StandardCharsets.UTF_8);
      if (!learner.learned()) {
        learner.observe(utf8, 0, utf8.length);

        continue;
      }
      assertThat(learner.cut(utf8, 0, utf8.length, cut)).isTrue();
      payloads[i] = text(utf8, cut.payloadFrom(), cut.payloadTo());
      whole[i] = text(utf8, 0, utf8.length);
    }
    int uncut = 0;
    int near = 0;
    int pairs = 0;
    for (int i = 1; i < PAYLOADS; i++) {
      for (int n = 0; n < NEIGHBOURS && payloads[i] != null; n++) {
        int j = random.nextInt(i);
        if (payloads[j] == null) {
          continue;
        }
        pairs++;
        uncut += whole[i].cosine(whole[j]) >= .9f ? 1 : 0;
        float cosine = payloads[i].cosine(payloads[j]);
        for (Strictness strictness : Strictness.values()) {
          ProseRule rule = ProseRule.of(strictness, false);
          Refusal refusal = rule.refusal(payloads[i].facts, 0, payloads[j].facts, 0, WORDS);
          near += cosine >= rule.leastStatic() && refusal == null ? 1 : 0;
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "of %d pairs whole prompts >= .90: %.1f %%, hits with the template cut: %d%n",
        pairs,
        100.0 * uncut / pairs,
        near);
    assertThat(pairs).isGreaterThan(900_000);
    assertThat(near).isZero();
  }
}
