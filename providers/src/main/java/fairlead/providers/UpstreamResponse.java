package fairlead.providers;

import fairlead.providers.http.EventLoop;
import fairlead.providers.wire.ByteRange;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
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

  /**
   * Sets {@code value} to a header's value without surrounding white space.
   *
   * @param lowerCaseName the name in lower case
   * @param value valid until the response is read or released; unchanged if there is no such header
   * @return whether there is such a header
   */
  default boolean findHeader(String lowerCaseName, ByteRange value) {
    String text = header(lowerCaseName);
    if (text == null) {
      return false;
    }
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    value.set(bytes, 0, bytes.length);
    return true;
  }

  /** Whether there may be headers that tell what is left of a rate limit. */
  default boolean mayHaveRateHeaders() {
    return true;
  }

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

  /** Whether it is known that the next {@link #read} will not wait, so that it needs no clock. */
  default boolean isReady() {
    return false;
  }

  /**
   * Lets a loop read while this thread waits: {@code turn} is called on the loop's thread, at once
   * and then whenever there may be input. Within a turn {@link #read} returns 0 instead of waiting.
   * Returns after a turn that said it was the last, and when the call was stopped, which the next
   * read tells; what a turn throws is thrown here.
   *
   * @param turn must not block; whether it wants to be called again
   * @return false at once, without any turn, if this response can only be read by its own thread
   */
  default boolean turns(EventLoop loop, BooleanSupplier turn) {
    return false;
  }

  /**
   * Ends the use of the response: a connection whose body was read whole may serve another call,
   * any other is closed at once.
   */
  void release();
}
