package fairlead.server.admin;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A request for administration that cannot be fulfilled, in the fields of OpenAI's error object.
 *
 * <p>Has no stack trace: it is an answer, not an accident.
 */
public final class AdminRefusal extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final String code;
  private final @Nullable String param;
  private final String message;

  AdminRefusal(int status, String type, String code, @Nullable String param, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
    this.message = message;
  }

  static AdminRefusal invalid(@Nullable String param, String message) {
    return new AdminRefusal(400, "invalid_request_error", "invalid_value", param, message);
  }

  static AdminRefusal notFound(String param, String message) {
    return new AdminRefusal(404, "invalid_request_error", "not_found", param, message);
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }

  public String code() {
    return code;
  }

  /** The field at fault, or null. */
  public @Nullable String param() {
    return param;
  }

  @Override
  public String getMessage() {
    return message;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
