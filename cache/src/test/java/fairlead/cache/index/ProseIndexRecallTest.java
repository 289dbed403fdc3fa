package fairlead.cache.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.index.Vectors.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * How often the two stages of bits hide a neighbour that a comparison with everything finds.
 *
 * <p>A question counts when its best neighbour reaches the least score.
 */
final class ProseIndexRecallTest {
  private static final float[] LEASTS = {0.6f, 0.7f, 0.8f, 0.9f, 0.95f};
  private static final int QUESTIONS = 400;
  private static final int MOST_STORED = 12_000;
  private static final SlotTest<Text> ANY = (value, facts, from, score) -> true;

  @Test
  void findsNearlyAllNeighboursOfRealQuestions() throws IOException {
    Embedder embedder = new Embedder(TokenTable.load());
    List<Text> texts = new ArrayList<>();
    for (String question : questions()) {
      byte[] utf8 = question.getBytes(UTF_8);
      if (embedder.embed(utf8, 0, utf8.length)) {
        texts.add(new Text(embedder.bits().clone(), embedder.row().clone(), embedder.scale()));
      }
    }
    Collections.shuffle(texts, new Random(1));
    assertThat(recall("real questions", texts)).isGreaterThanOrEqualTo(0.99);
  }

  @Test
  void findsMostNeighboursOfRandomClusteredVectors() {
    SplittableRandom random = new SplittableRandom(2);
    Vectors vectors = new Vectors(192, random);
    List<Text> texts = new ArrayList<>();
    for (int i = 0; i < MOST_STORED; i++) {
      boolean near = i > 1000 && random.nextInt(4) == 0;
      texts.add(
          near
              ? vectors.near(
                  texts.get(random.nextInt(texts.size())),
                  random.nextDouble(0.5, 1),
                  new int[1],
                  Long.MAX_VALUE)
              : vectors.fresh(new int[1], Long.MAX_VALUE));
    }
    Collections.shuffle(texts, new Random(3));
    assertThat(recall("random clustered vectors", texts)).isGreaterThanOrEqualTo(0.98);
  }

  /** The share of best neighbours found, over all least scores. */
  private static double recall(String name, List<Text> texts) {
    int dims = texts.getFirst().row.length;
    ProseIndex<Text> index =
        new ProseIndex<>(dims, 1_000_000, 1_000_000, _ -> 0, new SplittableRandom(4));
    List<Text> stored = texts.subList(QUESTIONS, Math.min(texts.size(), QUESTIONS + MOST_STORED));
    for (Text text : stored) {
      index.add("t", 0, 0, text, text.bits, text.row, text.scale, new int[1], 1, Long.MAX_VALUE);
    }
    ProsePartition<Text> partition = requireNonNull(index.partition(0, 0, "t"));
    Query<Text> query = new Query<>();
    int[] there = new int[LEASTS.length];
    int[] found = new int[LEASTS.length];
    long[] compared = new long[LEASTS.length];
    for (Text question : texts.subList(0, QUESTIONS)) {
      float best = -1;
      for (Text text : stored) {
        best = Math.max(best, question.cosine(text));
      }
      query.set(question.bits, question.row, question.scale);
      for (int i = 0; i < LEASTS.length; i++) {
        boolean hit = index.search(partition, query, LEASTS[i], 0, ANY);
        compared[i] += query.compared();
        if (best >= LEASTS[i]) {
          there[i]++;
          found[i] += hit && query.score() == best ? 1 : 0;
        } else {
          assertThat(hit).isFalse();
        }
      }
    }
    for (int i = 0; i < LEASTS.length; i++) {
      assertThat(found[i]).isGreaterThanOrEqualTo(there[i] * 95 / 100);
      System.out.printf(
          Locale.ROOT,
          "%s, %d dims, %d stored, least %.2f: %d of %d best neighbours found (%.4f), %.1f"
              + " compared per search%n",
          name,
          dims,
          stored.size(),
          LEASTS[i],
          found[i],
          there[i],
          (double) found[i] / there[i],
          (double) compared[i] / QUESTIONS);
    }
    return (double) Arrays.stream(found).sum() / Arrays.stream(there).sum();
  }

  private static Set<String> questions() throws IOException {
    Path file = data().resolve("pairs").resolve("qqp_pairs.tsv.gz");
    Set<String> questions = new LinkedHashSet<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      for (String line : new String(in.readAllBytes(), UTF_8).split("\n")) {
        String[] fields = line.split("\t");
        questions.add(fields[2]);
        questions.add(fields[3]);
      }
    }
    return questions;
  }

  private static Path data() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path data = dir.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    Assumptions.abort("no shared/data directory beside the repository: real questions are absent");
    throw new AssertionError("unreachable");
  }
}
