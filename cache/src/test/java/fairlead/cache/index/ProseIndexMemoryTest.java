package fairlead.cache.index;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.index.Vectors.Text;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the index takes of the real heap, values not included. */
final class ProseIndexMemoryTest {
  private static final int DIMS = 192;

  private static final int ROUNDS = 5;

  /** Facts of a question of 20 words, by what guards read from it. */
  private static final int FACTS = 60;

  @ParameterizedTest
  @CsvSource({"1, 40000, 800", "2, 20000, 700", "3, 15000, 800", "1000, 40, 600", "40000, 1, 520"})
  void anEntryTakesAtMost(int perPartition, int partitions, int mostBytes) {
    SplittableRandom random = new SplittableRandom(1);
    Text[] texts = new Text[64];
    Vectors vectors = new Vectors(DIMS, random);
    Arrays.setAll(texts, _ -> vectors.fresh(new int[FACTS], Long.MAX_VALUE));
    int entries = perPartition * partitions;
    long[] measured = new long[ROUNDS];
    long estimated = 0;
    // What others leave in the heap may come and go within a round, and adds to it or takes from
    // it.
    for (int round = 0; round < ROUNDS; round++) {
      ProseIndex<Object> index = new ProseIndex<>(DIMS, entries, entries, _ -> 0, random.split());
      for (int i = 0; i < entries; i++) {
        Text text = texts[i % texts.length];
        int length = FACTS / 2 + i % FACTS;
        int[] facts = Arrays.copyOf(text.facts, length);
        index.add("t", i % partitions, 7, text, text.bits, text.row, text.scale, facts, length, i);
      }
      long used = usedHeap();
      estimated = index.bytes();
      assertThat(index.removeIf(_ -> true)).isEqualTo(entries);
      measured[round] = used - usedHeap();
    }
    Arrays.sort(measured);
    long taken = measured[ROUNDS / 2];
    System.out.printf(
        Locale.ROOT,
        "%d partitions of %d: %.0f bytes of heap an entry, %.0f estimated%n",
        partitions,
        perPartition,
        (double) taken / entries,
        (double) estimated / entries);
    assertThat(taken / entries).isLessThanOrEqualTo(mostBytes);
    assertThat((double) estimated).isBetween(0.85 * taken, 1.2 * taken);
  }

  /** Used bytes once collections find nothing more: what earlier tests left goes late. */
  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    while (true) {
      System.gc();
      long now = runtime.totalMemory() - runtime.freeMemory();
      if (now > used - 10_000) {
        return now;
      }
      used = now;
    }
  }
}
