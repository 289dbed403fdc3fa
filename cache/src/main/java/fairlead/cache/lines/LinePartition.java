package fairlead.cache.lines;

import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The logs that share everything but their lines.
 *
 * <p>Readers may hold one as long as they like and search it from any thread; the rest belongs to
 * the one writer.
 */
public final class LinePartition<T> {
  private static final int LEAST_ROWS = 2;

  private final String tenant;
  private final long high;
  private final long low;

  private volatile Rows<T> rows = new Rows<>(LEAST_ROWS);
  private volatile int entries;

  /** The writer's own: its place in the list of its tenant, -1 while it is empty. */
  int place = -1;

  LinePartition(String tenant, long high, long low) {
    this.tenant = tenant;
    this.high = high;
    this.low = low;
  }

  /** How many logs it holds, ended ones included until they are cleared away. */
  public int entries() {
    return entries;
  }

  boolean is(String ofTenant, long withHigh, long withLow) {
    return high == withHigh && low == withLow && tenant.equals(ofTenant);
  }

  void search(LineQuery<T> query, long nowMillis, Acceptor<? super T> acceptor) {
    rows.search(query, nowMillis, acceptor);
  }

  String tenant() {
    return tenant;
  }

  int hash() {
    return hash(tenant, high, low);
  }

  static int hash(String tenant, long high, long low) {
    long mixed = (high ^ Long.rotateLeft(low, 32) ^ tenant.hashCode()) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }

  long bytes() {
    return 80 + rows.bytes();
  }

  void add(T value, LineQuery<T> log, long endsAtMillis) {
    Rows<T> into = rows;
    if (into.isFull()) {
      into = into.copy(Math.max(LEAST_ROWS, into.live() + (into.live() >> 1) + 1));
    }
    into.append(value, log, endsAtMillis);
    publish(into);
  }

  @SuppressWarnings("ReferenceEquality") // an entry is itself, whatever it equals
  boolean remove(T value) {
    Rows<T> from = rows;
    for (int at = from.count() - 1; at >= 0; at--) {
      if (from.value(at) == value) {
        clear(at);
        return true;
      }
    }
    return false;
  }

  void clear(int at) {
    rows.clear(at);
    tidy();
  }

  int expire(long nowMillis) {
    Rows<T> from = rows;
    return from.soonestEnd() > nowMillis ? 0 : clearIf(at -> from.end(at) <= nowMillis);
  }

  /** Clears the rows with a value for which the test holds; returns how many. */
  int clearIf(IntPredicate test) {
    Rows<T> from = rows;
    int before = from.live();
    for (int at = 0; at < from.count(); at++) {
      if (from.value(at) != null && test.test(at)) {
        from.clear(at);
      }
    }
    int cleared = before - from.live();
    if (cleared > 0) {
      tidy();
    }
    return cleared;
  }

  /** The value in a row; null once it is cleared. */
  @Nullable T value(int at) {
    return rows.value(at);
  }

  /** A row drawn at random; it may be a cleared one. */
  int draw(RandomGenerator random) {
    return random.nextInt(rows.count());
  }

  private void tidy() {
    Rows<T> from = rows;
    int gone = from.count() - from.live();
    publish(gone * 4 > from.count() ? from.copy(Math.max(LEAST_ROWS, from.live() + 1)) : from);
  }

  private void publish(Rows<T> now) {
    rows = now;
    entries = now.live();
  }
}
