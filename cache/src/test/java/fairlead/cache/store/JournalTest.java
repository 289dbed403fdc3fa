package fairlead.cache.store;

import static fairlead.cache.store.Entries.HOUR;
import static fairlead.cache.store.Entries.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.cache.CacheEntry;
import fairlead.cache.store.Departures.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final long MB = 1 << 20;
  private static final Journal.Settings SETTINGS = new Journal.Settings(100 * MB, 1_000);

  @TempDir private Path folder;
  private final long now = System.currentTimeMillis();

  /** A memory that is a map. */
  static final class Plain implements Journal.Memory {
    final Map<Long, CacheEntry> entries = new TreeMap<>();
    final Map<Long, List<int[]>> blockers = new TreeMap<>();

    @Override
    public void restore(CacheEntry entry) {
      assertThat(entries.put(entry.keyLow(), entry)).isNull();
    }

    @Override
    public void restoreBlocker(CacheEntry entry, int[] facts) {
      assertThat(entries.get(entry.keyLow())).isSameAs(entry);
      block(entry, facts);
    }

    void block(CacheEntry entry, int[] facts) {
      blockers.computeIfAbsent(entry.keyLow(), _ -> new ArrayList<>()).add(facts);
    }

    @Override
    public void forEachLive(Consumer<CacheEntry> action) {
      entries.values().forEach(action);
    }

    @Override
    public void forEachBlocker(CacheEntry entry, Consumer<int[]> action) {
      blockers.getOrDefault(entry.keyLow(), List.of()).forEach(action);
    }

    String describe() {
      StringBuilder text = new StringBuilder();
      for (CacheEntry entry : entries.values()) {
        text.append(Entries.describe(entry));
        forEachBlocker(entry, facts -> text.append(" !").append(Arrays.toString(facts)));
        text.append('\n');
      }
      return text.toString();
    }
  }

  private final Plain memory = new Plain();

  private CacheEntry.Builder fresh(long key, int answerBytes) {
    return answering(key, answerBytes).lives(now, now + HOUR);
  }

  private Journal opened(Journal.Memory into) throws IOException, InterruptedException {
    return opened(SETTINGS, into);
  }

  private Journal opened(Journal.Settings settings, Journal.Memory into)
      throws IOException, InterruptedException {
    Journal journal = Journal.open(folder, settings);
    journal.start(into);
    journal.awaitReplay();
    return journal;
  }

  private void insert(Journal journal, CacheEntry entry) {
    CacheEntry old = memory.entries.put(entry.keyLow(), entry);
    memory.blockers.remove(entry.keyLow());
    if (old != null) {
      old.remove();
    }
    journal.insert(entry);
    if (old != null) {
      journal.gone(old, Reason.REPLACED);
    }
  }

  private Replay reread(Plain into) throws IOException, InterruptedException {
    try (Journal journal = opened(into)) {
      Replay replay = journal.replay();
      assertThat(replay).isNotNull();
      return Objects.requireNonNull(replay);
    }
  }

  private void assertRereads() throws IOException, InterruptedException {
    Plain read = new Plain();
    Replay replay = reread(read);
    assertThat(read.describe()).isEqualTo(memory.describe());
    assertThat(replay.damaged()).isFalse();
    assertThat(replay.restored()).isEqualTo(memory.entries.size());
  }

  private List<Path> segments() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> JournalFolder.number(file) > 0).sorted().toList();
    }
  }

  @Test
  void whatWasCommittedComesBack() throws Exception {
    byte[] secret;
    try (Journal journal = opened(memory)) {
      secret = journal.secret();
      for (int i = 0; i < 100; i++) {
        insert(journal, fresh(i, 10 * i).build());
      }
      assertThat(journal.stored()).isZero();
      assertThat(journal.commit(now)).isTrue();
      assertThat(journal.stored()).isEqualTo(100);
    }
    assertRereads();
    assertThat(secret).hasSize(32);
    try (Journal journal = Journal.open(folder, SETTINGS)) {
      assertThat(journal.secret()).isEqualTo(secret);
    }
  }

  @Test
  void onlyTheOwnerMayReadIt() throws Exception {
    folder = folder.resolve("a/b");
    try (Journal journal = opened(memory)) {
      insert(journal, fresh(1, 1).build());
      journal.commit(now);
      for (Path file :
          List.of(folder.resolve("secret"), folder.resolve("lock"), segments().get(0))) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void aSecondJournalOfTheSameFolderIsRefused() throws Exception {
    try (Journal _ = opened(memory)) {
      assertThatThrownBy(() -> Journal.open(folder, SETTINGS))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("in use by this process");
    }
    Journal.open(folder, SETTINGS).close();
  }

  @Test
  void removalsReplacementsThresholdsAndBlockersComeBack() throws Exception {
    CacheEntry wrong = fresh(1, 50).build();
    CacheEntry removed = fresh(2, 50).build();
    CacheEntry old = fresh(3, 50).build();
    try (Journal journal = opened(memory)) {
      insert(journal, wrong);
      insert(journal, removed);
      insert(journal, old);
      wrong.liftThreshold(0.97f);
      journal.lifted(wrong);
      memory.block(wrong, new int[] {1, -2, 3});
      journal.blocked(wrong, new int[] {1, -2, 3});
      journal.blocked(old, new int[] {4}); // goes with its entry
      insert(journal, fresh(3, 60).lives(now + 1, now + HOUR).build());
      memory.entries.remove(2L);
      removed.remove();
      journal.gone(removed, Reason.REMOVED);
      journal.commit(now);
    }
    assertRereads();
  }

  @Test
  void whatHasGoneBeforeItWasWrittenIsNotWritten() throws Exception {
    CacheEntry entry = fresh(1, 10).build();
    entry.remove();
    try (Journal journal = opened(memory)) {
      journal.gone(entry, Reason.REMOVED);
      journal.insert(entry);
      journal.commit(now);
      assertThat(journal.stored()).isZero();
    }
    assertRereads();
  }

  @Test
  void whatIsOverDoesNotComeBackNorWhatItReplaced() throws Exception {
    try (Journal journal = opened(memory)) {
      journal.insert(fresh(1, 10).build());
      journal.insert(fresh(1, 20).lives(now - 2, now - 1).build());
      insert(journal, fresh(2, 10).build());
      journal.commit(now);
    }
    Plain read = new Plain();
    Replay replay = reread(read);
    assertThat(read.describe()).isEqualTo(memory.describe());
    assertThat(replay.expired()).isEqualTo(1);
  }

  @Test
  void compactingKeepsWhatLivesAndNoMore() throws Exception {
    try (Journal journal = opened(memory)) {
      for (int i = 0; i < 5_000; i++) {
        insert(journal, fresh(i % 500, 900).lives(now + i, now + HOUR).build());
        if (i % 100 == 0) {
          journal.commit(now);
        }
      }
      CacheEntry blocked = Objects.requireNonNull(memory.entries.get(7L));
      memory.block(blocked, new int[] {5, 6});
      journal.blocked(blocked, new int[] {5, 6});
      blocked.liftThreshold(0.99f);
      journal.lifted(blocked);
      long before = journal.bytes();
      assertThat(journal.liveBytes() * 5).isLessThan(before);
      journal.compact();
      CacheEntry late = Objects.requireNonNull(memory.entries.remove(9L)); // goes before its slice
      late.remove();
      journal.gone(late, Reason.REMOVED);
      while (segments().size() > 1) {
        journal.commit(now);
      }
      CacheEntry later = Objects.requireNonNull(memory.entries.remove(10L)); // and one after it
      later.remove();
      journal.gone(later, Reason.REMOVED);
      insert(journal, fresh(11, 5).lives(now + 9_000, now + HOUR).build());
      journal.commit(now);
      assertThat(journal.bytes() * 8).isLessThan(before);
      assertThat(Files.size(segments().get(0))).isEqualTo(journal.bytes());
    }
    assertRereads();
  }

  @Test
  void theDiskIsBoundedWhateverIsWritten() throws Exception {
    long most = 0;
    Journal.Settings small = new Journal.Settings(8 * MB, 0);
    try (Journal journal = opened(small, memory)) {
      for (int i = 0; i < 30_000; i++) {
        insert(journal, fresh(i, 900).lives(now + i, now + HOUR).build()); // all live
        if (i % 100 == 0) {
          journal.tick(now);
          long bytes = 0;
          for (Path segment : segments()) {
            bytes += Files.size(segment);
          }
          most = Math.max(most, bytes);
        }
      }
    }
    assertThat(most).isBetween(4 * MB, 8 * MB);
    Plain read = new Plain();
    reread(read);
    assertThat(read.entries).hasSizeGreaterThan(2_500);
    assertThat(read.entries.keySet()).contains(29_999L).allMatch(key -> key > 20_000);
  }

  @Test
  void manyRestartsDoNotLeaveManySegments() throws Exception {
    for (int i = 0; i < 40; i++) {
      try (Journal journal = opened(new Known(memory))) {
        insert(journal, fresh(i, 10).build());
        journal.tick(now);
        journal.tick(now);
      }
    }
    assertThat(segments()).hasSizeLessThan(20);
    assertRereads();
  }

  /** The process has forgotten nothing in these tests: restored entries are known already. */
  private record Known(Plain known) implements Journal.Memory {
    @Override
    public void restore(CacheEntry entry) {
      assertThat(known.entries).containsKey(entry.keyLow());
    }

    @Override
    public void forEachLive(Consumer<CacheEntry> action) {
      known.forEachLive(action);
    }

    @Override
    public void forEachBlocker(CacheEntry entry, Consumer<int[]> action) {
      known.forEachBlocker(entry, action);
    }
  }

  @Test
  void aFailingDiskStopsTheJournalAndNotTheCache() throws Exception {
    try (Journal journal = opened(memory)) {
      insert(journal, fresh(1, 10).build());
      assertThat(journal.commit(now)).isTrue();
      CacheEntry removed = fresh(2, 10).build();
      insert(journal, removed);
      journal.commit(now);

      // the next segment cannot be made: its name is taken
      Files.createDirectory(folder.resolve("answers-000002.log"));
      journal.compact();
      assertThat(journal.failing()).isTrue();
      insert(journal, fresh(3, 10).build());
      memory.entries.remove(2L);
      removed.remove();
      journal.gone(removed, Reason.REMOVED); // cannot be told
      assertThat(journal.commit(now)).isFalse();
      assertThat(journal.lost()).isEqualTo(1);
      journal.tick(now + 9_000);
      assertThat(journal.failing()).isTrue();
      journal.tick(now + 10_000);
      assertThat(journal.failing()).isTrue();

      Files.delete(folder.resolve("answers-000002.log"));
      journal.tick(now + 20_000);
      journal.tick(now + 21_000);
      assertThat(journal.failing()).isFalse();
      insert(journal, fresh(4, 10).build());
      assertThat(journal.commit(now + 21_000)).isTrue();
    }
    assertRereads();
  }

  @Test
  void anotherSecretsSegmentsAreNotRead() throws Exception {
    try (Journal journal = opened(memory)) {
      insert(journal, fresh(1, 10).build());
      journal.commit(now);
    }
    Files.delete(folder.resolve("secret"));
    Plain read = new Plain();
    assertThat(reread(read).foreignSegments()).isEqualTo(1);
    assertThat(read.entries).isEmpty();
  }

  @Test
  void aDamagedSecretIsSetAsideAndTheCacheBeginsEmpty() throws Exception {
    try (Journal journal = opened(memory)) {
      insert(journal, fresh(1, 10).build());
      journal.commit(now);
    }
    Files.write(folder.resolve("secret"), new byte[31]);
    Plain read = new Plain();
    assertThat(reread(read).foreignSegments()).isEqualTo(1);
    assertThat(read.entries).isEmpty();
    assertThat(folder.resolve("secret")).hasSize(32);
    assertThat(folder.resolve("secret.damaged")).hasSize(31);
  }

  @Test
  void oneDamagedBodyCostsOneRecord() throws Exception {
    Path segment = threeEntries();
    byte[] bytes = Files.readAllBytes(segment);
    int second = (bytes.length - Records.SEGMENT_HEAD) / 3 + Records.SEGMENT_HEAD;
    bytes[second + Records.RECORD_HEAD + 40] ^= 1;
    Files.write(segment, bytes);
    Plain read = new Plain();
    Replay replay = reread(read);
    assertThat(read.entries).containsOnlyKeys(0L, 2L);
    assertThat(replay.damagedRecords()).isEqualTo(1);
    assertThat(replay.brokenSegments()).isZero();
  }

  @Test
  void aDamagedHeadCostsTheRestOfItsSegmentAndNoOther() throws Exception {
    Path segment = threeEntries();
    try (Journal journal = opened(new Plain())) {
      journal.insert(fresh(9, 10).build());
      journal.commit(now);
    }
    byte[] bytes = Files.readAllBytes(segment);
    int second = (bytes.length - Records.SEGMENT_HEAD) / 3 + Records.SEGMENT_HEAD;
    bytes[second] ^= 1;
    Files.write(segment, bytes);
    Plain read = new Plain();
    Replay replay = reread(read);
    assertThat(read.entries).containsOnlyKeys(0L, 9L);
    assertThat(replay.brokenSegments()).isEqualTo(1);
  }

  private Path threeEntries() throws IOException, InterruptedException {
    try (Journal journal = opened(memory)) {
      for (int i = 0; i < 3; i++) {
        insert(journal, fresh(i, 100).build());
      }
      journal.commit(now);
    }
    return segments().get(0);
  }

  @Test
  void aTornTailIsCutOff() throws Exception {
    Path segment = threeEntries();
    byte[] bytes = Files.readAllBytes(segment);
    int record = (bytes.length - Records.SEGMENT_HEAD) / 3;
    Files.write(segment, Arrays.copyOf(bytes, bytes.length - 1));
    Plain read = new Plain();
    Replay replay = reread(read);
    assertThat(replay.tornSegments()).isEqualTo(1);
    assertThat(replay.damaged()).isFalse();
    assertThat(read.entries).containsOnlyKeys(0L, 1L);
    assertThat(Files.size(segment)).isEqualTo(bytes.length - record);
    assertThat(reread(new Plain()).tornSegments()).isZero();
  }

  @Test
  void noMoreIsHeldThanFitsAndTheNewestStay() throws Exception {
    try (Journal journal = opened(memory)) {
      for (int i = 0; i < 100; i++) {
        insert(journal, fresh(i, 1_000).build());
      }
      journal.insert(fresh(200, 1_000_000).lives(now - 2, now - 1).build()); // over
      journal.commit(now);
    }
    Plain read = new Plain();
    long bound = 10L * fresh(1, 1_000).build().weight();
    try (Journal journal = opened(new Journal.Settings(100 * MB, 0, bound), read)) {
      assertThat(Objects.requireNonNull(journal.replay()).restored()).isEqualTo(10);
    }
    assertThat(read.entries.keySet())
        .containsExactly(90L, 91L, 92L, 93L, 94L, 95L, 96L, 97L, 98L, 99L);
  }

  @Test
  void aDefectWhileReadingBackDoesNotStopCompactionForEver() throws Exception {
    try (Journal journal = opened(memory)) {
      insert(journal, fresh(1, 10).build());
      journal.commit(now);
    }
    Journal.Memory defective =
        new Journal.Memory() {
          @Override
          public void restore(CacheEntry entry) {
            throw new IllegalStateException("defect");
          }

          @Override
          public void forEachLive(Consumer<CacheEntry> action) {
            memory.forEachLive(action);
          }
        };
    try (Journal journal = opened(defective)) {
      assertThat(Objects.requireNonNull(journal.replay()).damaged()).isTrue();
      journal.compact();
      journal.commit(now);
      assertThat(segments()).hasSize(1);
    }
    assertRereads();
  }

  /** Random lives of a journal, each with many processes, agree with a map. */
  @Test
  void agreesWithAMapOverRestarts() throws Exception {
    for (long seed = 1; seed <= 10; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      memory.entries.clear();
      memory.blockers.clear();
      folder = Files.createDirectory(folder.resolve("s" + seed));
      long time = now;
      for (int process = 0; process < 6; process++) {
        try (Journal journal = opened(new Known(memory))) {
          for (int step = random.nextInt(300); step > 0; step--) {
            long key = random.nextInt(60);
            CacheEntry there = memory.entries.get(key);
            int what = random.nextInt(12);
            time++;
            if (what < 6 || there == null) {
              insert(journal, fresh(key, random.nextInt(2_000)).lives(time, time + HOUR).build());
            } else if (what == 6) {
              memory.entries.remove(key);
              memory.blockers.remove(key);
              there.remove();
              journal.gone(there, Reason.REMOVED);
            } else if (what == 7) {
              there.liftThreshold(random.nextFloat());
              journal.lifted(there);
            } else if (what == 8) {
              int[] facts = {step, random.nextInt()};
              memory.block(there, facts);
              journal.blocked(there, facts);
            } else if (what == 9) {
              journal.commit(time);
            } else if (what == 10 && random.nextInt(20) == 0) {
              journal.compact();
            }
          }
        }
        Plain read = new Plain();
        assertThat(reread(read).damaged()).isFalse();
        assertThat(read.describe())
            .as("seed %d process %d", seed, process)
            .isEqualTo(memory.describe());
      }
    }
  }

  @Test
  void aDeletionEndsEarlierAnswersOfItsKeyTooAndNoLaterOnes() throws Exception {
    try (Journal journal = opened(memory)) {
      journal.insert(fresh(1, 10).build());
      journal.gone(fresh(1, 20).lives(now + 5, now + HOUR).build(), Reason.REMOVED); // not written
      insert(journal, fresh(2, 10).lives(now + 5, now + HOUR).build());
      journal.removed(~2L, 2, now + 4);
      journal.insert(fresh(3, 10).build());
      journal.removed(~3L, 3, Long.MAX_VALUE);
      journal.commit(now);
    }
    assertRereads();
  }

  @Test
  void whatIsIncompleteIsWrittenAnewBeforeLong() throws Exception {
    try (Journal journal = opened(memory)) {
      journal.insert(fresh(1, 10).build());
      memory.entries.put(2L, fresh(2, 10).build()); // was not told
      journal.incomplete();
      journal.tick(now);
      journal.commit(now);
    }
    assertRereads();
  }
}
