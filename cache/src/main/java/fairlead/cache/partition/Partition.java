package fairlead.cache.partition;

import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one tenant that share everything but what an index compares.
 *
 * <p>Readers ask for {@link #entries} and search it from any thread; all else belongs to the one
 * writer.
 */
public abstract class Partition<T> {
  final String tenant;
  private final long high;
  private final long low;

  /** Whether it is in its tenant's list, which it is while it has entries; the writer's own. */
  boolean listed;

  /** Its place in that list; the writer's own. */
  int place;

  protected Partition(String tenant, long high, long low) {
    this.tenant = tenant;
    this.high = high;
    this.low = low;
  }

  final boolean is(String ofTenant, long withHigh, long withLow) {
    return high == withHigh && low == withLow && tenant.equals(ofTenant);
  }

  final int hash() {
    return hash(tenant, high, low);
  }

  static int hash(String tenant, long high, long low) {
    long mixed = (high ^ Long.rotateLeft(low, 32) ^ tenant.hashCode()) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }

  /** How many entries it holds, ended ones included until they are cleared away. */
  public abstract int entries();

  /** Bytes of heap, roughly, without {@link PartitionedIndex#OVERHEAD_BYTES}. */
  protected abstract long bytes();

  /**
   * The place of an entry drawn at random; -1 when nothing was drawn. Good until the next change.
   */
  protected abstract long draw(RandomGenerator random);

  /** What is at a place that was drawn; null where it was cleared. */
  protected abstract @Nullable T at(long place);

  /** Clears a place that was drawn. */
  protected abstract void clear(long place);

  /** Removes a value, found by identity; whether it was there. */
  protected abstract boolean remove(T value);

  /** Removes what the test is true of; how many. */
  protected abstract int removeIf(Predicate<? super T> test);

  /** Clears away what has ended; how many. */
  protected abstract int expire(long nowMillis);
}
