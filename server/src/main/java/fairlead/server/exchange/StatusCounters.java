package fairlead.server.exchange;

import fairlead.server.observe.Counter;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/**
 * Counters by HTTP status, made when a status first occurs.
 *
 * <p>Thread-safe; a look-up is one array read. Statuses outside 100 to 599 share one counter.
 */
final class StatusCounters {
  private static final int LOWEST = 100;
  private static final int SLOTS = 501;

  private final AtomicReferenceArray<Counter> counters = new AtomicReferenceArray<>(SLOTS);
  private final IntFunction<Counter> make;

  /**
   * @param make finds or makes the counter of a status; 0 stands for "other"
   */
  StatusCounters(IntFunction<Counter> make) {
    this.make = make;
  }

  Counter of(int status) {
    int slot = status >= LOWEST && status < LOWEST + SLOTS - 1 ? status - LOWEST : SLOTS - 1;
    Counter counter = counters.get(slot);
    if (counter == null) {
      counter = make.apply(slot == SLOTS - 1 ? 0 : status);
      counters.set(slot, counter);
    }
    return counter;
  }
}
