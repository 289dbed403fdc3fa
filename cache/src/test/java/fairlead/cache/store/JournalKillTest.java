package fairlead.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed in the middle of their work, over and over in one folder. */
class JournalKillTest {
  private static final Journal.Settings SETTINGS = new Journal.Settings(128 << 20, 100);

  @TempDir private Path folder;

  /** Holds what is live, so that compactions keep it. */
  private static final class Everything implements Journal.Memory {
    final Map<Long, CacheEntry> entries = new HashMap<>();

    @Override
    public void restore(CacheEntry entry) {
      entries.put(entry.keyLow(), entry);
    }

    @Override
    public void forEachLive(Consumer<CacheEntry> action) {
      entries.values().forEach(action);
    }
  }

  /** Writes numbered entries and says up to which they are stored. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      long next = Long.parseLong(args[1]);
      SplittableRandom random = new SplittableRandom(next);
      Everything memory = new Everything();
      try (Journal journal = Journal.open(Path.of(args[0]), SETTINGS)) {
        journal.start(memory);
        journal.awaitReplay();
        while (next < Long.MAX_VALUE) {
          long now = System.currentTimeMillis();
          for (int i = random.nextInt(1, 40); i > 0; i--, next++) {
            CacheEntry entry = numbered(next, now);
            memory.entries.put(next, entry);
            journal.insert(entry);
            CacheEntry old = memory.entries.remove(next - 2_000);
            if (old != null) {
              old.remove();
              journal.gone(old, Departures.Reason.EVICTED);
            }
          }
          if (random.nextInt(50) == 0) {
            journal.compact();
          }
          journal.tick(now);
          if (!journal.commit(now)) {
            throw new IllegalStateException("not stored");
          }
          System.out.println(next);
        }
      }
    }
  }

  /** Small ones, and now and then one that takes more than one write. */
  private static CacheEntry numbered(long number, long now) {
    int bytes = number % 40 == 39 ? 300_000 : (int) (number * 7 % 1_000);
    return Entries.answering(number, bytes).lives(now, now + Entries.HOUR).build();
  }

  @Test
  void threeKillsLoseNothingThatWasReportedStored() throws Exception {
    killed(3, 1);
  }

  @Test
  @Tag("slow")
  void twentyKillsLoseNothingThatWasReportedStored() throws Exception {
    killed(20, 2);
  }

  private void killed(int times, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    long reported = 0;
    int torn = 0;
    for (int kill = 0; kill < times; kill++) {
      reported = runAndKill(reported, random.nextInt(1, 120));
      Everything back = new Everything();
      Replay replay;
      try (Journal journal = Journal.open(folder, SETTINGS)) {
        journal.start(back);
        journal.awaitReplay();
        replay = Objects.requireNonNull(journal.replay());
      }
      torn += replay.tornSegments();
      assertThat(replay.damaged()).as("seed %d kill %d: %s", seed, kill, replay).isFalse();
      for (long number = Math.max(0, reported - 2_000); number < reported; number++) {
        assertThat(back.entries).as("seed %d kill %d", seed, kill).containsKey(number);
      }
      for (CacheEntry entry : back.entries.values()) {
        long number = entry.keyLow();
        String expected = Entries.describe(numbered(number, entry.storedAtMillis()));
        assertThat(Entries.describe(entry)).isEqualTo(expected);
        reported = Math.max(reported, number + 1);
      }
    }
    System.out.println(times + " kills, " + reported + " entries, " + torn + " torn tails");
  }

  /** The last number it reported before it was killed, some reports from now. */
  private long runAndKill(long first, int reports) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString(),
                Long.toString(first))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long last = first;
    try (BufferedReader output = child.inputReader()) {
      for (int i = 0; i < reports; i++) {
        last = Long.parseLong(Objects.requireNonNull(output.readLine(), "the child has ended"));
      }
      child.toHandle().destroyForcibly(); // SIGKILL; the process's own would close the output
      for (String line; (line = output.readLine()) != null; ) {
        if (line.length() >= Long.toString(last).length()) { // not cut off in its middle
          last = Math.max(last, Long.parseLong(line));
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return last;
  }
}
