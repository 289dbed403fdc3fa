package fairlead.server.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one route's calls had from memory: counted for administration, and in the gateway's series
 * too.
 *
 * <p>Thread-safe. Counting costs two striped increments and allocates nothing.
 */
public final class RouteCacheCounters {
  private final Counter[] requests;
  private final LongAdder[] own;

  RouteCacheCounters(Counter[] requests) {
    this.requests = requests;
    own = new LongAdder[requests.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = new LongAdder();
    }
  }

  /** Counts a call. */
  public void count(CacheResult result) {
    requests[result.ordinal()].increment();
    own[result.ordinal()].increment();
  }

  /** The route's calls by result, all of them. */
  public Map<String, Long> results() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (CacheResult result : CacheResult.values()) {
      counts.put(result.label(), own[result.ordinal()].sum());
    }
    return counts;
  }
}
