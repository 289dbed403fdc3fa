package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The answers on disk: a log of what came and went, read back at the start.
 *
 * <p>Changes come from one thread, the cache's writer; figures may be read by any. An entry of 1 KB
 * costs about 2 µs and its bytes.
 *
 * <p>Guarantees:
 *
 * <ol>
 *   <li>When {@link #commit} has said true, what was told before survives the death of the process,
 *       and that of the machine if it comes later than the next forcing to disk.
 *   <li>Whatever the bytes on disk are, {@link #open} and {@link #start} do not fail because of
 *       them, and no entry comes back other than it was written.
 *   <li>The disk takes no more than its bound and what one commit holds.
 *   <li>When the disk fails or is full, the journal says so once and the cache goes on in memory;
 *       it tries again now and then, and begins anew with what is in memory then.
 * </ol>
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes the figures
public final class Journal implements AutoCloseable {
  /*
   * Each process begins a segment of its own, so what it reads back and what it writes never meet.
   * When more than half of the log is about entries that are gone, a new segment is begun, all live
   * entries are written into it, a slice with each commit so that the writer's queue does not run
   * full, and the older segments are deleted, oldest first: a deletion must not be forgotten before
   * what it deletes. New records go behind the slices in the same segment. An entry that goes before
   * its slice is not written; one that goes later is deleted by a later record.
   */

  /** The other side: what is restored into, and where the live entries are. */
  public interface Memory {
    /** On the thread of the replay; once per key. */
    void restore(CacheEntry entry);

    /** After its entry; with facts of a text that must not be answered from it. */
    default void restoreBlocker(CacheEntry entry, int[] facts) {}

    /** On the thread of the replay, when all is restored. */
    default void restored(Replay replay) {}

    /** On the writer's thread. */
    void forEachLive(Consumer<CacheEntry> action);

    /** On the writer's thread: all blockers of an entry. */
    default void forEachBlocker(CacheEntry entry, Consumer<int[]> action) {}
  }

  /**
   * @param maxBytes on disk, both copies during a compaction included; four times the memory's is
   *     plenty
   * @param forceMillis the longest time until written bytes are forced to disk, 0 for never
   * @param maxHeldBytes of entries on the heap while they are read back; what memory has room for
   *     is enough
   */
  public record Settings(long maxBytes, long forceMillis, long maxHeldBytes) {
    public static final long DEFAULT_FORCE_MILLIS = 1_000;

    /** Everything is read back. */
    public Settings(long maxBytes, long forceMillis) {
      this(maxBytes, forceMillis, Long.MAX_VALUE);
    }
  }

  private static final System.Logger LOGGER = System.getLogger(Journal.class.getName());

  private static final long WORTH_COMPACTING_BYTES = 8 << 20;
  private static final int MOST_SEGMENTS = 16;
  private static final long COMPLETE_MILLIS = TimeUnit.MINUTES.toMillis(1);
  private static final long RETRY_MILLIS = TimeUnit.SECONDS.toMillis(10);

  private final JournalFolder folder;
  private final Settings settings;
  private @Nullable Memory memory;
  private volatile @Nullable Thread replaying;
  private volatile @Nullable Replay replay;
  private volatile long replayedBytes; // live, until the writer has taken them over
  private volatile boolean closing;

  // The writer's thread only.
  private @Nullable SegmentWriter writer;
  private long nextSegment = 1;
  private long olderBytes; // of the segments before the writer's
  private int olderSegments;
  private long uncommitted; // inserts
  private long forcedMillis;
  private long failedMillis;
  private @Nullable Compaction compaction; // while it is under way

  private long compactedMillis;

  private volatile boolean failing;
  private volatile boolean incomplete;
  private volatile long stored;
  private volatile long lost;
  private volatile long liveBytes;

  private Journal(JournalFolder folder, Settings settings) {
    this.folder = folder;
    this.settings = settings;
  }

  /** Takes a folder, makes it if need be; throws if another process has it or it cannot be used. */
  public static Journal open(Path path, Settings settings) throws IOException {
    JournalFolder folder = JournalFolder.open(path);
    try {
      Journal journal = new Journal(folder, settings);
      for (Path segment : folder.segments()) {
        journal.olderBytes += Files.size(segment);
        journal.olderSegments++;
        journal.nextSegment = JournalFolder.number(segment) + 1;
      }
      return journal;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** 32 random bytes that live as long as the folder: keys made with others are not found. */
  public byte[] secret() {
    return folder.secret();
  }

  /** Begins to read back, on a thread of its own. Changes may be told from now on. */
  public void start(Memory newMemory) throws IOException {
    memory = newMemory;
    List<Path> segments = folder.segments();
    replaying =
        Thread.ofPlatform()
            .name("cache-replay")
            .daemon()
            .start(() -> readBack(segments, newMemory));
  }

  /** What was read back; null as long as that goes on. */
  public @Nullable Replay replay() {
    return replay;
  }

  /** Waits until all is read back: whoever deletes by anything but a key has to. */
  public void awaitReplay() throws InterruptedException {
    Thread thread = replaying;
    if (thread != null) {
      thread.join();
    }
  }

  // Changes.

  /** An entry has come; not written if it has gone meanwhile. */
  public void insert(CacheEntry entry) {
    SegmentWriter to = writable();
    if (to == null) {
      lost++;
    } else if (!entry.removed()) {
      try {
        if (to.insert(entry)) {
          uncommitted++;
          liveBytes += SegmentWriter.bytes(entry);
        } else {
          lost++;
        }
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  /** An entry has gone. Only one that was asked to go must not come back. */
  public void gone(CacheEntry entry, Departures.Reason reason) {
    gone(bytesOf(entry));
    if (reason == Departures.Reason.REMOVED) {
      removed(entry.keyHigh(), entry.keyLow(), entry.storedAtMillis());
    }
  }

  /** Entries of so many bytes have gone. */
  public void gone(long bytes) {
    liveBytes = Math.max(0, liveBytes - bytes);
  }

  /** What has been told so far of this key must not come back, unless it was stored later. */
  public void removed(long high, long low, long untilMillis) {
    append(to -> to.delete(high, low, untilMillis));
  }

  /** What an entry takes on disk. */
  public static long bytesOf(CacheEntry entry) {
    return SegmentWriter.bytes(entry);
  }

  /** Its own threshold has been lifted. */
  public void lifted(CacheEntry entry) {
    append(to -> to.lift(entry));
  }

  /** A text with these facts must not be answered from it. */
  public void blocked(CacheEntry entry, int[] facts) {
    append(to -> to.blocker(entry, facts));
  }

  /** Gives all that was told to the operating system; false if that cannot be done now. */
  public boolean commit(long nowMillis) {
    SegmentWriter to = writer;
    if (to != null) {
      try {
        if (compaction != null && memory != null) {
          writeSlice(to, compaction, memory);
        }
        to.write();
        if (settings.forceMillis > 0 && nowMillis - forcedMillis >= settings.forceMillis) {
          to.force();
          forcedMillis = nowMillis;
        }
      } catch (IOException e) {
        fail(e);
      }
    }
    if (failing) {
      lost += uncommitted;
      uncommitted = 0;
      if (failedMillis == 0) {
        failedMillis = nowMillis;
      }
      return false;
    }
    stored += uncommitted;
    uncommitted = 0;
    return true;
  }

  /** Keeps house: commits, compacts if it is time, tries again after a failure. */
  public void tick(long nowMillis) {
    commit(nowMillis);
    if (replay == null || compaction != null) {
      return;
    }
    liveBytes += replayedBytes;
    replayedBytes = 0;
    if (failing) {
      if (writer == null && nowMillis - failedMillis >= RETRY_MILLIS) {
        failedMillis = nowMillis;
        compact();
      }
    } else if (bytes() > settings.maxBytes / 2
        || olderSegments >= MOST_SEGMENTS
        || (bytes() > WORTH_COMPACTING_BYTES && liveBytes * 2 < bytes())
        || (incomplete && Math.abs(nowMillis - compactedMillis) >= COMPLETE_MILLIS)) {
      compactedMillis = nowMillis;
      compact();
    }
  }

  /**
   * Writes all that lives anew and takes the rest off the disk before it returns; so nothing comes
   * back that was forgotten by memory only. False if that cannot be done now. Takes some seconds
   * per GB.
   */
  public boolean rewrite(long nowMillis) {
    compact();
    while (compaction != null) {
      commit(nowMillis);
    }
    return !failing && replay != null;
  }

  /** Something that was stored is not in the log; it is to be written anew before long. */
  public void incomplete() {
    incomplete = true;
  }

  /** Begins a new segment with all that lives; the next commits do the work. */
  public void compact() {
    Memory from = memory;
    if (from == null || replay == null) {
      return;
    }
    compaction = null; // one under way writes into a segment that is older now
    try {
      closeWriter();
      writer = begin();
    } catch (IOException e) {
      fail(e);
      return;
    }
    incomplete = false; // before it looks at what lives
    compaction = new Compaction(from, settings.maxBytes / 8 * 3);
    liveBytes = 0;
  }

  // Figures.

  /** Inserts that a kill does not lose. */
  public long stored() {
    return stored;
  }

  /** Inserts that were not written. */
  public long lost() {
    return lost;
  }

  /** Whether nothing is written at present. */
  public boolean failing() {
    return failing;
  }

  /** Of live entries on disk, roughly. */
  public long liveBytes() {
    return liveBytes;
  }

  /** On disk; by the writer's thread. */
  public long bytes() {
    SegmentWriter to = writer;
    return olderBytes + (to == null ? 0 : to.bytes());
  }

  /** Writes and forces what there is, and leaves the folder to others. */
  @Override
  public void close() throws IOException {
    closing = true;
    try {
      awaitReplay();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      commit(forcedMillis);
      closeWriter();
    } finally {
      folder.close();
    }
  }

  // Reading back.

  private void readBack(List<Path> segments, Memory into) {
    long start = System.nanoTime();
    Replayer replayer = new Replayer(settings.maxHeldBytes, System.currentTimeMillis());
    Replay result;
    try {
      readBack(segments, replayer, into);
    } catch (RuntimeException | Error defect) {
      replayer.unreadable();
      // Not its message: it may be made of what was read.
      LOGGER.log(
          System.Logger.Level.ERROR,
          "the cache's journal was not read to its end: " + defect.getClass().getName());
    } finally {
      // Whatever was found: as long as this is not known, nothing is compacted.
      replayedBytes = replayer.liveBytes();
      result = replayer.result(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      replay = result;
    }
    if (result.damaged()) {
      LOGGER.log(System.Logger.Level.WARNING, "the cache's journal is damaged: " + result);
    }
    into.restored(result);
  }

  private void readBack(List<Path> segments, Replayer replayer, Memory into) {
    for (Path segment : segments) {
      if (closing) {
        return;
      }
      try {
        replayer.read(segment, folder.secretMark());
      } catch (IOException e) {
        replayer.unreadable();
        LOGGER.log(System.Logger.Level.WARNING, "cannot read " + segment, e);
      }
    }
    replayer.handOver(into, () -> closing);
  }

  // Writing.

  /** A change of a segment. */
  private interface Change {
    void to(SegmentWriter segment) throws IOException;
  }

  private void append(Change change) {
    SegmentWriter to = writable();
    if (to != null) {
      try {
        change.to(to);
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private @Nullable SegmentWriter writable() {
    if (writer == null && !failing) {
      try {
        writer = begin();
      } catch (IOException e) {
        fail(e);
      }
    }
    return writer;
  }

  private SegmentWriter begin() throws IOException {
    Path segment = folder.segment(nextSegment);
    FileChannel channel = folder.create(segment);
    nextSegment++;
    return new SegmentWriter(channel, folder.secretMark());
  }

  private void writeSlice(SegmentWriter to, Compaction running, Memory from) throws IOException {
    liveBytes += running.slice(to, from);
    if (!running.done()) {
      return;
    }
    to.write();
    to.force();
    deleteOlder();
    compaction = null;
    if (failing) {
      failing = false;
      LOGGER.log(System.Logger.Level.INFO, "the cache's journal is written again");
    }
  }

  private void deleteOlder() throws IOException {
    for (Path segment : folder.segments()) { // oldest first
      if (JournalFolder.number(segment) < nextSegment - 1) {
        Files.deleteIfExists(segment);
      }
    }
    olderBytes = 0;
    olderSegments = 0;
  }

  private void closeWriter() throws IOException {
    SegmentWriter old = writer;
    if (old != null) {
      writer = null;
      olderBytes += old.bytes();
      olderSegments++;
      try (old) {
        old.write();
        old.force();
      }
    }
  }

  /** From here on in memory only. */
  private void fail(IOException e) {
    boolean again = failing;
    failing = true;
    compaction = null;
    SegmentWriter broken = writer;
    writer = null;
    try {
      if (broken != null) {
        broken.close();
        if (again) { // holds nothing that was promised, and the disk may be full
          Files.deleteIfExists(folder.segment(nextSegment - 1));
        } else {
          olderBytes += broken.bytes();
          olderSegments++;
        }
      }
    } catch (IOException second) {
      e.addSuppressed(second);
    }
    if (!again) {
      failedMillis = 0; // the next commit knows the time
      LOGGER.log(
          System.Logger.Level.ERROR,
          "the cache's journal cannot be written; answers are kept in memory only",
          e);
    }
  }
}
