package fairlead.providers;

import fairlead.providers.wire.ByteGather;
import fairlead.providers.wire.ByteSink;

/**
 * One request to a provider, reusable from attempt to attempt.
 *
 * <p>Not thread-safe. The head is everything that is known before the call (request line, host,
 * credentials), encoded once when the configuration is loaded; what differs from call to call is in
 * {@link #extraHeaders} and {@link #body}.
 */
public final class UpstreamRequest {
  private static final byte[] NONE = {};

  private Operation operation = Operation.CHAT;
  private byte[] head = NONE;
  private final ByteSink extraHeaders = new ByteSink(256);
  private final ByteGather body = new ByteGather();

  /** Starts a new request; extra headers and body are empty afterwards. */
  public void reset(Operation newOperation, byte[] newHead) {
    operation = newOperation;
    head = newHead;
    extraHeaders.clear();
    body.clear();
  }

  public Operation operation() {
    return operation;
  }

  /**
   * Request line and constant headers, each ended by CRLF, without Content-Length and without the
   * blank line.
   */
  public byte[] head() {
    return head;
  }

  /** Headers of this call only, each ended by CRLF. */
  public ByteSink extraHeaders() {
    return extraHeaders;
  }

  public ByteGather body() {
    return body;
  }
}
