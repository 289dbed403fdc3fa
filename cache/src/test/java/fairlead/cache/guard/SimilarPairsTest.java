package fairlead.cache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the prose rules to their goals on labelled pairs, and prints what simpler rules do. */
class SimilarPairsTest {
  private static final ProseRule STRICT = ProseRule.of(Strictness.STRICT, false);
  private static final ProseRule BALANCED = ProseRule.of(Strictness.BALANCED, false);
  private static final int SPLITS = 100;
  private static final long SEED = 20_261_129L;

  @Test
  void langCacheIsNeverServedWronglyInBalancedMode() {
    Judged pairs = new Judged("langcache", PairSets.pairs("langcache_pairs.tsv", ""));
    pairs.print();
    boolean[] hits = pairs.hits(BALANCED);
    double[] worst = pairs.worstOfHalves(hits, SPLITS, SEED);
    assertThat(pairs.shares(hits, pairs.all()).wrong()).isZero();
    assertThat(worst[1]).as("least hits of a half").isGreaterThan(.16);
  }

  @Test
  void noCosineIsNeededToKeepLangCacheRight() {
    Judged pairs = new Judged("langcache", PairSets.pairs("langcache_pairs.tsv", ""));
    boolean[] hits = new boolean[pairs.size()];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = pairs.guards(BALANCED, i);
    }
    pairs.print("guards alone", hits);
    assertThat(pairs.shares(hits, pairs.all()).wrong()).isZero();
  }

  @Test
  void swappedWordsAreServedRarely() {
    Judged pairs = new Judged("pawsqqp", PairSets.pairs("pawsqqp_pairs.tsv", ""));
    pairs.print();
    double[] strict = pairs.worstOfHalves(pairs.hits(STRICT), SPLITS, SEED);
    double[] balanced = pairs.worstOfHalves(pairs.hits(BALANCED), SPLITS, SEED);
    assertThat(pairs.shares(pairs.hits(STRICT), pairs.all()).wrongShare()).isLessThan(.0125);
    assertThat(strict[0]).as("worst half, strict").isLessThan(.02);
    assertThat(balanced[0]).as("worst half, balanced").isLessThan(.05);
  }

  @Test
  void quoraQuestionsKeepTheirDistanceFromTheGoal() {
    for (String split : new String[] {"dev", "train"}) {
      Judged pairs = new Judged("qqp " + split, PairSets.pairs("qqp_pairs.tsv.gz", split));
      pairs.print();
      boolean[] hits = pairs.hits(STRICT);
      double[] worst = pairs.worstOfHalves(hits, SPLITS, SEED);
      System.out.printf(
          "  worst half: wrong %.3f %%, hits %.2f %%%n", worst[0] * 100, worst[1] * 100);
      assertThat(worst[0]).as("wrong in the worst half of %s", split).isLessThan(.002);
      assertThat(worst[1]).as("hits in the worst half of %s", split).isGreaterThan(.04);
    }
  }

  @Test
  void aFollowUpIsNotTheQuestionItFollows() {
    List<String> strings = PairSets.strings("meancache_contextual_queries.json.gz");
    List<PairSets.Pair> pairs = new ArrayList<>();
    String main = "";
    for (int i = 0; i + 1 < strings.size(); i++) {
      if (strings.get(i).equals("Main Query")) {
        main = strings.get(i + 1);
      } else if (strings.get(i).equals("Follow-Up Query")) {
        pairs.add(new PairSets.Pair(false, main, strings.get(i + 1)));
      }
    }
    Judged judged = new Judged("meancache", pairs);
    judged.print();
    assertThat(pairs).hasSizeGreaterThan(100);
    assertThat(judged.shares(judged.hits(BALANCED), judged.all()).wrong()).isZero();
    assertThat(judged.shares(judged.hits(STRICT), judged.all()).wrong()).isZero();
  }

  @Test
  void otherSetsAreHitMoreOftenRightThanWrong() {
    for (String name : new String[] {"mrpc", "stsb", "sick"}) {
      Judged pairs = new Judged(name, PairSets.pairs(name + "_pairs.tsv.gz", ""));
      pairs.print();
      assertThat(pairs.shares(pairs.hits(BALANCED), pairs.all()).precision()).isGreaterThan(.5);
    }
    List<String> mock = PairSets.strings("gptcache_mock_pairs.json.gz");
    List<PairSets.Pair> pairs = new ArrayList<>();
    for (int i = 0; i + 3 < mock.size(); i += 4) {
      pairs.add(new PairSets.Pair(true, mock.get(i + 1), mock.get(i + 3)));
    }
    new Judged("mock", pairs).print();
    assertThat(pairs).hasSizeGreaterThan(900);
  }

  @Test
  void questionsAboutTheSameDocumentsAreKeptApart() {
    List<List<String>> clusters = new ArrayList<>();
    for (String line : PairSets.lines("osschat_clusters.json")) {
      String text = line.strip();
      if (text.equals("[")) {
        clusters.add(new ArrayList<>());
      } else if (text.startsWith("\"")) {
        int end = text.lastIndexOf('"');
        clusters.getLast().add(text.substring(1, end).replace("\\\"", "\""));
      }
    }
    List<PairSets.Pair> pairs = new ArrayList<>();
    clusters.removeIf(List::isEmpty);
    for (int c = 0; c < clusters.size(); c++) {
      List<String> cluster = clusters.get(c);
      for (int i = 1; i < cluster.size(); i++) {
        pairs.add(new PairSets.Pair(true, cluster.getFirst(), cluster.get(i)));
      }
      for (int other = 0; other < clusters.size(); other++) {
        if (other != c) {
          pairs.add(new PairSets.Pair(false, cluster.getFirst(), clusters.get(other).getFirst()));
        }
      }
    }
    Judged judged = new Judged("osschat", pairs);
    judged.print();
    assertThat(judged.shares(judged.hits(BALANCED), judged.all()).wrongShare()).isLessThan(.0005);
  }
}
