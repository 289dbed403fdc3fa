package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.dialect.ErrorClassifier;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.providers.wire.RetryAfter;
import fairlead.routing.FailureClass;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in the attempts of one call, so that the last answer can say it.
 *
 * <p>Of all error answers the most useful one is kept: what the caller can mend comes before what
 * waiting mends, and that before what nobody here can mend; among equals the last one. What a
 * provider says about our credentials is only told as a line of the story, and words that quote
 * them are not repeated at all.
 *
 * <p>Not thread-safe: one per copy of a call, reused. It may allocate: it is only touched when an
 * attempt fails. Bounds: {@value #MAX_BODY_BYTES} bytes of one provider's error body, one short
 * line per attempt, and {@value #MAX_STORY_CHARS} characters or a line more of all.
 */
final class FailureBook {
  /** Error bodies are read up to this size; what follows is dropped. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  private static final int MAX_REASON_CHARS = 200;
  private static final int MAX_STORY_CHARS = 16 * 1024;

  private final StringBuilder story = new StringBuilder();
  private final ByteSink body = new ByteSink(0);
  private final ByteSink latest = new ByteSink(0);
  private final ErrorBodyScan scan = new ErrorBodyScan();
  private final ErrorClassifier classifier = new ErrorClassifier();
  private @Nullable TargetRuntime answeredBy;
  private int rank;
  private int status;
  private boolean bodyIsWhole;
  private String contentType = "";
  private @Nullable String param;
  private String code = "";
  private long toldNanos = -1;
  private long soonestNanos = -1;
  private boolean prefillRefused;
  private boolean maxTokensRefused;
  private boolean onlyWaitingBefore = true;
  private FailureClass last = FailureClass.UNREACHABLE;
  private boolean onlyWaiting = true;

  void clear() {
    story.setLength(0);
    body.trim(0);
    latest.trim(0);
    scan.forget();
    answeredBy = null;
    rank = 0;
    status = 0;
    contentType = "";
    param = null;
    code = "";
    toldNanos = -1;
    soonestNanos = -1;
    prefillRefused = false;
    maxTokensRefused = false;
    onlyWaiting = true;
    onlyWaitingBefore = true;
    last = FailureClass.UNREACHABLE;
  }

  /** An attempt that got no usable HTTP answer. */
  void noAnswer(
      TargetRuntime target, int key, FailureClass failure, UpstreamException e, long tookNanos) {
    String message = e.getMessage();
    unusable(target, key, failure, message == null ? e.kind().name() : message, tookNanos);
  }

  /** An attempt whose answer was not an answer. */
  void unusable(
      TargetRuntime target, int key, FailureClass failure, String reason, long tookNanos) {
    note(failure);
    line(target, key, reason, tookNanos);
  }

  /** A target whose wire cannot express the request; {@code field} is what it cannot, if one. */
  void unsupported(TargetRuntime target, String reason, @Nullable String field, String itsCode) {
    boolean nothingElse = story.isEmpty() || last == FailureClass.UNSUPPORTED;
    line(target, -1, reason, -1);
    onlyWaiting = false;
    if (nothingElse) {
      last = FailureClass.UNSUPPORTED;
      param = field;
      code = itsCode;
    }
  }

  /** An attempt that went well, or a stream that began to, for callers who want to know. */
  void answered(TargetRuntime target, int key, boolean stream, long tookNanos) {
    line(target, key, stream ? "began to answer" : "answered", tookNanos);
  }

  /** A remark that is no attempt: a wait, a target that was passed over. */
  void remark(String text) {
    if (story.length() < MAX_STORY_CHARS) {
      separate();
      story.append(text, 0, Math.min(text.length(), MAX_REASON_CHARS));
    }
  }

  private void note(FailureClass failure) {
    last = failure;
    maxTokensRefused = false;
    prefillRefused = false;
    onlyWaitingBefore = onlyWaiting;
    onlyWaiting &= failure.overload();
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
   * Reads an error answer, keeps it if it is more useful than the one before, and says how the
   * attempt failed.
   */
  FailureClass httpError(TargetRuntime target, int key, UpstreamResponse response, long tookNanos) {
    latest.clear();
    boolean whole = readBody(response, latest);
    scan.scan(latest.array(), 0, latest.length());
    FailureClass failure =
        response.status() < 400
            ? FailureClass.SERVER_ERROR
            : Failures.of(classifier.classify(response.status(), response::header, scan));
    note(failure);
    prefillRefused = classifier.prefillRefused(scan);
    maxTokensRefused =
        failure == FailureClass.BAD_PARAMETER && classifier.wantsMaxCompletionTokens(scan);
    toldNanos = -1;
    if (failure.overload()
        || failure == FailureClass.SERVER_ERROR
        || failure == FailureClass.QUOTA) {
      long toldMillis =
          RetryAfter.millis(response::header, scan.retryDelayMillis(), System.currentTimeMillis());
      if (toldMillis >= 0) {
        toldNanos = TimeUnit.MILLISECONDS.toNanos(toldMillis);
        soonestNanos = soonestNanos < 0 ? toldNanos : Math.min(soonestNanos, toldNanos);
      }
    }
    line(
        target,
        key,
        "HTTP " + response.status() + (whole ? "" : " (its body broke off)"),
        tookNanos);
    int useful = usefulness(failure);
    if (response.status() >= 400 && useful > 0 && useful >= rank) {
      rank = useful;
      answeredBy = target;
      status = response.status();
      String type = response.header("content-type");
      contentType = type == null ? "" : HeaderText.safe(type);
      body.clear();
      bodyIsWhole = whole && latest.length() < MAX_BODY_BYTES;
      if (!target.provider().secrets().quotedIn(latest.array(), 0, latest.length())) {
        body.append(latest.array(), 0, latest.length());
      }
    }
    return failure;
  }

  private static int usefulness(FailureClass failure) {
    return switch (failure) {
      case CONTEXT_LENGTH, CONTENT_FILTER, BAD_PARAMETER, TOO_LARGE, REFUSED -> 4;
      case RATE_LIMITED, OVERLOADED -> 3;
      case SERVER_ERROR, TOOL_GENERATION -> 2;
      case MODEL_NOT_FOUND, QUOTA, MODEL_DENIED -> 1;
      default -> 0;
    };
  }

  private static boolean readBody(UpstreamResponse response, ByteSink into) {
    byte[] chunk = new byte[4096];
    try {
      int n = 0;
      while (n >= 0 && into.length() < MAX_BODY_BYTES) {
        n = response.read(chunk, 0, Math.min(chunk.length, MAX_BODY_BYTES - into.length()));
        if (n > 0) {
          into.append(chunk, 0, n);
        }
      }
      return true;
    } catch (UpstreamException e) {
      return false;
    }
  }

  private void separate() {
    if (!story.isEmpty()) {
      story.append("; ");
    }
  }

  private void line(TargetRuntime target, int key, String reason, long tookNanos) {
    if (story.length() >= MAX_STORY_CHARS) {
      return;
    }
    separate();
    String shown = target.shown();
    story.append(shown, 0, Math.min(shown.length(), MAX_REASON_CHARS));
    if (target.provider().keys().size() > 1 && key >= 0) {
      story.append(" (").append(target.provider().keyName(key)).append(')');
    }
    story.append(": ");
    String told =
        target.provider().secrets().quotedIn(reason)
            ? "the provider's words quote our key"
            : reason;
    story.append(told, 0, Math.min(told.length(), MAX_REASON_CHARS));
    if (tookNanos >= 0) {
      story.append(" after ").append(TimeUnit.NANOSECONDS.toMillis(tookNanos)).append(" ms");
    }
  }

  /** Takes over what a second copy of the call has written down. */
  void absorb(FailureBook other) {
    if (other.story.isEmpty()) {
      return;
    }
    separate();
    story.append(other.story);
    onlyWaiting &= other.onlyWaiting;
    onlyWaitingBefore &= other.onlyWaiting;
    if (other.soonestNanos >= 0) {
      soonestNanos =
          soonestNanos < 0 ? other.soonestNanos : Math.min(soonestNanos, other.soonestNanos);
    }
    if (other.answeredBy != null && other.rank > rank) {
      rank = other.rank;
      answeredBy = other.answeredBy;
      status = other.status;
      bodyIsWhole = other.bodyIsWhole;
      contentType = other.contentType;
      body.clear();
      body.append(other.body.array(), 0, other.body.length());
    }
    other.clear();
  }

  /** As {@link #absorb}; the second copy's failure is the last one. */
  void follow(FailureBook other) {
    FailureClass theirs = other.last;
    absorb(other);
    last = theirs;
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

  /** Whether all of the provider's words are there. */
  boolean bodyIsWhole() {
    return bodyIsWhole;
  }

  /** How long the last error answer asked to wait, or -1. */
  long toldNanos() {
    return toldNanos;
  }

  /** The shortest wait any provider has named, or -1. */
  long soonestNanos() {
    return soonestNanos;
  }

  /** Whether the last error answer refused the beginning of an answer. */
  boolean prefillRefused() {
    return prefillRefused;
  }

  /** Whether the last attempt was refused for {@code max_tokens} under its old name. */
  boolean maxTokensRefused() {
    return maxTokensRefused;
  }

  /** The last attempt's refusal is dealt with: it is part of the story, but no answer. */
  void mended(TargetRuntime target) {
    onlyWaiting = onlyWaitingBefore;
    if (answeredBy == target) {
      answeredBy = null;
      rank = 0;
    }
    remark("asked again with max_completion_tokens");
  }

  /** Whether waiting may help: nothing failed for another reason than too many calls. */
  boolean onlyWaiting() {
    return onlyWaiting && !story.isEmpty();
  }

  FailureClass last() {
    return last;
  }
}
