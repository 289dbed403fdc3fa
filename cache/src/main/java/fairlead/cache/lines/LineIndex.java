package fairlead.cache.lines;

import fairlead.cache.partition.PartitionedIndex;
import java.util.function.ToDoubleFunction;
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
public final class LineIndex<T> extends PartitionedIndex<T, LinePartition<T>> {
  /** A log of more lines is not stored: it would take the room of twenty others. */
  public static final int MOST_LINES = 2_000;

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
    super(entriesPerPartition, entriesPerTenant, worth, random);
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
    return add(tenant, high, low, partition -> partition.add(value, log, endsAtMillis));
  }

  @Override
  protected LinePartition<T> partitionOf(String tenant, long high, long low) {
    return new LinePartition<>(tenant, high, low);
  }
}
