package fairlead.cache.store;

import org.jspecify.annotations.Nullable;

/**
 * A digest of 128 bits as a key of a map.
 *
 * <p>Not thread-safe while it is changed; one that is in a map is not changed.
 */
final class Key {
  private long high;
  private long low;

  Key(long high, long low) {
    this.high = high;
    this.low = low;
  }

  void set(long newHigh, long newLow) {
    high = newHigh;
    low = newLow;
  }

  boolean is(long otherHigh, long otherLow) {
    return high == otherHigh && low == otherLow;
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Key key && key.high == high && key.low == low;
  }

  /** A digest's bits are as good as random already. */
  @Override
  public int hashCode() {
    return (int) (low ^ (low >>> 32));
  }
}
