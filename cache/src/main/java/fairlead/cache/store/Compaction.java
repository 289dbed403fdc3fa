package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The writing of all live entries into a new segment, slice by slice.
 *
 * <p>Not thread-safe. Holds a reference to each entry until it is done.
 */
final class Compaction {
  private static final long SLICE_BYTES = 4 << 20; // some ms of the writer's time

  private final List<CacheEntry> entries;
  private int at;

  /**
   * @param maxBytes on disk; the oldest entries are left out where all take more
   */
  Compaction(Journal.Memory memory, long maxBytes) {
    List<CacheEntry> live = new ArrayList<>();
    memory.forEachLive(live::add);
    entries = newestWithin(live, maxBytes);
  }

  /** Writes the next slice of those that still live; what they take on disk. */
  long slice(SegmentWriter to, Journal.Memory memory) throws IOException {
    long inserted = 0;
    long until = to.bytes() + SLICE_BYTES;
    List<int[]> blockers = new ArrayList<>();
    while (!done() && to.bytes() < until) {
      CacheEntry entry = entries.get(at++);
      if (!entry.removed() && to.insert(entry)) {
        inserted += SegmentWriter.bytes(entry);
        memory.forEachBlocker(entry, blockers::add);
        for (int[] facts : blockers) {
          to.blocker(entry, facts);
        }
        blockers.clear();
      }
    }
    return inserted;
  }

  boolean done() {
    return at == entries.size();
  }

  private static List<CacheEntry> newestWithin(List<CacheEntry> live, long maxBytes) {
    long bytes = 0;
    for (CacheEntry entry : live) {
      bytes += SegmentWriter.bytes(entry);
    }
    if (bytes <= maxBytes) {
      return live;
    }
    live.sort((a, b) -> Long.compare(b.storedAtMillis(), a.storedAtMillis()));
    int kept = live.size();
    while (bytes > maxBytes) {
      bytes -= SegmentWriter.bytes(live.get(--kept));
    }
    return live.subList(0, kept);
  }
}
