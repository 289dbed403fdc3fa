package fairlead.cache.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The partitions by tenant and digest: an open-addressing table.
 *
 * <p>Lock-free for any number of readers beside one writer; a lookup allocates nothing. A partition
 * that has become empty keeps its place, ready for new entries, until the table is made anew.
 */
final class Directory<T> {
  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Partition[].class);
  private static final int LEAST_LENGTH = 16;

  // A power of two long, at most half full. Places are only ever filled, never cleared, so a
  // reader that meets a free place has seen all that could be before it.
  private volatile @Nullable Partition<T>[] table = table(LEAST_LENGTH);
  private int filled;

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of a generic class
  private static <T> @Nullable Partition<T>[] table(int length) {
    return new Partition[length];
  }

  @SuppressWarnings("unchecked") // what was put there
  private static <T> @Nullable Partition<T> at(@Nullable Partition<T>[] table, int place) {
    return (Partition<T>) PLACE.getAcquire(table, place);
  }

  @Nullable Partition<T> find(String tenant, long high, long low) {
    @Nullable Partition<T>[] places = table;
    int mask = places.length - 1;
    int i = Partition.hash(tenant, high, low) & mask;
    while (true) {
      Partition<T> partition = at(places, i);
      if (partition == null || partition.is(tenant, high, low)) {
        return partition;
      }
      i = (i + 1) & mask;
    }
  }

  /** Adds a partition that is not there. */
  void add(Partition<T> partition) {
    if (2 * (filled + 1) > table.length) {
      rebuild();
    }
    put(table, partition);
    filled++;
  }

  /** Forgets the empty partitions and fits the table to those that are left. */
  void rebuild() {
    int kept = 0;
    for (Partition<T> partition : table) {
      kept += partition != null && partition.live() > 0 ? 1 : 0;
    }
    int length = LEAST_LENGTH;
    while (length < 3 * (kept + 1)) {
      length *= 2;
    }
    @Nullable Partition<T>[] next = table(length);
    for (Partition<T> partition : table) {
      if (partition != null && partition.live() > 0) {
        put(next, partition);
      }
    }
    filled = kept;
    table = next;
  }

  private static <T> void put(@Nullable Partition<T>[] places, Partition<T> partition) {
    int mask = places.length - 1;
    int i = partition.hash() & mask;
    while (places[i] != null) {
      i = (i + 1) & mask;
    }
    PLACE.setRelease(places, i, partition);
  }

  /** Shows every partition, empty ones too; the writer's. */
  void forEach(Consumer<Partition<T>> visitor) {
    for (Partition<T> partition : table) {
      if (partition != null) {
        visitor.accept(partition);
      }
    }
  }

  int filled() {
    return filled;
  }

  long bytes() {
    return 4L * table.length;
  }
}
