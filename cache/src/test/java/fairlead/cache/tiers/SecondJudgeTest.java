package fairlead.cache.tiers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import fairlead.cache.CacheEntry;
import fairlead.cache.judge.TextEmbedder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a second judge's vectors amount to. */
final class SecondJudgeTest {
  private static final byte[] TEXT = "<new>".getBytes(StandardCharsets.UTF_8);

  private final List<String> asked = new ArrayList<>();
  private float @Nullable [] ofStored = {1, 0};
  private float @Nullable [] ofNew = {.6f, .8f};
  private boolean closed;

  private final SecondJudge judge =
      new SecondJudge(
          new TextEmbedder() {
            @Override
            public String name() {
              return "fake";
            }

            @Override
            public float @Nullable [] embed(byte[] utf8, int from, int to, long deadlineNanos) {
              String text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
              asked.add(text + "@" + deadlineNanos);
              return text.equals("new") ? ofNew : ofStored;
            }

            @Override
            public void close() {
              closed = true;
            }
          },
          15);

  private static CacheEntry entry(String payload) {
    return new CacheEntry.Builder()
        .payload(payload.getBytes(StandardCharsets.UTF_8))
        .answer(new byte[0])
        .build();
  }

  private float compare(CacheEntry entry) {
    return judge.compare(TEXT, 1, 4, entry, 2, 3, 100);
  }

  @Test
  void bothTextsAreComparedWithoutTheirTemplate() {
    CacheEntry entry = entry("((old)))");
    assertThat(compare(entry)).isCloseTo(.6f, within(1e-6f));
    assertThat(asked).containsExactly("old@15000100", "new@15000100");
    assertThat(compare(entry)).isCloseTo(.6f, within(1e-6f));
    assertThat(asked).hasSize(3);
  }

  @Test
  void aTextThatIsAllTemplateIsNoneToJudge() {
    assertThat(compare(entry("(()))"))).isNaN();
    assertThat(compare(entry("("))).isNaN();
    assertThat(judge.compare(TEXT, 2, 2, entry("text"), 0, 0, 0)).isNaN();
    assertThat(asked).isEmpty();
  }

  @Test
  void aVectorOfAnotherModelIsMadeAnew() {
    CacheEntry entry = entry("((old)))");
    assertThat(compare(entry)).isCloseTo(.6f, within(1e-6f));
    ofStored = new float[] {0, 0, 1};
    ofNew = new float[] {0, .6f, .8f};
    assertThat(compare(entry)).isNaN();
    assertThat(compare(entry)).isCloseTo(.8f, within(1e-6f));
  }

  @Test
  void nothingOfUseIsKeptOfAVectorOfNoUse() {
    CacheEntry entry = entry("((old)))");
    ofStored = new float[] {Float.NaN, 1};
    assertThat(compare(entry)).isNaN();
    ofStored = new float[] {1, 0};
    assertThat(compare(entry)).isCloseTo(.6f, within(1e-6f));
  }

  @Test
  void opinionsAreCounted() {
    assertThat(judge.opinion(.95f, .95f)).isEqualTo(SecondJudge.Opinion.AGREED);
    assertThat(judge.opinion(.94f, .95f)).isEqualTo(SecondJudge.Opinion.REFUSED);
    assertThat(judge.opinion(Float.NaN, 0)).isEqualTo(SecondJudge.Opinion.SILENT);
    assertThat(judge.opinion(Float.NaN, 0)).isEqualTo(SecondJudge.Opinion.SILENT);
    assertThat(judge.asked()).isEqualTo(4);
    assertThat(judge.silent()).isEqualTo(2);
    assertThat(judge.count(SecondJudge.Opinion.AGREED)).isEqualTo(1);
    judge.close();
    assertThat(closed).isTrue();
  }

  /** Bytes instead of floats for the stored vector cost less than a thousandth. */
  @Test
  void whatIsKeptIsNearToWhatWasMade() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 1_000; i++) {
      int dims = 384 << random.nextInt(4);
      float[] a = new float[dims];
      float[] b = new float[dims];
      for (int d = 0; d < dims; d++) {
        a[d] = (float) random.nextGaussian();
        b[d] = a[d] + (float) (.3 * random.nextGaussian());
      }
      ofStored = a;
      ofNew = b;
      double exact = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
      assertThat((double) compare(entry("((old)))")))
          .as("seed %d", seed)
          .isCloseTo(exact, within(1e-3));
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
