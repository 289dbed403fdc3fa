package fairlead.cache.index;

import fairlead.cache.partition.PartitionedIndex;
import java.util.function.ToDoubleFunction;
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
public final class ProseIndex<T> extends PartitionedIndex<T, ProsePartition<T>> {
  /** Entries a partition may hold unless told otherwise: a search stays near 100 us. */
  public static final int DEFAULT_ENTRIES_PER_PARTITION = 100_000;

  private final int dims;

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
    super(entriesPerPartition, entriesPerTenant, worth, random);
    if (dims < Query.HEAD_BITS || dims % Long.SIZE != 0) {
      throw new IllegalArgumentException(
          "dims must be a multiple of 64 and at least 128: dims=" + dims);
    }
    this.dims = dims;
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
      ProsePartition<T> partition,
      Query<T> query,
      float least,
      long nowMillis,
      SlotTest<? super T> test) {
    query.begin(least, dims);
    partition.scan(query, nowMillis, test);
    return query.best() != null;
  }

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
    return add(
        tenant,
        high,
        low,
        partition -> partition.add(value, bits, row, scale, facts, factsLength, expiresAtMillis));
  }

  @Override
  protected ProsePartition<T> partitionOf(String tenant, long high, long low) {
    return new ProsePartition<>(tenant, high, low, dims);
  }
}
