package fairlead.server.config;

/**
 * One thing that is wrong, or worth knowing, in a configuration: immutable.
 *
 * @param file as the user named it
 * @param line from 1
 * @param column from 1, in code points
 * @param path the setting ({@code providers.local.base_url}); {@code syntax} or {@code file} where
 *     there is none
 * @param message what is wrong and what to write instead; never a secret
 * @param severity whether the configuration can be used nevertheless
 */
public record Problem(
    String file, int line, int column, String path, String message, Severity severity) {

  public enum Severity {
    /** The configuration cannot be used. */
    ERROR,
    /** The configuration can be used, but does not do what somebody may expect. */
    WARNING
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** {@code FILE:LINE:COL: path: message}, with {@code warning:} before a warning's message. */
  @Override
  public String toString() {
    return file
        + ':'
        + line
        + ':'
        + column
        + ": "
        + path
        + ": "
        + (isError() ? "" : "warning: ")
        + message;
  }
}
