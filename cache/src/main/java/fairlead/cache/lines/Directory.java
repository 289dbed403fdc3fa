package fairlead.cache.lines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The partitions by tenant and digest: an open-addressing table.
 *
 * <p>Any number of readers, which neither lock nor allocate, beside one writer. A partition that
 * has become empty keeps its place until the table is made anew.
 */
final class Directory<T> {
  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(LinePartition[].class);
  private static final int LEAST_LENGTH = 16;

  // A power of two long, at most half full. Places are filled and never cleared, so a reader that
  // meets a free one has seen all before it.
  private volatile @Nullable LinePartition<T>[] table = table(LEAST_LENGTH);
  private int filled;

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of a generic class
  private static <T> @Nullable LinePartition<T>[] table(int length) {
    return new LinePartition[length];
  }

  @SuppressWarnings("unchecked") // what was put there
  @Nullable LinePartition<T> find(String tenant, long high, long low) {
    @Nullable LinePartition<T>[] places = table;
    int at = LinePartition.hash(tenant, high, low);
    while (true) {
      at &= places.length - 1;
      LinePartition<T> partition = (LinePartition<T>) PLACE.getAcquire(places, at);
      if (partition == null || partition.is(tenant, high, low)) {
        return partition;
      }
      at++;
    }
  }

  /** Adds a partition that is not there. */
  void add(LinePartition<T> partition) {
    if (2 * (filled + 1) > table.length) {
      rebuild();
    }
    put(table, partition);
    filled++;
  }

  /** Forgets the empty partitions. */
  void rebuild() {
    int kept = 0;
    for (LinePartition<T> partition : table) {
      kept += partition != null && partition.entries() > 0 ? 1 : 0;
    }
    @Nullable LinePartition<T>[] next =
        table(Math.max(LEAST_LENGTH, Integer.highestOneBit(kept + 1) * 4));
    for (LinePartition<T> partition : table) {
      if (partition != null && partition.entries() > 0) {
        put(next, partition);
      }
    }
    filled = kept;
    table = next;
  }

  private static <T> void put(@Nullable LinePartition<T>[] places, LinePartition<T> partition) {
    int at = partition.hash() & places.length - 1;
    while (places[at] != null) {
      at = at + 1 & places.length - 1;
    }
    PLACE.setRelease(places, at, partition);
  }

  /** Shows every partition, empty ones too; the writer's. */
  void forEach(Consumer<LinePartition<T>> visitor) {
    for (LinePartition<T> partition : table) {
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
