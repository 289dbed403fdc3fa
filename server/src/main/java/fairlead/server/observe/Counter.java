package fairlead.server.observe;

import java.util.concurrent.atomic.LongAdder;

/**
 * One counter series. Thread-safe, striped: an increment costs a few nanoseconds, no allocation.
 */
public final class Counter {
  private final LongAdder value = new LongAdder();

  Counter() {}

  public void increment() {
    value.increment();
  }

  /**
   * @param amount 0 or more
   */
  public void add(long amount) {
    value.add(amount);
  }

  public long value() {
    return value.sum();
  }
}
