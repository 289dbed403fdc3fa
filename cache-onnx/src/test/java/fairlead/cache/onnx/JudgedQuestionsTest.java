package fairlead.cache.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.guard.FactReader;
import fairlead.cache.guard.ProseRule;
import fairlead.cache.guard.Strictness;
import fairlead.cache.guard.WordSimilarity;
import fairlead.cache.judge.TextEmbedder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds the strict rule with a second judge to its goal on labelled pairs of questions. */
class JudgedQuestionsTest {
  private static final ProseRule RULE = ProseRule.of(Strictness.STRICT, true);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int SPLITS = 100;

  private final TokenTable table = TokenTable.load();
  private final WordSimilarity words = WordSimilarity.of(table);
  private final FactReader reader = new FactReader(words);
  private final Embedder embedder = new Embedder(table);

  @Test
  @Tag("slow")
  void quoraQuestionsKeepTheirDistanceFromTheGoal() {
    List<String[]> pairs = pairs();
    boolean[] same = new boolean[pairs.size()];
    boolean[] hit = new boolean[pairs.size()];
    int asked = 0;
    try (TextEmbedder judge = new OnnxEmbedderFactory().open()) {
      for (int i = 0; i < hit.length; i++) {
        String[] pair = pairs.get(i);
        same[i] = pair[1].equals("1");
        byte[] a = pair[2].getBytes(StandardCharsets.UTF_8);
        byte[] b = pair[3].getBytes(StandardCharsets.UTF_8);
        if (worthJudging(a, b)) {
          asked++;
          hit[i] = cosine(vector(judge, a), vector(judge, b)) >= RULE.leastJudge();
        }
      }
    }
    boolean[] all = new boolean[hit.length];
    Arrays.fill(all, true);
    double[] shares = shares(same, hit, all);
    System.out.printf(
        Locale.ROOT,
        "strict with judge: %.2f %% of same, wrong %.3f %% of different, judged %d of %d pairs%n",
        100 * shares[0],
        100 * shares[1],
        asked,
        hit.length);
    long seed = 20_261_129L;
    System.out.println("halves by seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    double wrong = 0;
    for (int split = 0; split < SPLITS; split++) {
      boolean[] half = new boolean[hit.length];
      for (int i = 0; i < half.length; i++) {
        half[i] = random.nextBoolean();
      }
      wrong = Math.max(wrong, shares(same, hit, half)[1]);
    }
    System.out.printf(Locale.ROOT, "  worst half: wrong %.3f %%%n", 100 * wrong);
    assertThat(shares[0]).as("hits of the same").isGreaterThan(.065);
    assertThat(shares[1]).as("wrong of the different").isLessThan(.002);
    assertThat(wrong).as("wrong in the worst half").isLessThan(.0025);
  }

  private boolean worthJudging(byte[] a, byte[] b) {
    if (!embedder.embed(a, 0, a.length)) {
      return false;
    }
    byte[] row = embedder.row().clone();
    float scale = embedder.scale();
    if (!embedder.embed(b, 0, b.length)
        || Embedder.cosine(row, 0, scale, embedder.row(), 0, embedder.scale(), table.dims())
            < RULE.leastStatic()) {
      return false;
    }
    int length = reader.read(a, 0, a.length);
    int[] facts = Arrays.copyOf(reader.facts(), length);
    reader.read(b, 0, b.length);
    return RULE.refusal(facts, 0, reader.facts(), 0, words) == null;
  }

  private static double[] shares(boolean[] same, boolean[] hit, boolean[] among) {
    int[] pairs = new int[2];
    int[] hits = new int[2];
    for (int i = 0; i < same.length; i++) {
      if (among[i]) {
        pairs[same[i] ? 0 : 1]++;
        hits[same[i] ? 0 : 1] += hit[i] ? 1 : 0;
      }
    }
    return new double[] {(double) hits[0] / pairs[0], (double) hits[1] / pairs[1]};
  }

  private static float[] vector(TextEmbedder judge, byte[] text) {
    return Objects.requireNonNull(
        judge.embed(text, 0, text.length, System.nanoTime() + PATIENCE_NANOS));
  }

  private static float cosine(float[] a, float[] b) {
    float dot = 0;
    float aa = 0;
    float bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return (float) (dot / Math.sqrt((double) aa * bb));
  }

  private static List<String[]> pairs() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path file = dir.resolveSibling("shared").resolve("data/pairs/qqp_pairs.tsv.gz");
      if (Files.exists(file)) {
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
          return lines.lines().map(l -> l.split("\t", -1)).filter(c -> c[0].equals("dev")).toList();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }
    Assumptions.abort("no shared/data directory beside the repository: pairs are absent");
    throw new AssertionError("unreachable");
  }
}
