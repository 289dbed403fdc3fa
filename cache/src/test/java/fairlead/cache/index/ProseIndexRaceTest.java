package fairlead.cache.index;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.index.Vectors.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Readers beside a writer that adds, removes, grows, compacts, evicts and empties partitions. */
final class ProseIndexRaceTest {
  private static final int DIMS = 128;
  private static final int DIGESTS = 12;
  private static final int POOL = 4096;
  private static final int READERS = 3;
  private static final long RUN_NANOS = 3_000_000_000L;

  private final SplittableRandom random = new SplittableRandom(11);
  private final ProseIndex<Text> index =
      new ProseIndex<>(DIMS, 250, 1300, text -> text.facts[1], random.split());

  /**
   * Texts whose facts are the sum of their row and their place; each text belongs to one digest.
   */
  private final Text[] pool = new Text[POOL];

  /** What was added last of each digest; null as soon as it may go away again. */
  private final AtomicReferenceArray<Announcement> announced = new AtomicReferenceArray<>(DIGESTS);

  /** What is being added: it may be found or not, but only whole. */
  private volatile @Nullable Text coming;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger searches = new AtomicInteger();
  private final AtomicInteger found = new AtomicInteger();
  private int evictions;

  /** A text that is there from now on. Told apart by identity: the same text may go and return. */
  private static final class Announcement {
    final Text text;

    Announcement(Text text) {
      this.text = text;
    }
  }

  ProseIndexRaceTest() {
    Vectors vectors = new Vectors(DIMS, random);
    for (int i = 0; i < POOL; i++) {
      int[] facts = new int[2 + random.nextInt(20)];
      pool[i] = vectors.fresh(facts, Long.MAX_VALUE);
      Arrays.fill(facts, checksum(pool[i].row));
      facts[1] = i;
    }
  }

  private static int checksum(byte[] row) {
    return Arrays.hashCode(row);
  }

  private static int digest(Text text) {
    return text.facts[1] % DIGESTS;
  }

  private static String tenant(int digest) {
    return "t" + digest % 2;
  }

  @Test
  void noReaderSeesATornSlotAWrongResultOrMissesWhatIsThere() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        SplittableRandom dice = random.split();
        readers.add(threads.submit(() -> read(dice)));
      }
      try {
        write(random.split());
      } finally {
        stop.set(true);
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
    System.out.println(
        "ProseIndexRaceTest: searches=" + searches + " found=" + found + " evictions=" + evictions);
    assertThat(found.get()).isPositive();
    assertThat(evictions).isPositive();
    assertThat(index.removeIf(text -> true)).isNotNegative();
    assertThat(index.entries()).isZero();
  }

  /** A partition at a time is filled, thinned and emptied, so that every kind of change happens. */
  private void write(SplittableRandom dice) {
    List<List<Text>> out = new ArrayList<>();
    List<List<Text>> in = new ArrayList<>();
    for (int i = 0; i < DIGESTS; i++) {
      out.add(new ArrayList<>());
      in.add(new ArrayList<>());
    }
    for (Text text : pool) {
      out.get(digest(text)).add(text);
    }
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      int digest = dice.nextInt(DIGESTS);
      int steps = dice.nextInt(400);
      int removals = dice.nextInt(100);
      for (int i = 0; i < steps; i++) {
        if (dice.nextInt(100) >= removals && !out.get(digest).isEmpty()) {
          Text text = out.get(digest).removeLast();
          for (int j = 0; j < DIGESTS; j++) {
            announced.set(j, null); // any may be evicted
          }
          coming = text;
          Text evicted =
              index.add(
                  tenant(digest),
                  digest,
                  0,
                  text,
                  text.bits,
                  text.row,
                  text.scale,
                  text.facts,
                  text.facts.length,
                  Long.MAX_VALUE);
          in.get(digest).add(text);
          if (evicted != null) {
            evictions++;
            assertThat(in.get(digest(evicted)).remove(evicted)).isTrue();
            out.get(digest(evicted)).addFirst(evicted);
          }
          announced.set(digest, new Announcement(text));
        } else if (!in.get(digest).isEmpty()) {
          Text text = in.get(digest).remove(dice.nextInt(in.get(digest).size()));
          announced.set(digest, null);
          assertThat(index.remove(tenant(digest), digest, 0, text)).isTrue();
          out.get(digest).addFirst(text);
        }
      }
      if (dice.nextInt(20) == 0) {
        announced.set(digest, null);
        int mark = digest;
        int removed = index.removeIf(text -> digest(text) == mark);
        assertThat(removed).isEqualTo(in.get(digest).size());
        out.get(digest).addAll(0, in.get(digest));
        in.get(digest).clear();
      }
    }
  }

  private void read(SplittableRandom dice) {
    Query<Text> query = new Query<>();
    SlotTest<Text> test =
        (value, facts, from, score) -> {
          for (int i = 0; i < value.facts.length; i++) {
            if (facts[from + i] != value.facts[i]) {
              throw new AssertionError("torn facts of " + value.facts[1]);
            }
          }
          return true;
        };
    while (!stop.get()) {
      Text asked = coming;
      if (asked == null || dice.nextInt(4) == 0) {
        asked = pool[dice.nextInt(POOL)];
      }
      int digest = digest(asked);
      Announcement fresh = dice.nextInt(4) == 0 ? announced.get(digest) : null;
      if (fresh != null) {
        asked = fresh.text;
      }
      ProsePartition<Text> partition = index.partition(digest, 0, tenant(digest));
      searches.incrementAndGet();
      boolean hit = false;
      if (partition != null) {
        query.set(asked.bits, asked.row, asked.scale);
        hit = index.search(partition, query, 0.99f, 0, test);
      }
      if (hit) {
        Text best = query.best();
        if (best == null || digest(best) != digest || best != asked) {
          throw new AssertionError("wrong result for " + asked.facts[1]);
        }
        if (query.score() != asked.cosine(best) || best.facts[0] != checksum(best.row)) {
          throw new AssertionError("torn row of " + best.facts[1]);
        }
        found.incrementAndGet();
      } else if (fresh != null && announced.get(digest) == fresh) {
        throw new AssertionError("not found although announced: " + asked.facts[1]);
      }
    }
  }
}
