package fairlead.cache.guard;

import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** A set of pairs with their cosines and what each rule says of them. */
final class Judged {
  private static final TokenTable TABLE = TokenTable.load();
  private static final WordSimilarity WORDS = WordSimilarity.of(TABLE);
  private static final float[] PLAIN = {.80f, .90f, .95f};

  final String name;
  final boolean[] same;
  final float[] cosine;
  private final int[][] a;
  private final int[][] b;

  /** Of hits among the same pairs and among the different ones. */
  record Shares(int hits, int same, int wrong, int different) {
    double hitShare() {
      return (double) hits / Math.max(1, same);
    }

    double wrongShare() {
      return (double) wrong / Math.max(1, different);
    }

    double precision() {
      return hits + wrong == 0 ? 1 : (double) hits / (hits + wrong);
    }
  }

  Judged(String name, List<PairSets.Pair> pairs) {
    this.name = name;
    int n = pairs.size();
    same = new boolean[n];
    cosine = new float[n];
    a = new int[n][];
    b = new int[n][];
    FactReader reader = new FactReader(WORDS);
    Embedder embedder = new Embedder(TABLE);
    for (int i = 0; i < n; i++) {
      byte[] first = pairs.get(i).a().getBytes(StandardCharsets.UTF_8);
      byte[] second = pairs.get(i).b().getBytes(StandardCharsets.UTF_8);
      same[i] = pairs.get(i).same();
      boolean known = embedder.embed(first, 0, first.length);
      byte[] row = embedder.row().clone();
      float scale = embedder.scale();
      known &= embedder.embed(second, 0, second.length);
      cosine[i] =
          known
              ? Embedder.cosine(row, 0, scale, embedder.row(), 0, embedder.scale(), TABLE.dims())
              : 0;
      a[i] = facts(reader, first);
      b[i] = facts(reader, second);
    }
  }

  private static int[] facts(FactReader reader, byte[] text) {
    int length = reader.read(text, 0, text.length);
    return Arrays.copyOf(reader.facts(), length);
  }

  int size() {
    return same.length;
  }

  boolean guards(ProseRule rule, int i) {
    return rule.refusal(a[i], 0, b[i], 0, WORDS) == null;
  }

  boolean[] hits(ProseRule rule) {
    boolean[] hits = new boolean[size()];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = cosine[i] >= rule.leastStatic() && guards(rule, i);
    }
    return hits;
  }

  boolean[] all() {
    boolean[] all = new boolean[size()];
    Arrays.fill(all, true);
    return all;
  }

  Shares shares(boolean[] hits, boolean[] among) {
    int[] count = new int[4];
    for (int i = 0; i < hits.length; i++) {
      if (among[i]) {
        count[same[i] ? 1 : 3]++;
        if (hits[i]) {
          count[same[i] ? 0 : 2]++;
        }
      }
    }
    return new Shares(count[0], count[1], count[2], count[3]);
  }

  /** The highest wrong share, and the lowest hit share, of the halves of random splits. */
  double[] worstOfHalves(boolean[] hits, int splits, long seed) {
    System.out.printf(Locale.ROOT, "%-10s halves by seed %d%n", name, seed);
    SplittableRandom random = new SplittableRandom(seed);
    double wrong = 0;
    double hit = 1;
    for (int split = 0; split < splits; split++) {
      boolean[] half = new boolean[hits.length];
      for (int i = 0; i < half.length; i++) {
        half[i] = random.nextBoolean();
      }
      for (int side = 0; side < 2; side++) {
        Shares shares = shares(hits, half);
        wrong = Math.max(wrong, shares.wrongShare());
        hit = Math.min(hit, shares.hitShare());
        for (int i = 0; i < half.length; i++) {
          half[i] = !half[i];
        }
      }
    }
    return new double[] {wrong, hit};
  }

  /** Prints the rules of both modes beside those that know a threshold only. */
  void print() {
    for (float least : PLAIN) {
      boolean[] hits = new boolean[size()];
      for (int i = 0; i < hits.length; i++) {
        hits[i] = cosine[i] >= least;
      }
      print(String.format(Locale.ROOT, "cosine >= %.2f", least), hits);
    }
    print("balanced", hits(ProseRule.of(Strictness.BALANCED, false)));
    print("strict", hits(ProseRule.of(Strictness.STRICT, false)));
  }

  void print(String rule, boolean[] hits) {
    Shares shares = shares(hits, all());
    System.out.printf(
        Locale.ROOT,
        "%-10s %-16s %5.2f %% of %d same, wrong %6.3f %% of %d different, precision %.3f%n",
        name,
        rule,
        100 * shares.hitShare(),
        shares.same(),
        100 * shares.wrongShare(),
        shares.different(),
        shares.precision());
  }
}
