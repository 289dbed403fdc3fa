package fairlead.providers.http;

import java.time.Duration;

/**
 * When a pooled connection has served long enough, as a function of time.
 *
 * <p>Immutable; takes the time as a parameter.
 *
 * @param maxConnections open connections and attempts to connect, all hosts together
 * @param maxConnectionsPerHost the same for each endpoint
 * @param maxAgeNanos since it was opened
 * @param maxIdleNanos since it was last used
 */
record PoolPolicy(
    int maxConnections, int maxConnectionsPerHost, long maxAgeNanos, long maxIdleNanos) {

  PoolPolicy {
    if (maxConnections < 1 || maxConnectionsPerHost < 1) {
      throw new IllegalArgumentException(
          "connection limits must be at least 1: "
              + maxConnections
              + " in all, "
              + maxConnectionsPerHost
              + " per host");
    }
    if (maxAgeNanos < 1 || maxIdleNanos < 1) {
      throw new IllegalArgumentException(
          "maxAge and maxIdle must be positive: "
              + Duration.ofNanos(maxAgeNanos)
              + ", "
              + Duration.ofNanos(maxIdleNanos));
    }
  }

  /**
   * How long an idle connection may stay; at most 0 if it must go now.
   *
   * @param serverKeepAliveNanos what the server promised, negative if it did not say
   */
  long remainingNanos(
      long createdNanos, long idleSinceNanos, long serverKeepAliveNanos, long nowNanos) {
    long idle =
        serverKeepAliveNanos < 0 ? maxIdleNanos : Math.min(maxIdleNanos, serverKeepAliveNanos);
    return Math.min(maxAgeNanos - (nowNanos - createdNanos), idle - (nowNanos - idleSinceNanos));
  }
}
