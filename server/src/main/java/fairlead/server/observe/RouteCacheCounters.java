package fairlead.server.observe;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one route's calls had from memory. Those of all routes are the gateway's series.
 *
 * <p>Thread-safe. Counting costs a striped increment and allocates nothing.
 */
public final class RouteCacheCounters {
  private final LongAdder[] calls = new LongAdder[CacheResult.values().length];

  RouteCacheCounters() {
    Arrays.setAll(calls, _ -> new LongAdder());
  }

  /** Counts a call. */
  public void count(CacheResult result) {
    calls[result.ordinal()].increment();
  }

  /** How often calls of the route fared like this. */
  long counted(CacheResult result) {
    return calls[result.ordinal()].sum();
  }

  /** The route's calls by result, all of them. */
  public Map<String, Long> results() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (CacheResult result : CacheResult.values()) {
      counts.put(result.label(), counted(result));
    }
    return counts;
  }
}
