package fairlead.cache.lines;

import fairlead.cache.partition.Partition;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The logs that share everything but their lines.
 *
 * <p>Readers may hold one as long as they like and search it from any thread; the rest belongs to
 * the one writer.
 */
public final class LinePartition<T> extends Partition<T> {
  private static final int LEAST_ROWS = 2;

  private volatile Rows<T> rows = new Rows<>(LEAST_ROWS);
  private volatile int entries;

  LinePartition(String tenant, long high, long low) {
    super(tenant, high, low);
  }

  @Override
  public int entries() {
    return entries;
  }

  void search(LineQuery<T> query, long nowMillis, Acceptor<? super T> acceptor) {
    rows.search(query, nowMillis, acceptor);
  }

  @Override
  protected long bytes() {
    return rows.bytes();
  }

  void add(T value, LineQuery<T> log, long endsAtMillis) {
    Rows<T> into = rows;
    if (into.isFull()) {
      into = into.copy(Math.max(LEAST_ROWS, into.live() + (into.live() >> 1) + 1));
    }
    into.append(value, log, endsAtMillis);
    publish(into);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // an entry is itself, whatever it equals
  protected boolean remove(T value) {
    Rows<T> from = rows;
    for (int at = from.count() - 1; at >= 0; at--) {
      if (from.value(at) == value) {
        clear(at);
        return true;
      }
    }
    return false;
  }

  @Override
  protected void clear(long place) {
    clear((int) place);
  }

  private void clear(int at) {
    rows.clear(at);
    tidy();
  }

  @Override
  protected int expire(long nowMillis) {
    Rows<T> from = rows;
    return from.soonestEnd() > nowMillis ? 0 : clearIf(at -> from.end(at) <= nowMillis);
  }

  @Override
  protected int removeIf(Predicate<? super T> test) {
    Rows<T> from = rows;
    return clearIf(
        at -> {
          T value = from.value(at);
          return value != null && test.test(value);
        });
  }

  /** Clears the rows with a value for which the test holds; returns how many. */
  private int clearIf(IntPredicate test) {
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

  @Override
  protected @Nullable T at(long place) {
    return rows.value((int) place);
  }

  /** It may be a cleared row. */
  @Override
  protected long draw(RandomGenerator random) {
    int count = rows.count();
    return count == 0 ? -1 : random.nextInt(count);
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
