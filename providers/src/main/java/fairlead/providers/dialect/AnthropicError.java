package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import org.jspecify.annotations.Nullable;

/**
 * The facts of an error answer, in the terms of the chat wire: message, type, param, code.
 *
 * <p>Not thread-safe, reusable. The provider's message is kept word for word, bounded to {@value
 * #MAX_MESSAGE} characters; its details are kept as they are. Errors are rare: this class
 * allocates.
 */
public final class AnthropicError {
  private static final int MAX_MESSAGE = 4096;
  private static final int MAX_DETAILS = 16 * 1024;

  private final JsonCursor json = new JsonCursor();
  private final AnthropicErrorBody body = new AnthropicErrorBody();
  private final ByteRange error = new ByteRange();
  private final ByteRange id = new ByteRange();
  private String message = "";
  private String providerType = "";
  private String type = "";
  private @Nullable String param;
  private @Nullable String code;
  private String requestId = "";
  private String details = "";

  /**
   * Reads an error body; one that is not of this wire, such as a proxy's page, leaves what the
   * status says.
   */
  public void read(int status, byte[] bytes, int start, int end) {
    error.clear();
    id.clear();
    requestId = "";
    try {
      json.over(bytes, start, end);
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("error")) {
          json.valueOrNull(error);
        } else if (json.keyIs("request_id")) {
          json.stringOrSkip(id);
        } else {
          json.skip();
        }
      }
      json.finish();
      requestId = JsonText.excerpt(id, 200);
    } catch (JsonSyntaxException e) {
      error.clear();
    }
    body.read(error);
    message = JsonText.excerpt(body.message(), MAX_MESSAGE);
    providerType = JsonText.excerpt(body.type(), 100);
    details = body.details().length() <= MAX_DETAILS ? body.details().toString() : "";
    if (message.isEmpty()) {
      message = "the provider answered with status " + status + " and no readable error";
    }
    classify(status);
  }

  private void classify(int status) {
    String kind = providerType.isEmpty() ? kindOf(status) : providerType;
    param = null;
    code = null;
    switch (kind) {
      case "authentication_error" -> set(kind, "invalid_api_key");
      case "permission_error" -> set(kind, "permission_denied");
      case "billing_error" -> set("insufficient_quota", "insufficient_quota");
      case "not_found_error" ->
          set("invalid_request_error", modelMissing() ? "model_not_found" : "not_found");
      case "request_too_large" -> set("invalid_request_error", "request_too_large");
      case "rate_limit_error" -> {
        if (details.contains("spend_limit")) { // no waiting helps before the month is over
          set("insufficient_quota", "insufficient_quota");
        } else {
          set(kind, "rate_limit_exceeded");
        }
      }
      case "overloaded_error" -> set("server_error", "overloaded");
      case "timeout_error" -> set("server_error", "timeout");
      case "api_error" -> set("server_error", "internal_error");
      case "invalid_request_error" -> invalidRequest();
      default -> set(kind, null);
    }
  }

  private static String kindOf(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 408, 504 -> "timeout_error";
      case 503, 529 -> "overloaded_error";
      default -> status >= 500 ? "api_error" : "invalid_request_error";
    };
  }

  private void set(String newType, @Nullable String newCode) {
    type = newType;
    code = newCode;
  }

  private boolean modelMissing() {
    return message.startsWith("model:") || message.startsWith("model ");
  }

  private void invalidRequest() {
    if (message.contains("prompt is too long") || message.contains("exceed context limit")) {
      set("invalid_request_error", "context_length_exceeded");
      param = "messages";
    } else if (message.contains("credit balance is too low")) {
      set("insufficient_quota", "insufficient_quota");
    } else if (message.contains("content filtering policy")) {
      set("invalid_request_error", "content_filter");
    } else {
      set("invalid_request_error", null);
      param = leadingPath();
    }
  }

  /**
   * The provider begins with the offending member where it can: {@code max_tokens: must be ...}.
   */
  private @Nullable String leadingPath() {
    int colon = message.indexOf(':');
    for (int i = 0; i < colon; i++) {
      char c = message.charAt(i);
      boolean path = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
      if (!path) {
        return null;
      }
    }
    return colon > 0 ? message.substring(0, colon) : null;
  }

  public String message() {
    return message;
  }

  /** The provider's own type, such as {@code overloaded_error}; empty when it gave none. */
  public String providerType() {
    return providerType;
  }

  /** The type in the chat wire. */
  public String type() {
    return type;
  }

  public @Nullable String param() {
    return param;
  }

  public @Nullable String code() {
    return code;
  }

  /** The provider's number of the request; empty when it gave none. */
  public String requestId() {
    return requestId;
  }

  /** The provider's details as a JSON value; empty when it gave none. */
  public String details() {
    return details;
  }

  /** Appends the error body of the chat wire. */
  public void writeTo(ByteSink out) {
    out.ascii("{\"error\":{\"message\":").jsonString(message);
    out.ascii(",\"type\":").jsonString(type);
    stringOrNull(param, out.ascii(",\"param\":"));
    stringOrNull(code, out.ascii(",\"code\":"));
    if (!details.isEmpty()) {
      out.ascii(",\"details\":").utf8(details);
    }
    out.ascii("}}");
  }

  private static void stringOrNull(@Nullable String text, ByteSink out) {
    if (text == null) {
      out.ascii("null");
    } else {
      out.jsonString(text);
    }
  }
}
