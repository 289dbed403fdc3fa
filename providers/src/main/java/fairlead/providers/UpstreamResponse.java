package fairlead.providers;

import org.jspecify.annotations.Nullable;

/**
 * A response whose head has arrived.
 *
 * <p>Lifecycle: 1. {@link #status} and {@link #header}; 2. {@link #read} until -1 or until the
 * caller has seen enough; 3. {@link #release}, once. Belongs to one thread.
 */
public interface UpstreamResponse {
  int status();

  /**
   * A header's value without surrounding white space, or null.
   *
   * @param lowerCaseName the name in lower case
   */
  @Nullable String header(String lowerCaseName);

  /** Whether Content-Type says text/event-stream. */
  boolean isEventStream();

  /**
   * Reads decoded body bytes (no chunk framing, no compression), at least one, as soon as there are
   * any.
   *
   * @return how many bytes were stored, or -1 after the verified end of the body
   * @throws UpstreamException if the body broke off, was malformed, a clock ran out or the call was
   *     cancelled
   */
  int read(byte[] target, int offset, int length) throws UpstreamException;

  /**
   * Ends the use of the response: a connection whose body was read whole may serve another call,
   * any other is closed at once.
   */
  void release();
}
