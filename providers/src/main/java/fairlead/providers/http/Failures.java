package fairlead.providers.http;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import org.jspecify.annotations.Nullable;

/** Translates what a stopped or broken call is reported as. Stateless. */
final class Failures {
  private Failures() {}

  /** The failure of a call that a clock, a cancellation or an interrupt ended. */
  static UpstreamException stopped(
      Endpoint endpoint, CallControl control, @Nullable Throwable cause) {
    UpstreamException.Kind why = control.failure();
    UpstreamException.Kind kind = why == null ? UpstreamException.Kind.CANCELLED : why;
    String to = endpoint.authority();
    String message =
        switch (kind) {
          case CONNECT_TIMEOUT -> "no connection to " + to + " in time";
          case HEAD_TIMEOUT -> "no response head from " + to + " in time";
          case FIRST_CONTENT_TIMEOUT -> "no content from " + to + " in time";
          case CONTENT_GAP_TIMEOUT -> "content from " + to + " stopped and did not go on in time";
          case CALL_TIMEOUT -> "the call ran out of time while it waited for " + to;
          case CANCELLED -> "the call to " + to + " was cancelled";
          case SUPERSEDED -> "overtaken by the other copy of the call";
          default -> "the call to " + to + " was stopped: " + kind;
        };
    return cause == null
        ? new UpstreamException(kind, message)
        : new UpstreamException(kind, message, cause);
  }
}
