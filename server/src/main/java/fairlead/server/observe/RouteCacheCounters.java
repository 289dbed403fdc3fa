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
  private final LongAdder[] ownRequests;
  private final Enum<?>[] reasons;
  private final Counter[] refused;
  private final LongAdder[] ownRefused;

  RouteCacheCounters(Counter[] requests, Enum<?>[] reasons, Counter[] refused) {
    this.requests = requests;
    this.reasons = reasons.clone();
    this.refused = refused;
    ownRequests = adders(requests.length);
    ownRefused = adders(refused.length);
  }

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    for (int i = 0; i < count; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  /** Counts a call. */
  public void count(CacheResult result) {
    requests[result.ordinal()].increment();
    ownRequests[result.ordinal()].increment();
  }

  /**
   * Counts a near match that was not served.
   *
   * @param reason of the enum this was made for
   */
  public void refused(Enum<?> reason) {
    refused[reason.ordinal()].increment();
    ownRefused[reason.ordinal()].increment();
  }

  /** The route's calls by result, all of them. */
  public Map<String, Long> results() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (CacheResult result : CacheResult.values()) {
      counts.put(result.label(), ownRequests[result.ordinal()].sum());
    }
    return counts;
  }

  /** The route's refused near matches by reason, those that happened. */
  public Map<String, Long> refusals() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (int i = 0; i < reasons.length; i++) {
      long count = ownRefused[i].sum();
      if (count > 0) {
        counts.put(CacheMetrics.label(reasons[i]), count);
      }
    }
    return counts;
  }
}
