package fairlead.cache.lines;

/**
 * What a neighbour must pass after its score: its own threshold, its life.
 *
 * <p>Called on the searching thread; keep one object per searcher, a lambda made per search
 * allocates.
 */
@FunctionalInterface
public interface Acceptor<T> {
  boolean accept(T value, float score);
}
