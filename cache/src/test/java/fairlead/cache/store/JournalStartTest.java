package fairlead.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalStartTest {
  private static final int ENTRIES = 100_000;

  @TempDir private Path folder;

  private record IntoStore(AnswerStore store) implements Journal.Memory {
    @Override
    public void restore(CacheEntry entry) {
      store.restore(entry);
    }

    @Override
    public void forEachLive(Consumer<CacheEntry> action) {
      store.forEach(action);
    }
  }

  /**
   * The promise is two seconds; the bound here is wider, since other tests may share the machine.
   */
  @Test
  void hundredThousandEntriesAreBackWithinSeconds() throws Exception {
    long now = System.currentTimeMillis();
    Journal.Settings settings = new Journal.Settings(1L << 30, 0);
    byte[] answer = new byte[800];
    long start = System.nanoTime();
    try (Journal journal = Journal.open(folder, settings)) {
      journal.start(new IntoStore(new AnswerStore(1 << 20, 1, (_, _) -> {})));
      for (int i = 0; i < ENTRIES; i++) {
        journal.insert(
            Entries.answering(i, 0).answer(answer).lives(now, now + Entries.HOUR).build());
        if (i % 500 == 0) {
          journal.commit(now);
        }
      }
    }
    long written = System.nanoTime();
    AnswerStore store = new AnswerStore(400L << 20, 1, (_, _) -> {});
    try (Journal journal = Journal.open(folder, settings)) {
      journal.start(new IntoStore(store));
      journal.awaitReplay();
      Replay replay = Objects.requireNonNull(journal.replay());
      System.out.println(
          ENTRIES
              + " entries written in "
              + TimeUnit.NANOSECONDS.toMillis(written - start)
              + " ms, back in the store in "
              + replay.millis()
              + " ms");
      assertThat(replay.restored()).isEqualTo(ENTRIES);
      assertThat(store.entries()).isEqualTo(ENTRIES);
      assertThat(replay.millis()).isLessThan(10_000);
    }
  }
}
