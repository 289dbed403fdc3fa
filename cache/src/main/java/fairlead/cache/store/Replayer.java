package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads segments back into the entries that are left in the end.
 *
 * <p>Not thread-safe. Holds no more than its bound until it hands over: what was written first goes
 * first. About 5 µs per entry of 1 KB.
 */
final class Replayer {
  /** An entry and the facts of texts that must not be answered from it. */
  private record Kept(CacheEntry entry, List<int[]> blockers) {}

  private final Map<Key, Kept> entries = new LinkedHashMap<>();
  private final EntryCoding coding = new EntryCoding();
  private final long maxHeldBytes;
  private final long nowMillis;
  private long heldBytes;
  private int torn;
  private int damaged;
  private int broken;
  private int foreign;
  private int restored;
  private int expired;
  private long liveBytes;

  /**
   * @param maxHeldBytes of entries, see {@link CacheEntry#weight()}
   * @param nowMillis what is over by then is not held
   */
  Replayer(long maxHeldBytes, long nowMillis) {
    this.maxHeldBytes = maxHeldBytes;
    this.nowMillis = nowMillis;
  }

  /** Oldest segment first; cuts off a torn tail. */
  void read(Path segment, long secretMark) throws IOException {
    SegmentReader.End end;
    long goodBytes;
    try (SegmentReader reader = new SegmentReader(segment, secretMark)) {
      while (reader.next()) {
        try {
          apply(reader.type(), reader.body());
        } catch (BufferUnderflowException e) {
          damaged++; // whole, but of a version that is not known
        }
      }
      damaged += reader.damaged();
      end = reader.end();
      goodBytes = reader.goodBytes();
    }
    switch (end) {
      case WHOLE -> {}
      case BROKEN -> broken++;
      case FOREIGN -> foreign++;
      case TORN -> {
        torn++;
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
          channel.truncate(goodBytes);
        }
      }
    }
  }

  /** A segment that could not be read at all. */
  void unreadable() {
    broken++;
  }

  /** Hands over what lives, oldest first, until told to stop. */
  void handOver(Journal.Memory memory, BooleanSupplier stopped) {
    Iterator<Kept> left = entries.values().iterator();
    while (left.hasNext() && !stopped.getAsBoolean()) {
      Kept kept = left.next();
      left.remove(); // memory may let go of it at once
      restored++;
      liveBytes += SegmentWriter.bytes(kept.entry);
      memory.restore(kept.entry);
      for (int[] facts : kept.blockers) {
        memory.restoreBlocker(kept.entry, facts);
      }
    }
  }

  /** What the entries handed over take on disk. */
  long liveBytes() {
    return liveBytes;
  }

  Replay result(long millis) {
    return new Replay(restored, expired, torn, damaged, broken, foreign, millis);
  }

  private void apply(int type, ByteBuffer body) {
    if (type == Records.INSERT) {
      insert(coding.read(body));
      return;
    }
    Key key = new Key(body.getLong(), body.getLong());
    long storedAtMillis = body.getLong();
    Kept kept = entries.get(key);
    boolean meant = kept != null && kept.entry.storedAtMillis() == storedAtMillis;
    switch (type) {
      case Records.DELETE -> {
        // An earlier one too, whose successor never came into the log.
        if (kept != null && kept.entry.storedAtMillis() <= storedAtMillis) {
          drop(key);
        }
      }
      case Records.LIFT -> {
        float to = body.getFloat();
        if (kept != null && meant) {
          kept.entry.liftThreshold(to);
        }
      }
      case Records.BLOCKER -> {
        int[] facts = new int[body.remaining() / Integer.BYTES];
        body.asIntBuffer().get(facts);
        if (kept != null && meant) {
          addOnce(kept.blockers, facts);
        }
      }
      default -> damaged++;
    }
  }

  private void insert(CacheEntry entry) {
    Key key = new Key(entry.keyHigh(), entry.keyLow());
    Kept before = drop(key); // the order is that of the last
    if (!entry.alive(nowMillis)) {
      expired++;
      return;
    }
    // A compaction may have written the same entry again, behind what was said of it.
    List<int[]> blockers =
        before != null && before.entry.storedAtMillis() == entry.storedAtMillis()
            ? before.blockers
            : new ArrayList<>(0);
    entries.put(key, new Kept(entry, blockers));
    heldBytes += entry.weight();
    while (heldBytes > maxHeldBytes) {
      drop(entries.keySet().iterator().next());
    }
  }

  private @Nullable Kept drop(Key key) {
    Kept gone = entries.remove(key);
    if (gone != null) {
      heldBytes -= gone.entry.weight();
    }
    return gone;
  }

  /** A compaction may have written it again. */
  private static void addOnce(List<int[]> known, int[] facts) {
    for (int[] other : known) {
      if (Arrays.equals(other, facts)) {
        return;
      }
    }
    known.add(facts);
  }
}
