package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.routing.FailureClass;
import org.jspecify.annotations.Nullable;

/** Translates the ways a call can fail on the wire into the classes routing knows. Pure. */
final class Failures {
  private Failures() {}

  static FailureClass classify(UpstreamException.Kind kind) {
    return switch (kind) {
      case UNKNOWN_HOST, CONNECT_REFUSED, TLS, PROXY, RESET_BEFORE_RESPONSE ->
          FailureClass.UNREACHABLE;
      case CONNECT_TIMEOUT,
          POOL_EXHAUSTED,
          HEAD_TIMEOUT,
          FIRST_CONTENT_TIMEOUT,
          CONTENT_GAP_TIMEOUT ->
          FailureClass.TIMEOUT;
      case MALFORMED_RESPONSE, BODY_CUT -> FailureClass.SERVER_ERROR;
      case CALL_TIMEOUT, CANCELLED -> FailureClass.ABANDONED;
    };
  }

  /**
   * The class of an error that came with status 200 or inside a stream. The code says more than the
   * type: OpenAI gives a bad key the type of a bad request.
   */
  static FailureClass ofError(String type, String code) {
    FailureClass byCode = ofWord(code);
    if (byCode != null) {
      return byCode;
    }
    FailureClass byType = ofWord(type);
    return byType == null ? FailureClass.SERVER_ERROR : byType;
  }

  private static @Nullable FailureClass ofWord(String word) {
    return switch (word) {
      case "rate_limit_error", "rate_limit_exceeded", "insufficient_quota", "429" ->
          FailureClass.RATE_LIMITED;
      case "authentication_error",
          "permission_error",
          "billing_error",
          "invalid_api_key",
          "401",
          "402",
          "403" ->
          FailureClass.CREDENTIALS;
      case "not_found_error", "model_not_found", "404" -> FailureClass.NOT_FOUND;
      case "invalid_request_error",
          "context_length_exceeded",
          "content_policy_violation",
          "request_too_large",
          "400",
          "413",
          "422" ->
          FailureClass.REFUSED;
      default -> null;
    };
  }

  /** What may be told of an error: everything, unless it is about our credentials. */
  static String tellable(FailureClass failure, String type, String message) {
    return failure == FailureClass.CREDENTIALS
        ? "the provider refused our key"
        : type + ": " + message;
  }
}
