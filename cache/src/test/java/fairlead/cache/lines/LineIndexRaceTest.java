package fairlead.cache.lines;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.text.LogLines;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** Readers beside a writer that adds, removes, compacts and rebuilds all the time. */
final class LineIndexRaceTest {
  private static final int TEMPLATES = 20;
  private static final long NANOS = 2_000_000_000L;

  /** A value that knows its lines and where it was put. */
  private static final class Value {
    final long[] lines;
    final int partition;

    Value(long[] lines, int partition) {
      this.lines = lines;
      this.partition = partition;
    }
  }

  @Test
  void readersSeeWholeEntriesOfTheirPartitionAndMissNoneThatStays() throws Exception {
    long seed = System.nanoTime();
    System.out.println("LineIndexRaceTest: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<long[]> templates = new ArrayList<>();
    for (int i = 0; i < TEMPLATES; i++) {
      long[] lines = LineIndexTest.lines(random, 30);
      lines[0] |= LogLines.FINDING;
      templates.add(lines);
    }
    LineIndex<Value> index = new LineIndex<>(10_000, 100_000, v -> 0, random.split());
    // One entry of each template stays, the others come and go around it.
    for (int i = 0; i < TEMPLATES; i++) {
      add(index, new Value(templates.get(i), i % 4));
    }
    AtomicBoolean over = new AtomicBoolean();
    LongAdder searches = new LongAdder();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Void>> readers = new ArrayList<>();
      for (int r = 0; r < 2; r++) {
        SplittableRandom own = random.split();
        Callable<Void> reader =
            () -> {
              while (!over.get()) {
                search(index, templates, own);
                searches.increment();
              }
              return null;
            };
        readers.add(threads.submit(reader));
      }
      write(index, templates, random.split());
      over.set(true);
      for (Future<Void> reader : readers) {
        reader.get();
      }
    }
    assertThat(searches.sum()).isGreaterThan(1_000);
  }

  private static void add(LineIndex<Value> index, Value value) {
    index.add("t", value.partition, 7, value, LineIndexTest.query(value.lines), Long.MAX_VALUE);
  }

  private static void write(
      LineIndex<Value> index, List<long[]> templates, SplittableRandom random) {
    Deque<Value> added = new ArrayDeque<>();
    long start = System.nanoTime();
    int written = 0;
    while (System.nanoTime() - start < NANOS) {
      int template = random.nextInt(TEMPLATES);
      if (added.size() < 300 && random.nextInt(5) < 3) {
        // Also partitions that come and go as a whole, so that the directory is made anew.
        int partition = random.nextBoolean() ? template % 4 : 100 + random.nextInt(200);
        Value value = new Value(LineIndexTest.vary(templates.get(template), random), partition);
        add(index, value);
        added.add(value);
      } else if (!added.isEmpty()) {
        Value value = added.removeFirst();
        assertThat(index.remove("t", value.partition, 7, value)).isTrue();
      }
      written++;
      if (written % 5_000 == 0) {
        index.removeIf(value -> value.partition >= 100);
        added.removeIf(value -> value.partition >= 100);
      }
    }
    System.out.println("LineIndexRaceTest: " + written + " changes, " + index.entries() + " left");
  }

  private static void search(
      LineIndex<Value> index, List<long[]> templates, SplittableRandom random) {
    int template = random.nextInt(TEMPLATES);
    long[] lines = templates.get(template);
    LineQuery<Value> query = LineIndexTest.query(lines);
    LinePartition<Value> partition = requireNonNull(index.partition(template % 4, 7, "t"));
    boolean found =
        index.search(partition, query, 0.8f, 0, (value, score) -> check(lines, value, score));
    assertThat(found).isTrue();
    assertThat(query.score()).isEqualTo(1f);
    assertThat(requireNonNull(query.best()).partition).isEqualTo(template % 4);
    int other = 100 + random.nextInt(200);
    LinePartition<Value> passing = index.partition(other, 7, "t");
    if (passing != null
        && index.search(passing, query, 0.8f, 0, (v, score) -> check(lines, v, score))) {
      assertThat(requireNonNull(query.best()).partition).isEqualTo(other);
    }
  }

  private static boolean check(long[] lines, Value value, float score) {
    float real = Rows.similarity(lines, lines.length, value.lines, value.lines.length);
    assertThat(score).isEqualTo(real);
    assertThat(Arrays.stream(value.lines).sorted().toArray()).isEqualTo(value.lines);
    return true;
  }
}
