package fairlead.cache.onnx.distil;

import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/** How alike two tables judge: the cosine each gives pairs of made texts, and where they differ. */
record Likeness(double mean, double worst) {
  private static final int PAIRS = 20_000;
  private static final int MOST_WORDS = 12;

  /**
   * Two tables may differ by a rotation and still judge alike, so cosines are compared, not rows.
   */
  static Likeness of(TokenTable one, TokenTable other) {
    SplittableRandom random = new SplittableRandom(3);
    Embedder[] embedders = {new Embedder(one), new Embedder(other)};
    double sum = 0;
    double worst = 0;
    for (int i = 0; i < PAIRS; i++) {
      byte[] a = words(one, random);
      byte[] b = words(one, random);
      // Half of the pairs share their beginning, so that near pairs are among them.
      byte[] both = Arrays.copyOf(a, a.length + 1 + b.length);
      both[a.length] = ' ';
      System.arraycopy(b, 0, both, a.length + 1, b.length);
      byte[] second = i % 2 == 0 ? b : both;
      double difference =
          Math.abs(cosine(embedders[0], a, second) - cosine(embedders[1], a, second));
      sum += difference;
      worst = Math.max(worst, difference);
    }
    return new Likeness(sum / PAIRS, worst);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "differs by %.5f on average, %.5f at most", mean, worst);
  }

  private static byte[] words(TokenTable table, SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int count = 1 + random.nextInt(MOST_WORDS);
    for (int i = 0; i < count; i++) {
      // Squared, so that frequent tokens come more often.
      double place = random.nextDouble();
      int id = 1000 + (int) (place * place * (table.vocabulary().size() - 1000));
      text.append(table.vocabulary().token(id).replace("##", "")).append(' ');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static double cosine(Embedder embedder, byte[] a, byte[] b) {
    if (!embedder.embed(a, 0, a.length)) {
      return 0;
    }
    byte[] row = embedder.row().clone();
    float scale = embedder.scale();
    if (!embedder.embed(b, 0, b.length)) {
      return 0;
    }
    return Embedder.cosine(row, 0, scale, embedder.row(), 0, embedder.scale(), row.length);
  }
}
