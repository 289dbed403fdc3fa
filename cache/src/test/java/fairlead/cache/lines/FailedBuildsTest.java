package fairlead.cache.lines;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.text.LogData;
import fairlead.cache.text.LogLines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What the keys and sets of lines are worth on real failed builds, beside plain rules.
 *
 * <p>Two builds of a project are the same failure when what people have marked as its reason is
 * equal but for numbers.
 */
final class FailedBuildsTest {
  /** A log as it is read. */
  private record Read(LogData.Failure failure, long high, long low, LineQuery<Integer> query) {}

  private interface Rule {
    boolean hits(Read a, Read b);
  }

  /** Of so many same and different pairs, how many a rule calls the same. */
  private record Counts(int same, int hits, int different, int wrong) {
    double hitShare() {
      return (double) hits / same;
    }

    double wrongShare() {
      return (double) wrong / different;
    }
  }

  private final List<Read> logs = new ArrayList<>();
  private final List<LogData.Pair> pairs;

  FailedBuildsTest() {
    List<LogData.Failure> failures = LogData.failures();
    pairs = LogData.pairs(failures);
    for (LogData.Failure failure : failures) {
      LogLines lines = new LogLines(7);
      lines.read(failure.log(), 0, failure.log().length);
      LineQuery<Integer> query = new LineQuery<>();
      query.set(lines);
      logs.add(new Read(failure, lines.keyHigh(), lines.keyLow(), query));
    }
  }

  private Counts count(String name, Rule rule) {
    int same = 0;
    int hits = 0;
    int wrong = 0;
    for (LogData.Pair pair : pairs) {
      boolean hit = rule.hits(logs.get(pair.a()), logs.get(pair.b()));
      same += pair.same() ? 1 : 0;
      hits += pair.same() && hit ? 1 : 0;
      wrong += !pair.same() && hit ? 1 : 0;
    }
    Counts counts = new Counts(same, hits, pairs.size() - same, wrong);
    System.out.printf(
        Locale.ROOT,
        "%-44s %5.1f %% of %d same, %6.3f %% of %d different (%d), precision %.3f%n",
        name,
        100 * counts.hitShare(),
        same,
        100 * counts.wrongShare(),
        counts.different(),
        wrong,
        hits / (double) Math.max(1, hits + wrong));
    return counts;
  }

  private static boolean near(Read a, Read b, float least) {
    LineQuery<Integer> query = a.query();
    query.begin(least);
    return Rows.similarity(query.lines(), query.count(), b.query().lines(), b.query().count())
        >= query.least();
  }

  /** The weighted Jaccard index without the guard. */
  private static double jaccard(Read a, Read b) {
    Map<Long, Integer> sides = new HashMap<>();
    for (Read read : List.of(a, b)) {
      for (int i = 0; i < read.query().count(); i++) {
        sides.merge(read.query().lines()[i] & (LogLines.HASH | LogLines.FINDING), 1, Integer::sum);
      }
    }
    double shared = 0;
    double all = 0;
    for (Map.Entry<Long, Integer> side : sides.entrySet()) {
      int weight = LogLines.weight(side.getKey());
      shared += side.getValue() == 2 ? weight : 0;
      all += weight;
    }
    return all == 0 ? 0 : shared / all;
  }

  @Test
  void tiersAgainstPlainRules() {
    count("whole text equal", (a, b) -> Arrays.equals(a.failure().log(), b.failure().log()));
    count("findings equal", (a, b) -> a.query().findingsDigest() == b.query().findingsDigest());
    for (double least : new double[] {0.85, 0.90, 0.95}) {
      count("lines, no guard, >= " + least, (a, b) -> jaccard(a, b) >= least);
    }
    final Counts key =
        count("masked lines equal (key)", (a, b) -> a.high() == b.high() && a.low() == b.low());
    count("lines, all the same", (a, b) -> near(a, b, 1));
    final Counts near = count("lines >= 0.95 (default)", (a, b) -> near(a, b, 0.95f));
    final Counts bold = count("lines >= 0.85", (a, b) -> near(a, b, 0.85f));
    count("lines >= 0.50", (a, b) -> near(a, b, 0.5f));

    assertThat(key.wrong()).isZero();
    assertThat(key.hitShare()).isGreaterThanOrEqualTo(0.45);
    assertThat(near.wrongShare()).isLessThanOrEqualTo(0.005);
    assertThat(near.hitShare()).isGreaterThanOrEqualTo(0.64);
    assertThat(bold.wrongShare()).isLessThanOrEqualTo(0.006);
  }

  /** Every log in the order of time, first looked for, then stored. */
  @Test
  void inTheOrderOfTime() {
    for (float least : new float[] {1, 0.95f, 0.90f, 0.85f}) {
      LineIndex<Integer> index =
          new LineIndex<>(1_000, 100_000, value -> value, new SplittableRandom(1));
      Map<List<Object>, Integer> keys = new HashMap<>();
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < logs.size(); i++) {
        order.add(i);
      }
      order.sort(Comparator.comparingLong(i -> logs.get(i).failure().id()));
      Map<List<String>, Integer> seen = new HashMap<>();
      int repeats = 0;
      int byKey = 0;
      int byLines = 0;
      int wrong = 0;
      int doubtful = 0;
      for (int i : order) {
        Read log = logs.get(i);
        String repo = log.failure().repo();
        List<Object> key = List.of(repo, log.high(), log.low());
        repeats += seen.put(List.of(repo, log.failure().signature()), i) != null ? 1 : 0;
        Integer found = keys.get(key);
        LinePartition<Integer> partition = index.partition(1, 2, repo);
        byKey += found != null ? 1 : 0;
        if (found == null
            && partition != null
            && index.search(partition, log.query(), least, 0, (value, score) -> true)) {
          found = log.query().best();
          byLines++;
        }
        if (found != null) {
          double similar =
              LogData.similar(log.failure().signature(), logs.get(found).failure().signature());
          wrong += similar < 0.8 ? 1 : 0;
          doubtful += similar >= 0.8 && similar < 1 ? 1 : 0;
        } else {
          keys.put(key, i);
          index.add(repo, 1, 2, i, log.query(), Long.MAX_VALUE);
        }
      }
      System.out.printf(
          Locale.ROOT,
          "in order, lines >= %.2f: %d logs, %d repeat a failure; hits: %d by key, %d by lines,"
              + " %d of them wrong, %d doubtful%n",
          least,
          order.size(),
          repeats,
          byKey,
          byLines,
          wrong,
          doubtful);
      assertThat(byKey + byLines).isGreaterThanOrEqualTo(order.size() * 28 / 100);
      assertThat(wrong + doubtful).isLessThanOrEqualTo((byKey + byLines) * 5 / 100);
    }
  }
}
