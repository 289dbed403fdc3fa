package fairlead.cache.index;

/**
 * What a neighbour must pass after its score: guards, its own threshold, its life.
 *
 * <p>Called on the searching thread; keep one object per searcher, a lambda made per search
 * allocates.
 */
@FunctionalInterface
public interface SlotTest<T> {
  /**
   * Whether the value may be the answer.
   *
   * @param facts where the facts of the value start at {@code factsFrom}; they say themselves where
   *     they end, other values' facts lie around them, and nobody may change them
   */
  boolean accept(T value, int[] facts, int factsFrom, float score);
}
