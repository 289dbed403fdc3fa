package fairlead.cache.store;

import fairlead.cache.CacheEntry;

/**
 * Who must know that an entry has left the {@link AnswerStore}: indexes and the journal.
 *
 * <p>Called once for each entry that had been put, after it was {@link CacheEntry#remove() ended},
 * on the thread that caused it: a request's thread more often than not. So it must be quick, must
 * not throw, and must not call the store, which may be in the middle of a change.
 */
@FunctionalInterface
public interface Departures {
  /** Why an entry left. */
  enum Reason {
    /** Another answer has its key now. */
    REPLACED,
    /** Somebody asked for it. */
    REMOVED,
    /** Its bytes were needed. */
    EVICTED,
    /** Its time was over. */
    EXPIRED
  }

  void gone(CacheEntry entry, Reason reason);
}
