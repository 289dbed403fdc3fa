package fairlead.server.caching;

/**
 * A header for the cache that cannot be followed: the call must be answered with status 400.
 *
 * <p>Has no stack trace: it is an answer, not an accident. Its message names header and value.
 */
public final class InvalidControl extends Exception {
  private static final long serialVersionUID = 1;

  private static final int MAX_SHOWN_CHARS = 80;

  private final String header;

  /**
   * @param header its name in lower case
   * @param value as the caller has sent it
   * @param wanted completes "must be"
   */
  InvalidControl(String header, String value, String wanted) {
    super(header + " must be " + wanted + ", not '" + shown(value) + "'.");
    this.header = header;
  }

  /** The header's name in lower case. */
  public String header() {
    return header;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }

  /** Visible ASCII and spaces, and not too much of it. */
  private static String shown(String value) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(value.length(), MAX_SHOWN_CHARS); i++) {
      char c = value.charAt(i);
      out.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return out.append(value.length() > MAX_SHOWN_CHARS ? "..." : "").toString();
  }
}
