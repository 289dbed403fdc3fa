package fairlead.cache.partition;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An index in partitions: finds them, counts what they hold, and keeps to the bounds of partitions
 * and tenants.
 *
 * <p>Threads: any number of readers ({@link #partition}, {@link #entries}, {@link #bytes}), which
 * never lock, beside one writer (all other methods; one thread at a time, whoever it is).
 */
public abstract class PartitionedIndex<T, P extends Partition<T>> {
  /** Entries a partition may hold unless told otherwise: a search has a longest time. */
  public static final int DEFAULT_ENTRIES_PER_PARTITION = 100_000;

  /** What a partition's object, its array and its places in directory and list take. */
  static final int OVERHEAD_BYTES = 120;

  /**
   * How many entries are looked at for the one to evict. The least of 16 drawn at random is among
   * the least tenth with a chance of 81 %.
   */
  private static final int SAMPLES = 16;

  /**
   * Draws before eviction takes what it has: cleared places and empty partitions are no samples.
   */
  private static final int MOST_DRAWS = 4 * SAMPLES;

  /** Empty partitions that are not worth making the directory anew for. */
  private static final int FEW_EMPTY = 64;

  private final int entriesPerPartition;
  private final int entriesPerTenant;
  private final ToDoubleFunction<? super T> worth;
  private final RandomGenerator random;

  private final Directory<P> directory = new Directory<>();
  private volatile int entries;
  private volatile long bytes;

  // The writer's own.
  private final Map<String, Tenant<P>> tenants = new HashMap<>();
  private int live;
  private long partitionBytes;
  private int occupied;

  /**
   * @param worth what decides who goes at a bound: of some entries drawn at random, the least
   */
  protected PartitionedIndex(
      int entriesPerPartition,
      int entriesPerTenant,
      ToDoubleFunction<? super T> worth,
      RandomGenerator random) {
    if (entriesPerPartition < 1 || entriesPerTenant < 1) {
      throw new IllegalArgumentException(
          "bounds must be at least 1: entriesPerPartition="
              + entriesPerPartition
              + " entriesPerTenant="
              + entriesPerTenant);
    }
    this.entriesPerPartition = entriesPerPartition;
    this.entriesPerTenant = entriesPerTenant;
    this.worth = worth;
    this.random = random;
  }

  /** A new partition without entries. */
  protected abstract P partitionOf(String tenant, long high, long low);

  // Readers.

  /** The partition of a tenant with this digest; null when it has no entries. */
  public final @Nullable P partition(long high, long low, String tenant) {
    P found = directory.find(tenant, high, low);
    return found == null || found.entries() == 0 ? null : found;
  }

  /** How many entries there are, ended ones included until they are cleared away. */
  public final int entries() {
    return entries;
  }

  /** Bytes of heap, roughly; values not included. */
  public final long bytes() {
    return bytes;
  }

  // The writer.

  /**
   * Adds what {@code entry} adds to the partition.
   *
   * @return whom the bounds of partition or tenant sent away for it
   */
  protected final @Nullable T add(String tenant, long high, long low, Consumer<P> entry) {
    P partition = directory.find(tenant, high, low);
    T evicted = makeRoom(tenant, partition);
    if (partition == null) {
      partition = partitionOf(tenant, high, low);
      directory.add(partition);
    }
    Tenant<P> owner = tenants.computeIfAbsent(tenant, _ -> new Tenant<>());
    if (!partition.listed) {
      owner.list(partition);
      occupied++;
    }
    long before = partition.bytes();
    entry.accept(partition);
    partitionBytes += partition.bytes() - before;
    owner.count(1);
    live++;
    publish();
    return evicted;
  }

  /** Evicts one if the bounds leave no place for one more. */
  private @Nullable T makeRoom(String tenant, @Nullable P partition) {
    if (partition != null && partition.entries() >= entriesPerPartition) {
      return evict(partition, null);
    }
    Tenant<P> owner = tenants.get(tenant);
    return owner != null && owner.entries() >= entriesPerTenant ? evict(null, owner) : null;
  }

  /** Evicts the least worthy of some drawn from the one partition or from all of the tenant. */
  private @Nullable T evict(@Nullable P only, @Nullable Tenant<P> owner) {
    P from = null;
    long place = -1;
    T least = null;
    double leastWorth = 0;
    int samples = 0;
    for (int draws = 0; samples < SAMPLES && (draws < MOST_DRAWS || least == null); draws++) {
      P partition = only != null || owner == null ? only : owner.draw(random);
      long drawn = partition == null ? -1 : partition.draw(random);
      T value = partition == null || drawn < 0 ? null : partition.at(drawn);
      if (value != null) {
        samples++;
        double itsWorth = worth.applyAsDouble(value);
        if (least == null || itsWorth < leastWorth) {
          from = partition;
          place = drawn;
          least = value;
          leastWorth = itsWorth;
        }
      }
    }
    if (from != null) {
      long before = from.bytes();
      from.clear(place);
      removed(from, 1, before);
    }
    return least;
  }

  /** Removes a value, found by identity in time proportional to the partition; whether it was. */
  public final boolean remove(String tenant, long high, long low, T value) {
    P partition = directory.find(tenant, high, low);
    if (partition == null) {
      return false;
    }
    long before = partition.bytes();
    int removed = removed(partition, partition.remove(value) ? 1 : 0, before);
    finish();
    return removed > 0;
  }

  /** Removes what the test is true of; returns how many. Visits everything. */
  public final int removeIf(Predicate<? super T> test) {
    return clear(partition -> partition.removeIf(test));
  }

  /** Clears away what has ended; returns how many. Visits only parts that hold such. */
  public final int expire(long nowMillis) {
    return clear(partition -> partition.expire(nowMillis));
  }

  private int clear(ToIntFunction<P> step) {
    int before = live;
    directory.forEach(
        partition -> {
          long bytesBefore = partition.bytes();
          removed(partition, step.applyAsInt(partition), bytesBefore);
        });
    finish();
    return before - live;
  }

  private int removed(P partition, int count, long bytesBefore) {
    partitionBytes += partition.bytes() - bytesBefore;
    live -= count;
    Tenant<P> owner = tenants.get(partition.tenant);
    if (count > 0 && owner != null) {
      owner.count(-count);
      if (partition.entries() == 0) {
        owner.unlist(partition);
        occupied--;
        if (owner.isEmpty()) {
          tenants.remove(partition.tenant);
        }
      }
    }
    return count;
  }

  private void finish() {
    int empty = directory.filled() - occupied;
    if (empty > FEW_EMPTY && empty > occupied) {
      directory.rebuild();
      partitionBytes = 0;
      directory.forEach(partition -> partitionBytes += partition.bytes());
    }
    publish();
  }

  private void publish() {
    entries = live;
    bytes = partitionBytes + directory.bytes() + (long) directory.filled() * OVERHEAD_BYTES;
  }
}
