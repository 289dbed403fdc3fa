package fairlead.server.exchange;

import fairlead.cache.tiers.RouteMemory;
import fairlead.server.caching.Eligibility;
import fairlead.server.caching.NotCached;
import fairlead.server.observe.Counter;
import fairlead.server.observe.RouteCacheCounters;
import org.jspecify.annotations.Nullable;

/**
 * What one route's calls may have from memory. Immutable but for its counters.
 *
 * @param route its name, as entries remember it
 * @param identity what answers depend on beside the request: the route and whom it asks; not to be
 *     changed
 * @param eligibility which requests
 * @param memory how near answers are found and trusted; null: only equal requests count
 * @param exactTtlMillis how old an answer to an equal request may be
 * @param nearTtlMillis how old an answer to a similar one may be
 * @param maxAnswerBytes a longer answer is not kept
 * @param share the name under which all callers of the route share answers; null: each its own
 * @param ineligible what counts calls that stay out, by {@link NotCached}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
record RouteCaching(
    String route,
    byte[] identity,
    Eligibility eligibility,
    @Nullable RouteMemory memory,
    long exactTtlMillis,
    long nearTtlMillis,
    int maxAnswerBytes,
    @Nullable String share,
    Counter[] ineligible,
    RouteCacheCounters counters) {

  /** How long an answer is kept: as long as any request may have it. */
  long ttlMillis() {
    return memory == null ? exactTtlMillis : Math.max(exactTtlMillis, nearTtlMillis);
  }
}
