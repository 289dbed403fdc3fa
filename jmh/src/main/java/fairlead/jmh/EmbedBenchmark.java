package fairlead.jmh;

import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a text to its vector: 20 tokens, 100 tokens, the tokenizer alone, one cosine. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EmbedBenchmark {
  private static final byte[] SENTENCE =
      "Why does the build fail when the test cannot find a class of another module on Windows?"
          .getBytes(StandardCharsets.UTF_8);

  private final TokenTable table = TokenTable.load();
  private final Embedder embedder = new Embedder(table);
  private final int[] ids = new int[Embedder.MOST_TOKENS];
  private final byte[] text20 = tokens(20);
  private final byte[] text100 = tokens(100);
  private final byte[] row = new byte[table.dims()];
  private float scale;

  public EmbedBenchmark() {
    embedder.embed(text100, 0, text100.length);
    System.arraycopy(embedder.row(), 0, row, 0, row.length);
    scale = embedder.scale();
    embedder.embed(text20, 0, text20.length);
  }

  @Benchmark
  public boolean embed20() {
    return embedder.embed(text20, 0, text20.length);
  }

  @Benchmark
  public boolean embed100() {
    return embedder.embed(text100, 0, text100.length);
  }

  @Benchmark
  public int tokens20() {
    return table.vocabulary().encode(text20, 0, text20.length, ids);
  }

  @Benchmark
  public float cosine() {
    return Embedder.cosine(row, 0, scale, embedder.row(), 0, embedder.scale(), row.length);
  }

  private byte[] tokens(int count) {
    byte[] text = new byte[count * 8];
    int length = 0;
    for (int i = 0; length < text.length; i++) {
      text[length++] = SENTENCE[i % SENTENCE.length];
      if (table.vocabulary().encode(text, 0, length, ids) > count) {
        return Arrays.copyOf(text, length - 1);
      }
    }
    throw new IllegalStateException("fewer than " + count + " tokens in " + length + " bytes");
  }
}
