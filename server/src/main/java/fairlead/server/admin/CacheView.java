package fairlead.server.admin;

import fairlead.cache.CacheEntry;
import fairlead.server.config.RouteCache;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The memory for answers, for operators. Thread-safe. */
public interface CacheView {
  /** A gateway that keeps no answers. */
  CacheView OFF =
      new CacheView() {
        @Override
        public Status status() {
          return new Status(false, 0, 0, 0, Journal.NONE, null, List.of());
        }

        @Override
        public List<CacheEntry> find(CacheSelection selection, int limit) {
          return List.of();
        }

        @Override
        public long remove(CacheSelection selection) {
          return 0;
        }

        @Override
        public boolean feedback(Feedback feedback) {
          return false;
        }
      };

  /** What it looks like now. */
  Status status();

  /**
   * Entries that may still be served.
   *
   * @param limit the most that are wanted; which ones, where there are more, is left open
   */
  List<CacheEntry> find(CacheSelection selection, int limit);

  /**
   * Ends entries: no call that begins later is served from them, and they do not come back with a
   * restart.
   *
   * @return how many
   */
  long remove(CacheSelection selection);

  /**
   * Whether what was removed or said before is on disk, where there is one. If not, it holds until
   * a restart at least.
   */
  default boolean durable() {
    return true;
  }

  /**
   * Notes what somebody says of an answer that was served.
   *
   * @return false if there is no such entry
   */
  boolean feedback(Feedback feedback);

  /**
   * The whole of it.
   *
   * @param on whether any call may be answered from memory
   * @param entries answers in memory
   * @param bytes what they take, roughly
   * @param judge null: there is none
   * @param routes in the order of the configuration, then calls that name no route
   */
  record Status(
      boolean on,
      long entries,
      long bytes,
      long maxBytes,
      Journal journal,
      @Nullable Judge judge,
      List<Route> routes) {
    public Status {
      routes = List.copyOf(routes);
    }
  }

  /** What the directory is good for. */
  enum JournalState {
    /** Answers are kept in memory only. */
    NONE,
    /** Entries of an earlier run are being read. */
    LOADING,
    /** What is stored is on disk. */
    READY,
    /** Writing fails; it is tried again. */
    FAILING
  }

  /**
   * The cache's directory.
   *
   * @param loaded entries taken over from an earlier run
   * @param lost records of an earlier run that could not be read
   * @param errors writes that failed
   */
  record Journal(
      JournalState state,
      @Nullable String directory,
      long bytes,
      long maxBytes,
      long loaded,
      long lost,
      long errors) {
    /** In memory only. */
    public static final Journal NONE = new Journal(JournalState.NONE, null, 0, 0, 0, 0, 0);
  }

  /**
   * The second judge.
   *
   * @param asked how often
   * @param silent how often it had no opinion in time, so that there was no hit
   */
  record Judge(String name, long asked, long silent) {}

  /**
   * One route.
   *
   * @param results its calls by result
   * @param refusals its near matches that were not served, by reason
   */
  record Route(
      String name,
      boolean exact,
      boolean semantic,
      RouteCache.Mode mode,
      RouteCache.Guards guards,
      List<Tier> tiers,
      Map<String, Long> results,
      Map<String, Long> refusals) {
    public Route {
      tiers = List.copyOf(tiers);
    }
  }

  /**
   * How far one kind of near match has earned its trust on a route.
   *
   * @param threshold least similarity that is served; infinite or NaN: none is
   * @param floor least similarity that may ever be served
   * @param checks comparisons with a fresh answer, in the window that counts
   * @param wrong how many of them differed
   */
  record Tier(String name, double threshold, double floor, long checks, long wrong) {}

  /**
   * What somebody says of an answer that was served.
   *
   * @param key of the entry that was served
   * @param request key of the request that got it, so that only this pair is kept apart; null: not
   *     known, the entry itself is at fault
   */
  record Feedback(CacheKey key, @Nullable CacheKey request, Verdict verdict) {}

  /** Whether an answer was what it should have been. */
  enum Verdict {
    RIGHT,
    WRONG
  }
}
