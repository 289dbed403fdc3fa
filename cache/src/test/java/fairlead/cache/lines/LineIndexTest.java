package fairlead.cache.lines;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.cache.text.LogLines;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LineIndexTest {
  private static final Acceptor<Object> ALL = (value, score) -> true;

  private static LineQuery<String> log(String text) {
    LogLines lines = new LogLines(5);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lines.read(bytes, 0, bytes.length);
    LineQuery<String> query = new LineQuery<>();
    query.set(lines);
    return query;
  }

  private static LineIndex<String> index() {
    return new LineIndex<>(100, 1_000, String::length, new SplittableRandom(3));
  }

  private static @Nullable String find(LineIndex<String> index, String text, float least) {
    LinePartition<String> partition = index.partition(1, 2, "t");
    LineQuery<String> query = log(text);
    return partition != null && index.search(partition, query, least, 0, ALL) ? query.best() : null;
  }

  private static final String CHATTER =
      "one line\ntwo lines\nthree lines\nfour lines\nfive lines\nsix lines\nseven lines\n";
  private static final String FAILURE =
      "some title\nerror: cannot find symbol\nsomething else\nThe command exited with 1.\nend now\n";

  @Test
  void findsALogWithOtherChatter() {
    LineIndex<String> index = index();
    index.add("t", 1, 2, "a", log(CHATTER + FAILURE), Long.MAX_VALUE);
    assertThat(find(index, CHATTER + FAILURE, 1)).isEqualTo("a");
    assertThat(find(index, "a new line\n" + CHATTER + FAILURE, 0.95f)).isEqualTo("a");
    assertThat(find(index, "a new line\n" + CHATTER + FAILURE, 1)).isNull();
    assertThat(find(index, "x y z a\nx y z b\nx y z c\n" + CHATTER + FAILURE, 0.95f)).isNull();
    assertThat(find(index, "x y z a\nx y z b\nx y z c\n" + CHATTER + FAILURE, 0.85f))
        .isEqualTo("a");
  }

  @Test
  void neverFindsOneWhoseFindingsDiffer() {
    LineIndex<String> index = index();
    index.add("t", 1, 2, "a", log(CHATTER + FAILURE), Long.MAX_VALUE);
    for (String other :
        List.of(
            FAILURE.replace("symbol", "module"),
            FAILURE.replace("with 1", "with 137"),
            FAILURE.replace("some title", "another title"),
            FAILURE.replace("something else", "another thing"),
            FAILURE + "warning: x\n",
            FAILURE.replace("error: cannot find symbol\n", ""),
            FAILURE + "src/a.c:12: unused variable\n",
            FAILURE + "1) a test title\n",
            FAILURE + "TypeError: x\n")) {
      assertThat(find(index, CHATTER.repeat(1) + other, 0.1f)).as(other).isNull();
    }
  }

  @Test
  void aLogWithoutFindingsIsFoundByAllItsLinesOnly() {
    LineIndex<String> index = index();
    index.add("t", 1, 2, "a", log(CHATTER), Long.MAX_VALUE);
    assertThat(find(index, CHATTER, 0.5f)).isEqualTo("a");
    assertThat(find(index, CHATTER + "one more\n", 0.5f)).isNull();
  }

  @Test
  void keepsTheBestThatIsAcceptedAndAlive() {
    LineIndex<String> index = index();
    index.add("t", 1, 2, "best", log(CHATTER + FAILURE), 100);
    index.add("t", 1, 2, "good", log("a new line\n" + CHATTER + FAILURE), 200);
    LinePartition<String> partition = requireNonNull(index.partition(1, 2, "t"));
    LineQuery<String> query = log(CHATTER + FAILURE);
    assertThat(index.search(partition, query, 0.9f, 99, ALL)).isTrue();
    assertThat(query.best()).isEqualTo("best");
    assertThat(query.score()).isEqualTo(1f);
    assertThat(index.search(partition, query, 0.9f, 99, (value, s) -> value.equals("good")))
        .isTrue();
    assertThat(query.best()).isEqualTo("good");
    assertThat(query.score()).isLessThan(1f);
    assertThat(index.search(partition, query, 0.9f, 100, ALL)).isTrue();
    assertThat(query.best()).isEqualTo("good");
    assertThat(index.search(partition, query, 0.9f, 200, ALL)).isFalse();
    assertThat(query.best()).isNull();
  }

  @Test
  void partitionsAndTenantsDoNotSeeEachOther() {
    LineIndex<String> index = index();
    index.add("t", 1, 2, "a", log(CHATTER + FAILURE), Long.MAX_VALUE);
    assertThat(index.partition(1, 2, "u")).isNull();
    assertThat(index.partition(2, 1, "t")).isNull();
    assertThat(index.partition(1, 3, "t")).isNull();
  }

  @Test
  void logsWithoutLinesOrWithTooManyAreNotStored() {
    LineIndex<String> index = index();
    assertThat(index.add("t", 1, 2, "a", log("\n\n"), Long.MAX_VALUE)).isEqualTo("a");
    StringBuilder large = new StringBuilder();
    for (int i = 0; i <= LineIndex.MOST_LINES; i++) {
      large.append(Integer.toString(i, 2).replace('0', 'a').replace('1', 'b')).append("xyz\n");
    }
    assertThat(index.add("t", 1, 2, "a", log(large.toString()), Long.MAX_VALUE)).isEqualTo("a");
    assertThat(index.entries()).isZero();
    assertThat(index.partition(1, 2, "t")).isNull();
  }

  @Test
  void theLeastWorthyGoAtTheBounds() {
    LineIndex<String> index = new LineIndex<>(3, 5, String::length, new SplittableRandom(9));
    assertThat(index.add("t", 1, 2, "aaa", log("line one\n"), Long.MAX_VALUE)).isNull();
    assertThat(index.add("t", 1, 2, "b", log("line two\n"), Long.MAX_VALUE)).isNull();
    assertThat(index.add("t", 1, 2, "ccc", log("line three\n"), Long.MAX_VALUE)).isNull();
    assertThat(index.add("t", 1, 2, "ddd", log("line four\n"), Long.MAX_VALUE)).isEqualTo("b");
    assertThat(index.add("t", 9, 9, "e", log("line five\n"), Long.MAX_VALUE)).isNull();
    assertThat(index.add("t", 8, 8, "fff", log("line six\n"), Long.MAX_VALUE)).isNull();
    assertThat(index.entries()).isEqualTo(5);
    assertThat(index.add("t", 7, 7, "ggg", log("line seven\n"), Long.MAX_VALUE)).isNotNull();
    assertThat(index.add("u", 7, 7, "h", log("line eight\n"), Long.MAX_VALUE)).isNull();
    assertThat(index.entries()).isEqualTo(6);
  }

  @Test
  void aTenantBoundOfOneReplacesTheOnlyEntry() {
    LineIndex<String> index = new LineIndex<>(1, 1, String::length, new SplittableRandom(9));
    index.add("t", 1, 2, "a", log("line one\n"), Long.MAX_VALUE);
    assertThat(index.add("t", 3, 4, "b", log("line two\n"), Long.MAX_VALUE)).isEqualTo("a");
    assertThat(index.add("t", 3, 4, "c", log("line three\n"), Long.MAX_VALUE)).isEqualTo("b");
    assertThat(index.entries()).isEqualTo(1);
    assertThat(index.removeIf(value -> true)).isEqualTo(1);
    assertThat(index.partition(3, 4, "t")).isNull();
  }

  @Test
  void refusesBoundsBelowOne() {
    assertThatThrownBy(() -> new LineIndex<String>(0, 1, v -> 0, new SplittableRandom(1)))
        .hasMessageContaining("entriesPerPartition=0");
  }

  /** One stored log of the model. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stored(String tenant, long digest, long[] lines, int weight, long end) {}

  @Test
  void agreesWithAPlainListUnderRandomChanges() {
    long seed = System.nanoTime();
    System.out.println("LineIndexTest random changes: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 30; round++) {
      LineIndex<Stored> index = new LineIndex<>(1_000, 10_000, s -> 0, random.split());
      List<Stored> model = new ArrayList<>();
      List<long[]> templates = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        templates.add(lines(random, random.nextInt(1, 40)));
      }
      long now = 0;
      for (int step = 0; step < 1_500; step++) {
        int what = random.nextInt(100);
        String tenant = "t" + random.nextInt(2);
        long digest = random.nextInt(3);
        if (what < 40) {
          long[] lines = vary(templates.get(random.nextInt(4)), random);
          Stored stored =
              new Stored(tenant, digest, lines, weight(lines), now + random.nextInt(1, 200));
          index.add(tenant, digest, ~digest, stored, query(lines), stored.end());
          model.add(stored);
        } else if (what < 50 && !model.isEmpty()) {
          Stored stored = model.remove(random.nextInt(model.size()));
          assertThat(index.remove(stored.tenant(), stored.digest(), ~stored.digest(), stored))
              .isTrue();
          assertThat(index.remove(stored.tenant(), stored.digest(), ~stored.digest(), stored))
              .isFalse();
        } else if (what == 50) {
          long time = now;
          model.removeIf(stored -> stored.end() <= time);
          index.expire(now);
        } else if (what == 51) {
          int modulus = random.nextInt(2, 9);
          model.removeIf(stored -> stored.weight() % modulus == 0);
          index.removeIf(stored -> stored.weight() % modulus == 0);
        } else {
          float least = random.nextInt(20, 101) / 100f;
          long[] lines = vary(templates.get(random.nextInt(4)), random);
          compare(index, model, tenant, digest, lines, least, now);
        }
        now += random.nextInt(3);
        assertThat(index.entries()).isEqualTo(model.size());
      }
      index.removeIf(stored -> true);
      assertThat(index.entries()).isZero();
      assertThat(index.bytes()).isLessThan(20_000);
    }
  }

  private static void compare(
      LineIndex<Stored> index,
      List<Stored> model,
      String tenant,
      long digest,
      long[] lines,
      float least,
      long now) {
    float best = -1;
    for (Stored stored : model) {
      if (stored.tenant().equals(tenant) && stored.digest() == digest && stored.end() > now) {
        best = Math.max(best, slowSimilarity(lines, stored.lines()));
      }
    }
    boolean finds = Arrays.stream(lines).anyMatch(l -> (l & LogLines.FINDING) != 0);
    boolean expected = best >= (finds ? least : 1);
    LinePartition<Stored> partition = index.partition(digest, ~digest, tenant);
    LineQuery<Stored> query = query(lines);
    boolean found = partition != null && index.search(partition, query, least, now, ALL);
    assertThat(found).isEqualTo(expected);
    if (found) {
      assertThat(query.score()).isEqualTo(best);
      assertThat(slowSimilarity(lines, requireNonNull(query.best()).lines())).isEqualTo(best);
    }
  }

  /** The slow twin of {@link Rows#similarity}, with sets. */
  private static float slowSimilarity(long[] a, long[] b) {
    Set<Long> hashesOfA = hashes(a);
    Set<Long> hashesOfB = hashes(b);
    int shared = 0;
    int all = 0;
    for (long line : a) {
      boolean both = hashesOfB.contains(line & LogLines.HASH);
      if (!both && (line & ~LogLines.HASH) != 0) {
        return -1;
      }
      shared += both ? LogLines.weight(line) : 0;
      all += LogLines.weight(line);
    }
    for (long line : b) {
      if (!hashesOfA.contains(line & LogLines.HASH)) {
        if ((line & ~LogLines.HASH) != 0) {
          return -1;
        }
        all += LogLines.weight(line);
      }
    }
    return (float) shared / all;
  }

  private static Set<Long> hashes(long[] lines) {
    Set<Long> hashes = new HashSet<>();
    for (long line : lines) {
      hashes.add(line & LogLines.HASH);
    }
    return hashes;
  }

  static long[] lines(SplittableRandom random, int count) {
    long[] lines = new long[count];
    for (int i = 0; i < count; i++) {
      lines[i] = line(random, random.nextInt(8) == 0);
    }
    Arrays.sort(lines);
    return lines;
  }

  private static long line(SplittableRandom random, boolean finding) {
    return (random.nextLong() & LogLines.HASH)
        | (finding ? LogLines.FINDING : random.nextInt(6) == 0 ? LogLines.CLOSE : 0);
  }

  /** The lines with a few left out and a few others. */
  static long[] vary(long[] lines, SplittableRandom random) {
    List<Long> varied = new ArrayList<>();
    int changes = random.nextInt(3);
    for (long line : lines) {
      boolean drop = changes > 0 && (line & ~LogLines.HASH) == 0 && random.nextInt(10) == 0;
      if (!drop) {
        varied.add(line ^ (random.nextInt(60) == 0 ? LogLines.CLOSE : 0));
      }
    }
    for (int i = random.nextInt(changes + 1); i > 0; i--) {
      varied.add(line(random, random.nextInt(8) == 0));
    }
    if (varied.isEmpty()) {
      varied.add(lines[0]);
    }
    long[] all = varied.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(all);
    return all;
  }

  static int weight(long[] lines) {
    int weight = 0;
    for (long line : lines) {
      weight += LogLines.weight(line);
    }
    return weight;
  }

  static <T> LineQuery<T> query(long[] lines) {
    int findings = 0;
    for (long line : lines) {
      findings += (int) (line & LogLines.FINDING);
    }
    LineQuery<T> query = new LineQuery<>();
    query.set(lines, lines.length, weight(lines), findings);
    return query;
  }
}
