package fairlead.providers.simulated;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The callers' keys in order of first use, with what each has asked.
 *
 * <p>Thread-safe. Bounded: after 10,000 keys all further ones count as the last.
 */
final class SimulatedKeys {
  private static final int MAX_KEYS = 10_000;

  private final Map<String, Key> keys = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Key overflow = new Key(MAX_KEYS + 1);

  /** The key with this value; the empty text is a caller without one. */
  Key of(String value) {
    Key known = keys.get(value);
    if (known != null) {
      return known;
    }
    if (keys.size() >= MAX_KEYS) {
      return overflow;
    }
    synchronized (this) {
      return keys.computeIfAbsent(value, v -> new Key(v.isEmpty() ? 0 : count.incrementAndGet()));
    }
  }

  /** All keys seen, by position. */
  List<Key> seen() {
    List<Key> seen = new ArrayList<>(keys.values());
    seen.sort(Comparator.comparingInt(Key::ordinal));
    return seen;
  }

  /** One key. */
  static final class Key {
    private final int ordinal;
    private final LongAdder requests = new LongAdder();
    private long windowEndsNanos;
    private long inWindow;

    Key(int ordinal) {
      this.ordinal = ordinal;
    }

    /** Position in order of first use, from 1; 0 for no key. */
    int ordinal() {
      return ordinal;
    }

    long requests() {
      return requests.sum();
    }

    void count() {
      requests.increment();
    }

    /**
     * Takes one place in the present window.
     *
     * @return 0 if there was one, else the nanoseconds until the next window
     */
    synchronized long take(long limit, long windowMillis, long nowNanos) {
      if (inWindow == 0 || nowNanos - windowEndsNanos >= 0) {
        windowEndsNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(windowMillis);
        inWindow = 0;
      }
      if (inWindow < limit) {
        inWindow++;
        return 0;
      }
      return Math.max(1, windowEndsNanos - nowNanos);
    }
  }
}
