package fairlead.providers;

import java.io.IOException;

/** A call that failed on the way to or from a provider, without a usable HTTP answer. */
public final class UpstreamException extends IOException {
  private static final long serialVersionUID = 1;

  /** How it failed. */
  public enum Kind {
    /** Name look-up failed. */
    UNKNOWN_HOST,
    /** Nobody listens, or the network has no way there. */
    CONNECT_REFUSED,
    CONNECT_TIMEOUT,
    /** Handshake, certificate or host name check failed. */
    TLS,
    /** The proxy refused or answered nonsense. */
    PROXY,
    /** The pool's limit is reached and no connection became free in time. */
    POOL_EXHAUSTED,
    /** The connection broke before any byte of the response. */
    RESET_BEFORE_RESPONSE,
    /** No response head within its clock. */
    HEAD_TIMEOUT,
    /** A head came, but no content within its clock. */
    FIRST_CONTENT_TIMEOUT,
    /** Content stopped for longer than its clock. */
    CONTENT_GAP_TIMEOUT,
    /** The whole call ran out of time. */
    CALL_TIMEOUT,
    /** The head or the framing of the body is not HTTP as RFC 9112 has it. */
    MALFORMED_RESPONSE,
    /** The body ended before its framing said so. */
    BODY_CUT,
    /** The caller went away or the gateway stops. */
    CANCELLED,
    /** Another copy of the same call has answered first. */
    SUPERSEDED
  }

  private final Kind kind;

  public UpstreamException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public UpstreamException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
