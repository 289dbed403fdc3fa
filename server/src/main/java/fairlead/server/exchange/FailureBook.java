package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.routing.FailureClass;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in the attempts of one call, so that the last answer can say it.
 *
 * <p>Not thread-safe: one per connection, reused. It may allocate: it is only touched when an
 * attempt fails. Bounds: {@value #MAX_BODY_BYTES} bytes of one provider's error body, and one short
 * line per attempt.
 */
final class FailureBook {
  /** Error bodies are read up to this size; what follows is dropped. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  private static final int MAX_REASON_CHARS = 200;

  private final StringBuilder story = new StringBuilder();
  private final ByteSink body = new ByteSink(0);
  private final ByteSink latest = new ByteSink(0);
  private final ErrorBodyScan scan = new ErrorBodyScan();
  private @Nullable TargetRuntime answeredBy;
  private int status;
  private String contentType = "";
  private @Nullable String param;
  private String code = "";
  private @Nullable String retryAfter;
  private @Nullable String retryAfterMs;
  private FailureClass last = FailureClass.UNREACHABLE;

  void clear() {
    story.setLength(0);
    body.trim(0);
    latest.trim(0);
    scan.forget();
    answeredBy = null;
    status = 0;
    contentType = "";
    param = null;
    retryAfter = null;
    retryAfterMs = null;
    last = FailureClass.UNREACHABLE;
  }

  /** An attempt that got no usable HTTP answer. */
  void noAnswer(TargetRuntime target, FailureClass failure, UpstreamException e) {
    last = failure;
    String message = e.getMessage();
    line(target, message == null ? e.kind().name() : message);
  }

  /** An attempt whose answer was not an answer. */
  void unusable(TargetRuntime target, FailureClass failure, String reason) {
    last = failure;
    line(target, reason);
  }

  /** A target whose wire cannot express the request; {@code field} is what it cannot, if one. */
  void unsupported(TargetRuntime target, String reason, @Nullable String field, String itsCode) {
    boolean nothingElse = story.isEmpty() || last == FailureClass.UNSUPPORTED;
    line(target, reason);
    if (nothingElse) {
      last = FailureClass.UNSUPPORTED;
      param = field;
      code = itsCode;
    }
  }

  /** The error code of what the last target could not express. */
  String code() {
    return code;
  }

  /** The request's field that the last target could not express, or null. */
  @Nullable String param() {
    return param;
  }

  /**
   * Keeps an error answer with its body; the most recent one is what the caller gets in the end.
   * What a provider says about our credentials is only told as a line of the story.
   *
   * @return how the attempt failed
   */
  FailureClass httpError(TargetRuntime target, UpstreamResponse response) {
    line(target, "HTTP " + response.status());
    latest.clear();
    readBody(response, latest);
    last = FailureClass.ofStatus(response.status());
    if (last == FailureClass.REFUSED && isAboutOurKey(latest)) {
      last = FailureClass.CREDENTIALS;
    }
    boolean anError = response.status() >= 400;
    if (anError && last != FailureClass.CREDENTIALS) {
      answeredBy = target;
      status = response.status();
      String type = response.header("content-type");
      contentType = type == null ? "" : HeaderText.safe(type);
      retryAfter = response.header("retry-after");
      retryAfterMs = response.header("retry-after-ms");
      body.clear();
      body.append(latest.array(), 0, latest.length());
    }
    return last;
  }

  /** Some providers refuse a key with 400: Gemini by its reason, xAI by its words. */
  private boolean isAboutOurKey(ByteSink text) {
    scan.scan(text.array(), 0, text.length());
    return scan.reason().equals("API_KEY_INVALID")
        || scan.message().startsWith("API key not valid")
        || scan.message().startsWith("Incorrect API key");
  }

  private void readBody(UpstreamResponse response, ByteSink into) {
    byte[] chunk = new byte[4096];
    try {
      int n = 0;
      while (n >= 0 && into.length() < MAX_BODY_BYTES) {
        n = response.read(chunk, 0, Math.min(chunk.length, MAX_BODY_BYTES - into.length()));
        if (n > 0) {
          into.append(chunk, 0, n);
        }
      }
    } catch (UpstreamException e) {
      story.append(" (its body broke off: ").append(e.kind()).append(')');
    }
  }

  private void line(TargetRuntime target, String reason) {
    if (!story.isEmpty()) {
      story.append("; ");
    }
    story.append(target.provider().name());
    if (target.model() != null) {
      story.append('/').append(target.model());
    }
    story.append(": ");
    story.append(reason, 0, Math.min(reason.length(), MAX_REASON_CHARS));
  }

  /** Every attempt and how it ended, in one line. */
  String story() {
    return story.toString();
  }

  /** Whose error answer was kept, or null if no provider gave one. */
  @Nullable TargetRuntime answeredBy() {
    return answeredBy;
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  ByteSink body() {
    return body;
  }

  @Nullable String retryAfter() {
    return retryAfter;
  }

  @Nullable String retryAfterMs() {
    return retryAfterMs;
  }

  FailureClass last() {
    return last;
  }
}
