package fairlead.jmh;

import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.index.ProseIndex;
import fairlead.cache.index.ProsePartition;
import fairlead.cache.index.Query;
import fairlead.cache.index.SlotTest;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A search that finds nothing good enough in one partition of 1,000 to 1,000,000 entries, and
 * looking the partition up. {@code -bm sample} shows the percentiles.
 *
 * <p>The vectors lie like those of real questions: mean cosine of two .07, deviation .1. From
 * 50,000 on they repeat, which a scan that refuses all does not notice. The million takes 400 MB.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class ProseIndexBenchmark {
  private static final long NEVER = Long.MAX_VALUE;
  private static final int FACTS = 10;
  private static final int MILLION = 1_000_000;

  /** The lowest that a prose rule has: before a second judge. */
  private static final float LEAST = 0.7f;

  private static final int QUESTIONS = 1024;
  private static final int DIFFERENT = 50_000;
  private static final String TENANT = "tenant";

  /** Refuses what comes so far, as guards mostly do. */
  private static final SlotTest<Object> REFUSE =
      (value, facts, from, score) -> facts[from] == score;

  private final Query<Object> query = new Query<>();
  private int next;

  /** Built once for all benchmarks of this class, when the first of them needs it. */
  private static final class Filled {
    static final Vector[] QUESTIONS_ASKED = new Vector[QUESTIONS];
    static final ProseIndex<Object> INDEX;

    static {
      SplittableRandom random = new SplittableRandom(1);
      TokenTable table = TokenTable.load();
      Embedder embedder = new Embedder(table);
      RandomText texts = new RandomText();
      Vector[] vectors = new Vector[DIFFERENT];
      for (int i = 0; i < DIFFERENT; i++) {
        vectors[i] = new Vector(texts, random, embedder);
      }
      for (int i = 0; i < QUESTIONS; i++) {
        QUESTIONS_ASKED[i] = new Vector(texts, random, embedder);
      }
      INDEX = new ProseIndex<>(table.dims(), MILLION, 2 * MILLION, value -> 0, random.split());
      int[] facts = new int[FACTS];
      for (int entries : new int[] {1_000, 10_000, 100_000, MILLION}) {
        for (int i = 0; i < entries; i++) {
          Vector v = vectors[i % DIFFERENT];
          INDEX.add(TENANT, entries, 0, TENANT, v.bits, v.row, v.scale, facts, FACTS, NEVER);
        }
      }
    }
  }

  /** A sentence of 5 to 14 words, frequent ones more often, as the embedder sees it. */
  private static final class Vector {
    final long[] bits;
    final byte[] row;
    final float scale;

    Vector(RandomText texts, SplittableRandom random, Embedder embedder) {
      byte[] utf8 = texts.of(random.nextInt(5, 15), random);
      embedder.embed(utf8, 0, utf8.length);
      bits = embedder.bits().clone();
      row = embedder.row().clone();
      scale = embedder.scale();
    }
  }

  private boolean search(int entries) {
    Vector question = Filled.QUESTIONS_ASKED[next++ & QUESTIONS - 1];
    query.set(question.bits, question.row, question.scale);
    ProsePartition<Object> partition =
        Objects.requireNonNull(Filled.INDEX.partition(entries, 0, TENANT));
    return Filled.INDEX.search(partition, query, LEAST, 0, REFUSE);
  }

  @Benchmark
  public boolean entries1k() {
    return search(1_000);
  }

  @Benchmark
  public boolean entries10k() {
    return search(10_000);
  }

  @Benchmark
  public boolean entries100k() {
    return search(100_000);
  }

  @Benchmark
  public boolean entries1m() {
    return search(MILLION);
  }
}
