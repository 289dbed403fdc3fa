package fairlead.server.exchange;

import fairlead.providers.wire.ByteRange;
import fairlead.routing.CircuitBreaker;
import fairlead.routing.FailureClass;
import fairlead.routing.KeyRing;
import fairlead.routing.TargetHealth;
import fairlead.server.config.Config;
import fairlead.server.observe.Counter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one provider's model at present, shared by all routes that lead there: its
 * health, who waits for a place, how long plain answers take.
 *
 * <p>Thread-safe. It outlives the configuration it was made for.
 */
final class TargetState {
  /** So many models that only callers name are known by how they want the token limit called. */
  private static final int MAX_NAMED_MODELS = 64;

  private final String provider;
  private final @Nullable String model;
  private final TargetHealth health;
  private final KeyRing keys;
  private final KeyQuotas quotas;
  private final PlaceQueue queue;
  private final Counter ejections;

  /** Models that refused {@code max_tokens}; one at most, unless only callers name them. */
  private final Set<String> wantMaxCompletionTokens = ConcurrentHashMap.newKeySet(1);

  /**
   * @param model null: all models of the provider that only callers name
   */
  TargetState(
      String provider,
      @Nullable String model,
      TargetHealth health,
      KeyRing keys,
      Config.Concurrency concurrency,
      Counter ejections) {
    this.provider = provider;
    this.model = model;
    this.health = health;
    this.keys = keys;
    this.quotas = new KeyQuotas(keys, health, System.nanoTime());
    this.queue = new PlaceQueue(concurrency.queue());
    this.ejections = ejections;
  }

  String provider() {
    return provider;
  }

  @Nullable String model() {
    return model;
  }

  TargetHealth health() {
    return health;
  }

  KeyRing keys() {
    return keys;
  }

  PlaceQueue queue() {
    return queue;
  }

  /**
   * Whether the model has refused {@code max_tokens} for {@code max_completion_tokens}.
   *
   * @param asked the model, or null if it is {@code named}
   */
  boolean wantsMaxCompletionTokens(@Nullable String asked, ByteRange named) {
    return !wantMaxCompletionTokens.isEmpty()
        && wantMaxCompletionTokens.contains(asked == null ? named.toString() : asked);
  }

  /** The model has refused {@code max_tokens}: it is asked with the newer name from now on. */
  void wantMaxCompletionTokens(@Nullable String asked, ByteRange named) {
    if (wantMaxCompletionTokens.size() >= MAX_NAMED_MODELS) {
      wantMaxCompletionTokens.clear(); // each is known again after one more refusal
    }
    wantMaxCompletionTokens.add(asked == null ? named.toString() : asked);
  }

  private boolean isOut(long nowNanos) {
    return health.breaker().state(nowNanos) != CircuitBreaker.State.CLOSED;
  }

  /** Provider and model, for people. */
  String shown() {
    return model == null ? provider + "/(any)" : provider + "/" + model;
  }

  /** Whether a call now could go well: not ejected, or due to be probed, and with a key. */
  boolean usable(long nowNanos) {
    return health.allows(nowNanos) && keys.anyReady(nowNanos, health.deniedKeys(nowNanos));
  }

  /**
   * The answer to an attempt has begun; takes note of how long it took to the first content, or to
   * a whole plain answer.
   */
  void answered(int admission, boolean stream, long nanos, long nowNanos) {
    boolean wasOut = admission != CircuitBreaker.NORMAL && isOut(nowNanos);
    health.answered(admission, nowNanos - nanos, nowNanos);
    if (wasOut && !isOut(nowNanos)) {
      HealthLog.back(this);
    }
    if (stream) {
      health.firstToken().record(nanos, nowNanos);
      health.limit().firstToken(nanos, nowNanos);
    } else {
      health.plainAnswers().record(nanos, nowNanos);
    }
  }

  /**
   * Takes note of what is left of a key's quota.
   *
   * @param remainingShare of its scarcest limit, 0 to 1
   * @param resetNanos when that is whole again
   */
  void quota(int key, double remainingShare, long resetNanos, long nowNanos) {
    quotas.report(key, remainingShare, resetNanos, nowNanos);
  }

  /** Ends an attempt that went well. */
  void succeeded(int admission, int key, long nowNanos) {
    health.succeeded(admission, nowNanos);
    keys.succeeded(key);
    queue.placeIsFree();
  }

  /** Ends an attempt that failed. */
  void failed(int admission, FailureClass failure, long startedNanos, long nowNanos, long seed) {
    if (health.failed(admission, failure, startedNanos, nowNanos, seed)) {
      ejections.increment();
      HealthLog.ejected(this, failure, nowNanos);
    }
    queue.placeIsFree();
  }

  /**
   * Ends an attempt that says nothing about the target: the caller left, another copy was faster.
   */
  void released(int admission, long nowNanos) {
    health.released(admission, nowNanos);
    queue.placeIsFree();
  }
}
