package fairlead.cache.lines;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the stored log of a partition that has most lines in common with a new one.
 *
 * <p>Threads: any number of readers ({@link #partition}, {@link #search}, {@link #entries}, {@link
 * #bytes}) beside one writer (all other methods; one thread at a time, whoever it is).
 *
 * <ol>
 *   <li>Readers never lock, wait or retry; nobody can block them. A search that finds nothing
 *       allocates nothing.
 *   <li>A reader sees an entry whole or not at all, and sees it in every search that begins after
 *       {@code add} has returned and the two threads have synchronised in any way.
 *   <li>A search in progress may still find an entry that was removed after it began: a value must
 *       be able to say that it is dead, and the caller must ask it last of all.
 *   <li>The writer waits for nobody. It copies the columns of a partition when they are full.
 * </ol>
 *
 * <p>A log is no neighbour, however similar, when a line that is a finding, or may belong to one
 * ({@link fairlead.cache.text.LogLines#CLOSE}), is in only one of the two; and a log without
 * findings only when all its lines are the same. Of all others the search misses none.
 *
 * <p>Cost: a hash look-up, then a few nanoseconds for each log with the same findings and about 100
 * for each that passes the bounds in {@link Rows}. Memory: 8 bytes a line and about 60 an entry.
 */
public final class LineIndex<T> {
  /** Logs a partition may hold unless told otherwise. */
  public static final int DEFAULT_ENTRIES_PER_PARTITION = 100_000;

  /** A log of more lines is not stored: it would take the room of twenty others. */
  public static final int MOST_LINES = 2_000;

  /**
   * How many entries are looked at for the one to evict. The least of 16 drawn at random is among
   * the least tenth with a chance of 81 %.
   */
  private static final int SAMPLES = 16;

  /** Draws before eviction takes what it has: cleared rows are no samples. */
  private static final int MOST_DRAWS = 4 * SAMPLES;

  /** Empty partitions that are not worth making the directory anew for. */
  private static final int FEW_EMPTY = 64;

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

  /** The partitions of a tenant that have entries. */
  private static final class Tenant<T> {
    final List<LinePartition<T>> partitions = new ArrayList<>();
    int entries;
  }

  /**
   * An empty index.
   *
   * @param worth what decides who goes at a bound: of some entries drawn at random, the least
   */
  public LineIndex(
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

  // Readers.

  /** The partition of a tenant with this digest; null when it has no entries. */
  public @Nullable LinePartition<T> partition(long high, long low, String tenant) {
    LinePartition<T> found = directory.find(tenant, high, low);
    return found == null || found.entries() == 0 ? null : found;
  }

  /**
   * Finds the entry with the highest weighted Jaccard index of lines, at least {@code least}, that
   * has not ended and that is accepted. Only entries above the best so far are asked about, in no
   * particular order.
   *
   * @return whether there is one: {@link LineQuery#best}, {@link LineQuery#score}
   */
  public boolean search(
      LinePartition<T> partition,
      LineQuery<T> query,
      float least,
      long nowMillis,
      Acceptor<? super T> acceptor) {
    query.begin(least);
    partition.search(query, nowMillis, acceptor);
    return query.hasBest();
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
   * Adds a log; its lines are copied. The same log again is one more entry: whoever adds knows by
   * then that it is not there.
   *
   * @return whom the bounds sent away for it: the value itself when the log has no lines or too
   *     many, and then nothing was added
   */
  public @Nullable T add(
      String tenant, long high, long low, T value, LineQuery<T> log, long endsAtMillis) {
    if (log.count() == 0 || log.count() > MOST_LINES) {
      return value;
    }
    LinePartition<T> partition = directory.find(tenant, high, low);
    T evicted = makeRoom(tenant, partition);
    Tenant<T> owner = tenants.computeIfAbsent(tenant, name -> new Tenant<>());
    if (partition == null) {
      partition = new LinePartition<>(tenant, high, low);
      directory.add(partition);
      partitionBytes += partition.bytes();
    }
    if (partition.place < 0) {
      partition.place = owner.partitions.size();
      owner.partitions.add(partition);
      occupied++;
    }
    long before = partition.bytes();
    partition.add(value, log, endsAtMillis);
    partitionBytes += partition.bytes() - before;
    owner.entries++;
    live++;
    publish();
    return evicted;
  }

  /** Evicts one if the bounds leave no place for one more. */
  private @Nullable T makeRoom(String tenant, @Nullable LinePartition<T> partition) {
    Tenant<T> owner = tenants.get(tenant);
    if (owner == null) {
      return null;
    }
    if (partition != null && partition.entries() >= entriesPerPartition) {
      return evict(partition, owner);
    }
    return owner.entries >= entriesPerTenant ? evict(null, owner) : null;
  }

  /** Evicts the least worthy of some drawn from the one partition or from all of the tenant. */
  private @Nullable T evict(@Nullable LinePartition<T> only, Tenant<T> owner) {
    LinePartition<T> from = null;
    int row = 0;
    T least = null;
    double leastWorth = 0;
    int samples = 0;
    for (int draws = 0; samples < SAMPLES && (draws < MOST_DRAWS || least == null); draws++) {
      LinePartition<T> partition = only != null ? only : draw(owner);
      int drawn = partition.draw(random);
      T value = partition.value(drawn);
      if (value == null) {
        continue;
      }
      samples++;
      double itsWorth = worth.applyAsDouble(value);
      if (least == null || itsWorth < leastWorth) {
        from = partition;
        row = drawn;
        least = value;
        leastWorth = itsWorth;
      }
    }
    if (from != null) {
      long before = from.bytes();
      from.clear(row);
      removed(from, 1, before);
    }
    return least;
  }

  /** The larger of two: what goes should rather come from where there is much. */
  private LinePartition<T> draw(Tenant<T> owner) {
    LinePartition<T> one = owner.partitions.get(random.nextInt(owner.partitions.size()));
    LinePartition<T> other = owner.partitions.get(random.nextInt(owner.partitions.size()));
    return one.entries() >= other.entries() ? one : other;
  }

  /** Removes a value, found by identity in time proportional to the partition; whether it was. */
  public boolean remove(String tenant, long high, long low, T value) {
    LinePartition<T> partition = directory.find(tenant, high, low);
    if (partition == null) {
      return false;
    }
    long before = partition.bytes();
    boolean removed = partition.remove(value);
    removed(partition, removed ? 1 : 0, before);
    finish();
    return removed;
  }

  /** Removes what the test is true of; returns how many. Visits everything. */
  public int removeIf(Predicate<? super T> test) {
    return clear(
        partition ->
            partition.clearIf(
                row -> {
                  T value = partition.value(row);
                  return value != null && test.test(value);
                }));
  }

  /** Clears away what has ended; returns how many. Visits only partitions that hold such. */
  public int expire(long nowMillis) {
    return clear(partition -> partition.expire(nowMillis));
  }

  private int clear(ToIntFunction<LinePartition<T>> step) {
    int before = live;
    directory.forEach(
        partition -> {
          long bytesBefore = partition.bytes();
          removed(partition, step.applyAsInt(partition), bytesBefore);
        });
    finish();
    return before - live;
  }

  private void removed(LinePartition<T> partition, int count, long bytesBefore) {
    partitionBytes += partition.bytes() - bytesBefore;
    live -= count;
    Tenant<T> owner = tenants.get(partition.tenant());
    if (count == 0 || owner == null) {
      return;
    }
    owner.entries -= count;
    if (partition.entries() == 0) {
      LinePartition<T> last = owner.partitions.removeLast();
      if (last != partition) {
        owner.partitions.set(partition.place, last);
        last.place = partition.place;
      }
      partition.place = -1;
      occupied--;
      if (owner.partitions.isEmpty()) {
        tenants.remove(partition.tenant());
      }
    }
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
    bytes = partitionBytes + directory.bytes();
  }
}
