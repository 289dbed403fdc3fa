package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.dialect.ErrorClassifier;
import fairlead.providers.dialect.ErrorKind;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.routing.FailureClass;

/** Translates the ways a call can fail on the wire into the classes routing knows. Pure. */
final class Failures {
  private Failures() {}

  static FailureClass classify(UpstreamException.Kind kind) {
    return switch (kind) {
      case UNKNOWN_HOST, CONNECT_REFUSED, TLS, PROXY -> FailureClass.UNREACHABLE;
      case RESET_BEFORE_RESPONSE -> FailureClass.RESET;
      case CONNECT_TIMEOUT,
          POOL_EXHAUSTED,
          HEAD_TIMEOUT,
          FIRST_CONTENT_TIMEOUT,
          CONTENT_GAP_TIMEOUT ->
          FailureClass.TIMEOUT;
      case MALFORMED_RESPONSE, BODY_CUT -> FailureClass.SERVER_ERROR;
      case CALL_TIMEOUT, CANCELLED, SUPERSEDED -> FailureClass.ABANDONED;
    };
  }

  /** What a provider's own words for a failure mean for routing. */
  static FailureClass of(ErrorKind kind) {
    return switch (kind) {
      case RATE_LIMITED -> FailureClass.RATE_LIMITED;
      case OVERLOADED -> FailureClass.OVERLOADED;
      case QUOTA -> FailureClass.QUOTA;
      case CREDENTIALS -> FailureClass.CREDENTIALS;
      case MODEL_DENIED -> FailureClass.MODEL_DENIED;
      case MODEL_NOT_FOUND -> FailureClass.MODEL_NOT_FOUND;
      case CONTEXT_LENGTH -> FailureClass.CONTEXT_LENGTH;
      case CONTENT_FILTER -> FailureClass.CONTENT_FILTER;
      case BAD_PARAMETER -> FailureClass.BAD_PARAMETER;
      case TOO_LARGE -> FailureClass.TOO_LARGE;
      case TOOL_GENERATION -> FailureClass.TOOL_GENERATION;
      case SERVER_ERROR -> FailureClass.SERVER_ERROR;
      case REFUSED -> FailureClass.REFUSED;
    };
  }

  /** The class of an error that came with status 200 or inside a stream. Allocates. */
  static FailureClass ofError(ErrorBodyScan error) {
    return of(new ErrorClassifier().classifyEvent(error));
  }

  /** The same where only these parts are known. */
  static FailureClass ofError(String type, String code, String message) {
    return of(new ErrorClassifier().classifyEvent(type, code, message));
  }

  /** What a failure means after the first content: an answer that broke off, if it was whole. */
  static FailureClass midStream(FailureClass failure) {
    return switch (failure) {
      case SERVER_ERROR, RESET, UNREACHABLE -> FailureClass.CUT;
      default -> failure;
    };
  }

  /** What may be told of an error: everything, unless it is about our credentials. */
  static String tellable(FailureClass failure, String type, String message) {
    return failure == FailureClass.CREDENTIALS
        ? "the provider refused our key"
        : type + ": " + message;
  }
}
