package fairlead.server.http;

import java.io.IOException;

/**
 * A request that cannot be served, with the answer it gets: thrown by the parser (bad framing, too
 * large, too slow) and by handlers.
 *
 * <p>Has no stack trace: it is an answer, not an accident.
 */
public final class HttpFailure extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final boolean closes;

  /**
   * @param status the HTTP status, 400 to 599
   * @param code short machine-readable reason, such as {@code body_too_large}
   * @param message what was wrong, with the offending value, and what to do
   * @param closes whether the connection cannot be used after this (framing is unsure)
   */
  public HttpFailure(int status, String code, String message, boolean closes) {
    super(message);
    this.status = status;
    this.code = code;
    this.closes = closes;
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  public boolean closes() {
    return closes;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
