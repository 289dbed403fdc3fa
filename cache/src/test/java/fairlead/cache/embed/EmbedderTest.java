package fairlead.cache.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EmbedderTest {
  private final TokenTable table = TokenTable.load();
  private final Embedder embedder = new Embedder(table);

  @Test
  void textThatSaysTheSameIsNearerThanTextThatDoesNot() {
    float near = cosine("How do I reset my password?", "I forgot my password, how to reset it");
    float far = cosine("How do I reset my password?", "Which planet has the most moons?");
    assertThat(near).isGreaterThan(far + 0.3f);
  }

  @Test
  void caseSpaceAndOrderChangeNothing() {
    assertThat(cosine("red and Blue", "  BLUE\tand red\n")).isCloseTo(1, within(0.0005f));
  }

  @Test
  void aTextIsAsNearToItselfAsCanBe() {
    assertThat(cosine("the build failed", "the build failed")).isCloseTo(1, within(1e-6f));
  }

  @Test
  void anEmptyTextHasNoVector() {
    for (String text : new String[] {"", " ", "\n\t", "\u0001"}) {
      assertThat(embed(text)).as(text).isFalse();
      assertThat(embedder.tokens()).isZero();
      assertThat(embedder.scale()).isZero();
      assertThat(embedder.bits()).containsOnly(0);
    }
  }

  @Test
  void onlyTheTextBetweenTheBoundsIsRead() {
    byte[] text = "no match, yes here".getBytes(StandardCharsets.UTF_8);
    embedder.embed(text, 10, 13);
    assertThat(embedder.tokens()).isEqualTo(1);
    float[] part = unit();
    embed("yes");
    assertThat(part).containsExactly(unit());
  }

  @Test
  void agreesWithTheSameSumInDoubles() {
    SplittableRandom random = seeded();
    for (int round = 0; round < 2_000; round++) {
      String text = TokenTexts.words(random, table.vocabulary(), 1 + random.nextInt(60));
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      int[] ids = new int[Embedder.MOST_TOKENS];
      int n = table.vocabulary().encode(utf8, 0, utf8.length, ids);
      double[] sum = new double[table.dims()];
      for (int t = 0; t < n; t++) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += (double) table.scale(ids[t]) * table.rows()[ids[t] * sum.length + i];
        }
      }
      double squares = 0;
      double largest = 0;
      for (double v : sum) {
        squares += v * v;
        largest = Math.max(largest, Math.abs(v));
      }
      // Half a step of rounding, and a little for the length that rounding changes.
      double step = 0.75 * largest / Math.sqrt(squares) / Byte.MAX_VALUE;
      assertThat(embedder.embed(utf8, 0, utf8.length)).as(text).isEqualTo(squares > 0);
      if (squares == 0) {
        continue;
      }
      assertThat(embedder.tokens()).isEqualTo(n);
      float[] unit = unit();
      for (int i = 0; i < sum.length; i++) {
        double expected = sum[i] / Math.sqrt(squares);
        assertThat((double) unit[i]).as(text).isCloseTo(expected, within(step));
        if (Math.abs(expected) > 1e-5) {
          boolean positive = (embedder.bits()[i >> 6] >>> i & 1) == 1;
          assertThat(positive).as(text).isEqualTo(expected > 0);
        }
      }
    }
  }

  @Test
  void foreignTextIsCounted() {
    embed("Warum ist der Himmel blau?");
    assertThat(embedder.unknown()).isZero();
    assertThat(embedder.pieces()).isGreaterThan(2);
    embed("почему небо синее");
    assertThat(embedder.unknown()).isEqualTo(embedder.tokens()).isGreaterThan(3);
    embed("构建失败了");
    assertThat(embedder.unknown()).isEqualTo(embedder.tokens()).isEqualTo(5);
    embed("Why is the caf\u00E9 blue?");
    assertThat(embedder.unknown()).isZero();
    assertThat(embedder.pieces()).isZero();
  }

  @Test
  void aLongTextIsReadUpToABound() {
    assertThat(embed("word ".repeat(100_000))).isTrue();
    assertThat(embedder.tokens()).isEqualTo(Embedder.MOST_TOKENS);
  }

  @Test
  void bytesWithoutMeaningDoNoHarm() {
    SplittableRandom random = seeded();
    for (int round = 0; round < 20_000; round++) {
      byte[] text = new byte[random.nextInt(200)];
      random.nextBytes(text);
      int from = random.nextInt(text.length + 1);
      int to = from + random.nextInt(text.length - from + 1);
      boolean found = embedder.embed(text, from, to);
      assertThat(embedder.tokens()).isBetween(found ? 1 : 0, to - from);
      assertThat(embedder.unknown()).isBetween(0, embedder.tokens());
    }
  }

  private boolean embed(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return embedder.embed(utf8, 0, utf8.length);
  }

  private float[] unit() {
    float[] unit = new float[table.dims()];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = embedder.row()[i] * embedder.scale();
    }
    return unit;
  }

  private float cosine(String a, String b) {
    assertThat(embed(a)).isTrue();
    byte[] row = embedder.row().clone();
    float scale = embedder.scale();
    assertThat(embed(b)).isTrue();
    return Embedder.cosine(row, 0, scale, embedder.row(), 0, embedder.scale(), table.dims());
  }

  static SplittableRandom seeded() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    return new SplittableRandom(seed);
  }
}
