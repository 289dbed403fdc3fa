package fairlead.server.exchange;

import fairlead.providers.UpstreamResponse;
import fairlead.providers.wire.RetryAfter;
import fairlead.routing.FailureClass;
import java.util.concurrent.TimeUnit;

/**
 * Lets a key rest after an answer that was about the key.
 *
 * <p>Stateless. A rate-limited key rests as long as the provider asks, at most {@value
 * #MAX_REST_SECONDS} s, or {@value #RATE_LIMIT_REST_SECONDS} s where it does not say; a refused one
 * {@value #REFUSED_REST_SECONDS} s, so that a key that was mended comes back by itself.
 */
final class KeyRest {
  static final int RATE_LIMIT_REST_SECONDS = 5;
  static final int REFUSED_REST_SECONDS = 60;
  static final int MAX_REST_SECONDS = 3_600;

  void apply(
      ProviderRuntime provider,
      int key,
      FailureClass failure,
      UpstreamResponse response,
      long nowNanos) {
    long seconds;
    if (failure == FailureClass.RATE_LIMITED) {
      long askedMillis =
          RetryAfter.millis(
              response.header("retry-after-ms"),
              response.header("retry-after"),
              System.currentTimeMillis());
      seconds =
          askedMillis < 0
              ? RATE_LIMIT_REST_SECONDS
              : Math.min((askedMillis + 999) / 1_000, MAX_REST_SECONDS);
    } else if (failure == FailureClass.CREDENTIALS) {
      seconds = REFUSED_REST_SECONDS;
    } else {
      return;
    }
    provider.keys().rest(key, nowNanos + TimeUnit.SECONDS.toNanos(seconds));
  }
}
