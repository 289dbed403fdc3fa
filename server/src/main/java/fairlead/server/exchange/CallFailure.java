package fairlead.server.exchange;

import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A call the gateway itself refuses or gives up, in the fields of OpenAI's error object.
 *
 * <p>Has no stack trace: it is an answer, not an accident.
 */
public final class CallFailure extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final String code;
  private final @Nullable String param;

  /**
   * @param param the request field at fault, or null
   * @param message names the value and what to do
   */
  public CallFailure(int status, String type, String code, @Nullable String param, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /** A request the caller must change. */
  public static CallFailure invalid(String code, @Nullable String param, String message) {
    return new CallFailure(400, "invalid_request_error", code, param, message);
  }

  /** There is no answer in memory for a caller who wants none from elsewhere. */
  static CallFailure notInMemory(String why) {
    return new CallFailure(
        504,
        "invalid_request_error",
        "not_in_cache",
        null,
        why
            + " It was asked for from memory only (x-fairlead-cache: only, or Cache-Control:"
            + " only-if-cached).");
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? code : message;
  }

  /** Appends the error object as a JSON body. */
  public void render(ByteSink body) {
    render(body, getMessage(), type, param, code);
  }

  /** Appends an error object in OpenAI's shape; empty code and param become null. */
  public static void render(
      ByteSink body, String message, String type, @Nullable String param, @Nullable String code) {
    body.ascii("{\"error\":{\"message\":").jsonString(message);
    body.ascii(",\"type\":").jsonString(type);
    body.ascii(",\"param\":");
    nullable(body, param);
    body.ascii(",\"code\":");
    nullable(body, code);
    body.ascii("}}");
  }

  private static void nullable(ByteSink body, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      body.ascii("null");
    } else {
      body.jsonString(text);
    }
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
