package fairlead.server.observe;

import java.util.concurrent.atomic.LongAdder;

/**
 * One counter series. Thread-safe, striped: an increment costs a few nanoseconds, no allocation.
 */
public final class Counter {
  private final LongAdder value = new LongAdder();
  private final double perUnit;

  Counter() {
    this(1);
  }

  /**
   * @param perUnit how many of what is counted make one of what is shown
   */
  Counter(double perUnit) {
    this.perUnit = perUnit;
  }

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

  /** What a scrape shows. */
  double shown() {
    return value.sum() / perUnit;
  }
}
