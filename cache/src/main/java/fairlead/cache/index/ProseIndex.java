package fairlead.cache.index;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the most similar stored prose within a partition.
 *
 * <p>Threads: any number of readers ({@link #partition}, {@link #search}, {@link #entries}, {@link
 * #bytes}) beside one writer (all other methods; one thread at a time, whoever it is).
 *
 * <ol>
 *   <li>Readers never lock, wait or retry; nobody can block them. A lookup that finds nothing
 *       allocates nothing.
 *   <li>A reader sees an entry whole or not at all, and sees it in every search that begins after
 *       {@code add} has returned and the two threads have synchronised in any way.
 *   <li>A search in progress may still find an entry that was removed after it began, and {@link
 *       Query#best} keeps what it has found: a value must be able to say that it is dead, and the
 *       caller must ask it last of all.
 *   <li>The writer waits for nobody. It copies: an {@code add} now and then up to 1,024 slots.
 * </ol>
 *
 * <p>Cost: a search reads 16 bytes per entry of the partition, in order, and little more: about 1
 * ns an entry while they fit the processor's caches. Memory: per entry dims * 9 / 8 + 20 bytes and
 * 4 per fact; a partition of up to 1,024 entries may have room for twice what it holds.
 *
 * <p>There is no graph or tree over the vectors: removal, many small partitions and finding all
 * that is there matter more than speed beyond 100,000 entries in one partition. A partition at its
 * bound evicts for every entry that is added, so a search has a longest time; with a higher bound
 * it grows in proportion, and once the bits no longer fit the caches to twice that.
 */
public final class ProseIndex<T> {
  /** Entries a partition may hold unless told otherwise: a search stays near 100 us. */
  public static final int DEFAULT_ENTRIES_PER_PARTITION = 100_000;

  /**
   * How many entries are looked at for the one to evict. The least of 16 drawn at random is among
   * the least tenth with a chance of 81 %.
   */
  private static final int SAMPLES = 16;

  /**
   * Draws before eviction takes what it has: buried slots and emptied partitions are no samples.
   */
  private static final int MOST_DRAWS = 4 * SAMPLES;

  /** Empty partitions that are not worth making the directory anew for. */
  private static final int FEW_EMPTY = 64;

  private final int dims;
  private final int entriesPerPartition;
  private final int entriesPerTenant;
  private final ToDoubleFunction<? super T> worth;
  private final RandomGenerator random;

  private final Directory<T> directory = new Directory<>();
  private volatile int entries;
  private volatile long bytes;

  // The writer's own.
  private final Map<String, Tenant<T>> tenants = new HashMap<>();
  private int live;
  private long partitionBytes;
  private int occupied;

  /**
   * An empty index.
   *
   * @param dims components of a vector, a multiple of 64 and at least 128
   * @param worth what decides who goes at a bound: of some entries drawn at random, the least
   */
  public ProseIndex(
      int dims,
      int entriesPerPartition,
      int entriesPerTenant,
      ToDoubleFunction<? super T> worth,
      RandomGenerator random) {
    if (dims < Query.HEAD_BITS || dims % Long.SIZE != 0) {
      throw new IllegalArgumentException(
          "dims must be a multiple of 64 and at least 128: dims=" + dims);
    }
    if (entriesPerPartition < 1 || entriesPerTenant < 1) {
      throw new IllegalArgumentException(
          "bounds must be at least 1: entriesPerPartition="
              + entriesPerPartition
              + " entriesPerTenant="
              + entriesPerTenant);
    }
    this.dims = dims;
    this.entriesPerPartition = entriesPerPartition;
    this.entriesPerTenant = entriesPerTenant;
    this.worth = worth;
    this.random = random;
  }

  // Readers.

  /** The partition of a tenant with this digest; null when it has no entries. */
  public @Nullable Partition<T> partition(long high, long low, String tenant) {
    Partition<T> found = directory.find(tenant, high, low);
    return found == null || found.entries() == 0 ? null : found;
  }

  /**
   * Finds the entry with the highest cosine, at least {@code least}, that has not ended and that
   * the test accepts. The test sees only entries above the best so far, in no particular order.
   *
   * <p>Entries are first compared by their sign bits, with a limit that an entry at just {@code
   * least} passes 99.9 times in 100 and a better one more often; what passes is exact.
   *
   * @return whether there is one: {@link Query#best}, {@link Query#score}
   */
  public boolean search(
      Partition<T> partition,
      Query<T> query,
      float least,
      long nowMillis,
      SlotTest<? super T> test) {
    query.begin(least, dims);
    partition.scan(query, nowMillis, test);
    return query.best() != null;
  }

  /** How many entries there are, ended ones included until they are cleared away. */
  public int entries() {
    return entries;
  }

  /** Bytes of heap, roughly; values not included. */
  public long bytes() {
    return bytes;
  }

  // The writer.

  /**
   * Adds an entry; the arrays are copied. The same text again is one more entry: whoever adds knows
   * by then that it is not there.
   *
   * @return whom the bounds of partition or tenant sent away for it
   */
  public @Nullable T add(
      String tenant,
      long high,
      long low,
      T value,
      long[] bits,
      byte[] row,
      float scale,
      int[] facts,
      int factsLength,
      long expiresAtMillis) {
    if (bits.length * Long.SIZE != dims || row.length != dims) {
      throw new IllegalArgumentException(
          "vector does not fit: dims=" + dims + " bits=" + bits.length + " row=" + row.length);
    }
    Partition<T> partition = directory.find(tenant, high, low);
    T evicted = makeRoom(tenant, partition);
    if (partition == null) {
      partition = new Partition<>(tenant, high, low, dims);
      directory.add(partition);
    }
    Tenant<T> owner = partition.listedWith;
    if (owner == null) {
      owner = tenants.computeIfAbsent(tenant, Tenant::new);
      owner.list(partition);
      occupied++;
    }
    long before = partition.bytes();
    partition.add(value, bits, row, scale, facts, factsLength, expiresAtMillis);
    partitionBytes += partition.bytes() - before;
    owner.count(1);
    live++;
    publish();
    return evicted;
  }

  /** Evicts one if the bounds leave no place for one more. */
  private @Nullable T makeRoom(String tenant, @Nullable Partition<T> partition) {
    if (partition != null && partition.live() >= entriesPerPartition) {
      return evict(partition, null);
    }
    Tenant<T> owner = tenants.get(tenant);
    return owner != null && owner.entries() >= entriesPerTenant ? evict(null, owner) : null;
  }

  /** Evicts the least worthy of some drawn from the one partition or from all of the tenant. */
  private @Nullable T evict(@Nullable Partition<T> only, @Nullable Tenant<T> owner) {
    Partition<T> from = null;
    long place = -1;
    T least = null;
    double leastWorth = 0;
    int samples = 0;
    for (int draws = 0; samples < SAMPLES && (draws < MOST_DRAWS || least == null); draws++) {
      Partition<T> partition = only != null ? only : requireNonNull(owner).draw(random);
      long drawn = partition.draw(random);
      T value = drawn < 0 ? null : partition.at(drawn);
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
      from.bury(place);
      removed(from, 1, before);
    }
    return least;
  }

  /** Removes a value, found by identity in time proportional to the partition; whether it was. */
  public boolean remove(String tenant, long high, long low, T value) {
    Partition<T> partition = directory.find(tenant, high, low);
    if (partition == null) {
      return false;
    }
    long before = partition.bytes();
    int removed = removed(partition, partition.remove(value) ? 1 : 0, before);
    finish();
    return removed > 0;
  }

  /** Removes what the test is true of; returns how many. Visits everything. */
  public int removeIf(Predicate<? super T> test) {
    return clear(partition -> partition.removeIf(test));
  }

  /** Clears away what has ended; returns how many. Visits only segments that hold such. */
  public int expire(long nowMillis) {
    return clear(partition -> partition.expire(nowMillis));
  }

  private int clear(ToIntFunction<Partition<T>> step) {
    int before = live;
    directory.forEach(
        partition -> {
          long bytesBefore = partition.bytes();
          removed(partition, step.applyAsInt(partition), bytesBefore);
        });
    finish();
    return before - live;
  }

  private int removed(Partition<T> partition, int count, long bytesBefore) {
    partitionBytes += partition.bytes() - bytesBefore;
    live -= count;
    Tenant<T> owner = partition.listedWith;
    if (count > 0 && owner != null) {
      owner.count(-count);
      if (partition.live() == 0) {
        owner.unlist(partition);
        occupied--;
        if (owner.isEmpty()) {
          tenants.remove(owner.name);
        }
      }
    }
    return count;
  }

  private void finish() {
    int empty = directory.filled() - occupied;
    if (empty > FEW_EMPTY && empty > occupied) {
      directory.rebuild();
    }
    publish();
  }

  private void publish() {
    entries = live;
    bytes =
        partitionBytes + directory.bytes() + (long) directory.filled() * Partition.OVERHEAD_BYTES;
  }
}
