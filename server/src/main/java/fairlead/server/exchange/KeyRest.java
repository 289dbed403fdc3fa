package fairlead.server.exchange;

import fairlead.routing.FailureClass;
import fairlead.routing.KeyRing;
import java.util.concurrent.TimeUnit;

/**
 * Lets a key rest after an answer that was about the key.
 *
 * <p>Stateless. A rate-limited key rests as long as the provider asks, at most {@value
 * #MAX_REST_SECONDS} s, or {@value #RATE_LIMIT_REST_SECONDS} s where it does not say. One whose
 * quota is used up is out for {@value #QUOTA_REST_SECONDS} s at least. One that is refused is out
 * until it is changed: it is not asked while another one can be, but for one look each {@value
 * #MAX_REST_SECONDS} s, so that a key that was mended at the provider comes back by itself. One
 * without access to a model is passed over for that model only, where the target is one model: what
 * one caller may not ask of a provider says nothing about the models that others name.
 */
final class KeyRest {
  static final int RATE_LIMIT_REST_SECONDS = 5;
  static final int QUOTA_REST_SECONDS = 600;
  static final int MAX_REST_SECONDS = 3_600;

  private KeyRest() {}

  /**
   * Applies what {@code failure} means for the key.
   *
   * @param toldNanos how long the provider asked to be left alone, or -1
   */
  static void apply(
      TargetRuntime target, int key, FailureClass failure, long toldNanos, long nowNanos) {
    KeyRing keys = target.provider().keys();
    long told = Math.min(toldNanos, TimeUnit.SECONDS.toNanos(MAX_REST_SECONDS));
    switch (failure.keyEffect()) {
      case NONE -> {}
      case COOL_DOWN ->
          keys.rest(
              key,
              nowNanos + (told < 0 ? TimeUnit.SECONDS.toNanos(RATE_LIMIT_REST_SECONDS) : told));
      case OUT_LONG ->
          out(
              target,
              key,
              failure,
              Math.max(told, TimeUnit.SECONDS.toNanos(QUOTA_REST_SECONDS)),
              nowNanos);
      case OUT_UNTIL_CHANGED ->
          out(target, key, failure, TimeUnit.SECONDS.toNanos(MAX_REST_SECONDS), nowNanos);
      case MODEL_OUT -> {
        if (target.state().model() != null) {
          target
              .state()
              .health()
              .denyKey(key, nowNanos + TimeUnit.SECONDS.toNanos(QUOTA_REST_SECONDS));
        }
      }
    }
  }

  private static void out(
      TargetRuntime target, int key, FailureClass failure, long nanos, long nowNanos) {
    KeyRing keys = target.provider().keys();
    boolean news = keys.state(key, nowNanos) != KeyRing.State.OUT;
    keys.out(key, nowNanos + nanos);
    if (news) {
      HealthLog.keyOut(target.provider(), key, failure);
    }
  }
}
