package fairlead.cache.partition;

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
final class Directory<P extends Partition<?>> {
  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Partition[].class);
  private static final int LEAST_LENGTH = 16;

  // A power of two long, at most half full. Places are only ever filled, never cleared, so a
  // reader that meets a free place has seen all that could be before it.
  private volatile @Nullable Partition<?>[] table = new Partition<?>[LEAST_LENGTH];
  private int filled;

  @SuppressWarnings("unchecked") // only partitions of P are ever put there
  private @Nullable P at(@Nullable Partition<?>[] places, int place) {
    return (P) PLACE.getAcquire(places, place);
  }

  @Nullable P find(String tenant, long high, long low) {
    @Nullable Partition<?>[] places = table;
    int mask = places.length - 1;
    int i = Partition.hash(tenant, high, low) & mask;
    while (true) {
      P partition = at(places, i);
      if (partition == null || partition.is(tenant, high, low)) {
        return partition;
      }
      i = (i + 1) & mask;
    }
  }

  /** Adds a partition that is not there. */
  void add(P partition) {
    if (2 * (filled + 1) > table.length) {
      rebuild();
    }
    put(table, partition);
    filled++;
  }

  /** Forgets the empty partitions and fits the table to those that are left. */
  void rebuild() {
    int kept = 0;
    for (Partition<?> partition : table) {
      kept += partition != null && partition.entries() > 0 ? 1 : 0;
    }
    int length = LEAST_LENGTH;
    while (length < 3 * (kept + 1)) {
      length *= 2;
    }
    @Nullable Partition<?>[] next = new Partition<?>[length];
    for (Partition<?> partition : table) {
      if (partition != null && partition.entries() > 0) {
        put(next, partition);
      }
    }
    filled = kept;
    table = next;
  }

  private static void put(@Nullable Partition<?>[] places, Partition<?> partition) {
    int mask = places.length - 1;
    int i = partition.hash() & mask;
    while (places[i] != null) {
      i = (i + 1) & mask;
    }
    PLACE.setRelease(places, i, partition);
  }

  /** Shows every partition, empty ones too; the writer's. */
  void forEach(Consumer<? super P> visitor) {
    @Nullable Partition<?>[] places = table;
    for (int i = 0; i < places.length; i++) {
      P partition = at(places, i);
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
