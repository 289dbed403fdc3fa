package fairlead.providers.dialect;

import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be said in the provider's wire without changing what it asks for; the facts
 * of an OpenAI error with status 400.
 */
public final class RefusedRequestException extends Exception {
  private static final long serialVersionUID = 1;

  /** The provider has nothing that does this. */
  static final String UNSUPPORTED = "unsupported_parameter";

  /** The value is wrong in the chat wire already. */
  static final String INVALID = "invalid_value";

  private final @Nullable String param;
  private final String code;

  RefusedRequestException(String message, @Nullable String param, String code) {
    super(message, null, false, false); // an answer to the caller, not a fault: no stack trace
    this.param = param;
    this.code = code;
  }

  static RefusedRequestException unsupported(String param, String why) {
    return new RefusedRequestException(param + ": " + why, param, UNSUPPORTED);
  }

  static RefusedRequestException invalid(String param, String why) {
    return new RefusedRequestException(param + ": " + why, param, INVALID);
  }

  /** The path of the offending member, such as {@code messages[1].content}; null if it is all. */
  public @Nullable String param() {
    return param;
  }

  /** {@code unsupported_parameter}, {@code invalid_value} or {@code invalid_json}. */
  public String code() {
    return code;
  }
}
