package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import org.jspecify.annotations.Nullable;

/**
 * An error answer in the two wires.
 *
 * <p>Immutable.
 */
record SimulatedError(int status, String type, @Nullable String code, String message) {
  private static final SimulatedError STREAMED =
      new SimulatedError(500, "server_error", "server_error", "simulated failure in the stream");

  /** What an error event says. */
  static SimulatedError streamed() {
    return STREAMED;
  }

  static SimulatedError badRequest(String message) {
    return new SimulatedError(400, "invalid_request_error", null, message);
  }

  /** The error of {@link Knob#ERROR} or {@link Knob#STATUS}. */
  static SimulatedError of(SimulatedBehaviour behaviour, long promptTokens) {
    SimulatedError known = known(behaviour.textOr(Knob.ERROR, ""), promptTokens);
    int status = (int) behaviour.countOr(Knob.STATUS, known.status);
    SimulatedError error = behaviour.has(Knob.ERROR) ? known : byStatus(status);
    return new SimulatedError(
        status, error.type, error.code, behaviour.textOr(Knob.ERROR_MESSAGE, error.message));
  }

  /** What OpenAI's wire usually says with a status. */
  static SimulatedError byStatus(int status) {
    return switch (status) {
      case 401 -> known("invalid_key", 0);
      case 404 -> known("model_not_found", 0);
      case 429 -> known("rate_limit", 0);
      default ->
          new SimulatedError(
              status,
              status < 500 ? "invalid_request_error" : "server_error",
              null,
              "simulated status " + status);
    };
  }

  private static SimulatedError known(String name, long promptTokens) {
    return switch (name) {
      case "unavailable" ->
          new SimulatedError(503, "server_error", "unavailable", "simulated: no capacity now");
      case "overloaded" ->
          new SimulatedError(529, "overloaded_error", "overloaded", "simulated: Overloaded");
      case "rate_limit" ->
          new SimulatedError(
              429, "requests", "rate_limit_exceeded", "simulated: rate limit reached for requests");
      case "insufficient_quota" ->
          new SimulatedError(
              429,
              "insufficient_quota",
              "insufficient_quota",
              "simulated: you exceeded your current quota, check your plan and billing details");
      case "invalid_key" ->
          new SimulatedError(
              401, "invalid_request_error", "invalid_api_key", "simulated: incorrect API key");
      case "model_not_found" ->
          new SimulatedError(
              404, "invalid_request_error", "model_not_found", "simulated: no such model");
      case "context_length_exceeded" ->
          new SimulatedError(
              400,
              "invalid_request_error",
              "context_length_exceeded",
              "simulated: the maximum context length is exceeded by "
                  + promptTokens
                  + " prompt tokens");
      case "content_policy_violation" ->
          new SimulatedError(
              400,
              "invalid_request_error",
              "content_policy_violation",
              "simulated: the request was rejected by the content policy");
      default ->
          new SimulatedError(500, "server_error", "server_error", "simulated: internal error");
    };
  }

  /** Appends the JSON body. */
  void body(ByteSink out, boolean anthropic) {
    if (anthropic) {
      out.ascii("{\"type\":\"error\",\"error\":{\"type\":\"").ascii(anthropicType());
      out.ascii("\",\"message\":").jsonString(message);
      out.ascii("},\"request_id\":\"req_simulated\"}");
      return;
    }
    out.ascii("{\"error\":{\"message\":").jsonString(message);
    out.ascii(",\"type\":").jsonString(type).ascii(",\"param\":null,\"code\":");
    if (code == null) {
      out.ascii("null}}");
    } else {
      out.jsonString(code).ascii("}}");
    }
  }

  private String anthropicType() {
    return switch (status) {
      case 400 -> "invalid_request_error";
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 504 -> "timeout_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
