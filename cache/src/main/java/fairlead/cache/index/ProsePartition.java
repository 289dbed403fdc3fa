package fairlead.cache.index;

import fairlead.cache.partition.Partition;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The entries that share everything but their prose.
 *
 * <p>Readers search it from any thread, and look it up anew for each search: one that has become
 * empty may be replaced. The rest belongs to the one writer. With one entry of 192 dimensions it
 * takes about 500 bytes and the entry's facts.
 */
public final class ProsePartition<T> extends Partition<T> {
  // Segments fill one after the other; the last has room. The array of segments is replaced as a
  // whole. A segment with more than a quarter of its slots buried is copied without them, together
  // with a neighbour when both fit into one: so two neighbours hold more than 1,024 live slots
  // or are the last two, and waste stays below a quarter plus the room of the last.

  /** Slots of a segment that follows a full one; the first begins with one. */
  private static final int NEXT_SLOTS = Segment.SLOTS / 4;

  private final int dims;

  private volatile Segment<T>[] segments = none();
  private volatile int entries;

  // The writer's own.
  private int live;
  private long bytes;

  ProsePartition(String tenant, long high, long low, int dims) {
    super(tenant, high, low);
    this.dims = dims;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of a generic class
  private static <T> Segment<T>[] none() {
    return new Segment[0];
  }

  // Readers.

  @Override
  public int entries() {
    return entries;
  }

  void scan(Query<T> query, long nowMillis, SlotTest<? super T> test) {
    for (Segment<T> segment : segments) {
      segment.scan(query, nowMillis, test);
    }
  }

  // The writer.

  @Override
  protected long bytes() {
    return bytes;
  }

  void add(
      T value,
      long[] bits,
      byte[] row,
      float scale,
      int[] facts,
      int factsLength,
      long expiresAtMillis) {
    Segment<T> into = segmentFor(factsLength);
    into.append(value, bits, row, scale, facts, factsLength, expiresAtMillis);
    count(1);
  }

  private Segment<T> segmentFor(int factsLength) {
    int last = segments.length - 1;
    if (last < 0) {
      return push(new Segment<>(dims, 1, factsLength));
    }
    Segment<T> tail = segments[last];
    if (tail.fits(factsLength)) {
      return tail;
    }
    if (tail.count() < Segment.SLOTS) {
      return replace(last, tail.larger(factsLength));
    }
    if (!tail.tight()) {
      replace(last, tail.exact(null));
    }
    return push(new Segment<>(dims, NEXT_SLOTS, Math.max(factsLength, tail.factRoom(NEXT_SLOTS))));
  }

  private Segment<T> push(Segment<T> segment) {
    Segment<T>[] more = Arrays.copyOf(segments, segments.length + 1);
    more[more.length - 1] = segment;
    segments = more;
    bytes += segment.bytes();
    return segment;
  }

  private Segment<T> replace(int index, Segment<T> by) {
    Segment<T>[] copy = segments.clone();
    bytes += by.bytes() - copy[index].bytes();
    copy[index] = by;
    segments = copy;
    return by;
  }

  private void drop(int index) {
    Segment<T>[] fewer = Arrays.copyOf(segments, segments.length - 1);
    System.arraycopy(segments, index + 1, fewer, index, fewer.length - index);
    bytes -= segments[index].bytes();
    segments = fewer;
  }

  @Override
  protected boolean remove(T value) {
    for (int i = segments.length - 1; i >= 0; i--) {
      int slot = segments[i].indexOf(value);
      if (slot >= 0) {
        bury(i, slot);
        return true;
      }
    }
    return false;
  }

  private void bury(int index, int slot) {
    segments[index].bury(slot);
    count(-1);
    tidy(index);
  }

  @Override
  protected void clear(long place) {
    bury((int) (place >> Integer.SIZE), (int) place);
  }

  @Override
  protected int removeIf(Predicate<? super T> test) {
    int removed = 0;
    for (int i = segments.length - 1; i >= 0; i--) {
      removed += tidied(i, segments[i].buryIf(test));
    }
    return removed;
  }

  @Override
  protected int expire(long nowMillis) {
    int removed = 0;
    for (int i = segments.length - 1; i >= 0; i--) {
      removed += tidied(i, segments[i].expire(nowMillis));
    }
    return removed;
  }

  private int tidied(int index, int buried) {
    if (buried > 0) {
      count(-buried);
      tidy(index);
    }
    return buried;
  }

  private void count(int more) {
    live += more;
    entries = live;
  }

  private void tidy(int index) {
    Segment<T> segment = segments[index];
    int kept = segment.live();
    if (kept == 0) {
      drop(index);
    } else if (4 * (segment.count() - kept) > segment.count()) {
      if (joins(index + 1, kept)) {
        replace(index, segment.exact(segments[index + 1]));
        drop(index + 1);
      } else if (joins(index - 1, kept)) {
        replace(index, segments[index - 1].exact(segment));
        drop(index - 1);
      } else {
        replace(index, segment.exact(null));
      }
    }
  }

  private boolean joins(int index, int with) {
    return index >= 0 && index < segments.length && segments[index].live() + with <= Segment.SLOTS;
  }

  /** Each entry with the same chance. */
  @Override
  protected long draw(RandomGenerator random) {
    int slots = 0;
    for (Segment<T> segment : segments) {
      slots += segment.count();
    }
    if (slots == 0) {
      return -1;
    }
    int slot = random.nextInt(slots);
    int i = 0;
    while (slot >= segments[i].count()) {
      slot -= segments[i].count();
      i++;
    }
    return (long) i << Integer.SIZE | slot;
  }

  @Override
  protected @Nullable T at(long place) {
    return segments[(int) (place >> Integer.SIZE)].at((int) place);
  }
}
