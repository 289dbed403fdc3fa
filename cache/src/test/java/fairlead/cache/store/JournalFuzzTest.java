package fairlead.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import fairlead.cache.store.Departures.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals whose bytes are not those that were written. */
class JournalFuzzTest {
  private static final Journal.Settings SETTINGS = new Journal.Settings(1 << 30, 0);

  @TempDir private Path folder;
  private final Set<String> written = new HashSet<>();
  private final Set<String> back = new HashSet<>();
  private byte[] whole = {};
  private long secretMark;

  /** Collects what comes back. */
  private final Journal.Memory memory =
      new Journal.Memory() {
        @Override
        public void restore(CacheEntry entry) {
          back.add(Entries.describe(entry));
        }

        @Override
        public void forEachLive(Consumer<CacheEntry> action) {}
      };

  @BeforeEach
  void write() throws Exception {
    long now = System.currentTimeMillis();
    SplittableRandom random = new SplittableRandom(5);
    try (Journal journal = Journal.open(folder, SETTINGS)) {
      journal.start(memory);
      for (int i = 0; i < 30; i++) {
        CacheEntry entry =
            Entries.answering(i % 20, random.nextInt(100))
                .lives(now + i, now + Entries.HOUR)
                .build();
        journal.insert(entry);
        written.add(Entries.describe(entry));
        if (i % 7 == 0) {
          journal.lifted(entry);
          journal.blocked(entry, new int[] {i, i + 1});
        }
        if (i % 5 == 0) {
          journal.gone(entry, Reason.REMOVED);
        }
      }
      journal.commit(now);
    }
    whole = Files.readAllBytes(segment());
    try (JournalFolder opened = JournalFolder.open(folder)) {
      secretMark = opened.secretMark();
    }
  }

  private Path segment() {
    return folder.resolve("answers-000001.log");
  }

  /** Record by record, of these bytes. */
  private Replay replay(byte[] bytes) throws IOException {
    Files.deleteIfExists(segment()); // some file systems flush what was cut to nothing
    Files.write(segment(), bytes);
    back.clear();
    Replayer replayer = new Replayer(Long.MAX_VALUE, System.currentTimeMillis());
    replayer.read(segment(), secretMark);
    replayer.handOver(memory, () -> false);
    return replayer.result(0);
  }

  @Test
  void whereverItIsCutAllBeforeTheCutComesBack() throws IOException {
    replay(whole);
    assertThat(back).hasSizeGreaterThan(10);
    int last = 0;
    for (int length = 0; length <= whole.length; length++) {
      Replay replay = replay(Arrays.copyOf(whole, length));
      assertThat(replay.damaged()).as("cut at %d", length).isFalse();
      assertThat(written.containsAll(back)).as("cut at %d", length).isTrue();
      assertThat(replay.restored()).isGreaterThanOrEqualTo(last - 1); // a removal takes one
      last = replay.restored();
      long cut = Files.size(segment());
      assertThat(cut).isLessThanOrEqualTo(length);
      if (length % 37 == 0) {
        assertThat(replay(Files.readAllBytes(segment())).tornSegments()).isZero();
      }
    }
  }

  @Test
  void noFlippedBitMakesAnotherEntry() throws IOException {
    for (long seed = 0; seed < 4_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = whole.clone();
      for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Replay replay = replay(bytes);
      assertThat(written.containsAll(back)).as("seed %d", seed).isTrue();
      if (!Arrays.equals(bytes, whole)) {
        assertThat(replay.damaged() || replay.tornSegments() > 0).as("seed %d", seed).isTrue();
      }
    }
  }

  @Test
  void movedRepeatedOrForeignBytesMakeNoOtherEntry() throws IOException {
    for (long seed = 0; seed < 2_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = whole.clone();
      int from = random.nextInt(bytes.length);
      int to = random.nextInt(bytes.length);
      int length = random.nextInt(bytes.length - Math.max(from, to));
      if (random.nextBoolean()) {
        System.arraycopy(whole, from, bytes, to, length);
      } else {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, to, length);
      }
      replay(bytes);
      assertThat(written.containsAll(back)).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void openingNeverFailsBecauseOfTheBytes() throws Exception {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(segment(), bytes);
      back.clear();
      try (Journal journal = Journal.open(folder, SETTINGS)) {
        journal.start(memory);
        journal.awaitReplay();
        Replay replay = Objects.requireNonNull(journal.replay());
        assertThat(replay.restored()).as("seed %d", seed).isEqualTo(back.size());
        assertThat(written.containsAll(back)).as("seed %d", seed).isTrue();
        assertThat(journal.commit(0)).isTrue();
      }
    }
    assertThat(List.of(Objects.requireNonNull(folder.toFile().list())))
        .containsExactlyInAnyOrder("answers-000001.log", "lock", "secret");
  }
}
