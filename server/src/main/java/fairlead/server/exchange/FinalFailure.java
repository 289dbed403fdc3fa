package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.dialect.AnthropicError;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.routing.FailureClass;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call that could not be served, in OpenAI's error shape.
 *
 * <p>What a provider of the same wire said goes to the caller as it was: status, body, Retry-After.
 * Three things do not: what a provider says about <em>our</em> credentials (it may quote a key, and
 * it is not the caller's to mend), pages that are not JSON, and bodies that broke off. Official
 * SDKs repeat failed calls by themselves; {@code x-should-retry: false} tells them that the gateway
 * has tried already, unless the provider named a time when trying again makes sense.
 *
 * <p>Not thread-safe: one per connection. May allocate.
 */
final class FinalFailure {
  private static final int SERVICE_UNAVAILABLE = 503;

  /** A place becomes free whenever a call ends. */
  private static final int BUSY_RETRY_SECONDS = 1;

  /** The official SDKs wait for what a server names up to a minute, and for no longer. */
  private static final long MAX_CLIENT_WAIT_MS = 60_000;

  private final ByteSink body = new ByteSink(0);
  private final AnswerHeaders headers = new AnswerHeaders();
  private final ErrorBodyScan scan = new ErrorBodyScan();

  /** Answers with a refusal of our own. */
  void own(Call call, CallFailure failure) throws IOException {
    if (call.http.committed()) {
      call.http.abort();
      return;
    }
    body.clear();
    failure.render(body);
    headers.begin(null).requestId(call.requestId);
    if (failure.status() >= 500) {
      // Official clients repeat what ends in 5xx, and here nothing would come of it.
      headers.line("x-should-retry", "false");
    }
    if (call.cacheKeyed) {
      headers.line("x-fairlead-cache", "miss");
    }
    call.http.respond(failure.status(), headers.lines(), body.array(), 0, body.length());
  }

  /**
   * Answers after all attempts have failed.
   *
   * @return the status the caller got
   */
  int upstream(Call call, FailureBook book) throws IOException {
    TargetRuntime by = book.answeredBy();
    body.clear();
    if (by == null) {
      return unanswered(call, book);
    }
    String contentType = null;
    scan.scan(book.body().array(), 0, book.body().length());
    if (by.provider().speaksChat() && book.bodyIsWhole() && looksLikeJson(book.body())) {
      body.append(book.body().array(), 0, book.body().length());
      contentType = book.contentType();
    } else {
      rewrite(by, book);
    }
    headers.begin(contentType == null || contentType.isEmpty() ? null : contentType);
    headers.requestId(call.requestId).target(by, call.dynamicModel);
    ending(call, book);
    call.http.respond(book.status(), headers.lines(), body.array(), 0, body.length());
    return book.status();
  }

  /**
   * Answers a call for which all targets that could be asked are at their limit.
   *
   * @return the status the caller got
   */
  int busy(Call call, FailureBook book, String route) throws IOException {
    if (book.answeredBy() != null) {
      return upstream(call, book);
    }
    body.clear();
    CallFailure.render(
        body,
        "All targets of '"
            + route
            + "' that could be asked have as many calls as they can take, and none had a place in"
            + " time. Try again after "
            + BUSY_RETRY_SECONDS
            + " s."
            + (call.attempts == 0 ? "" : " Before that: " + book.story() + "."),
        "upstream_error",
        null,
        "upstream_busy");
    headers.begin(null).requestId(call.requestId).attempts(call.attempts);
    headers.line("retry-after", String.valueOf(BUSY_RETRY_SECONDS));
    headers.line("x-should-retry", "true");
    trace(book);
    call.http.respond(SERVICE_UNAVAILABLE, headers.lines(), body.array(), 0, body.length());
    return SERVICE_UNAVAILABLE;
  }

  /**
   * Ends a stream that broke after its first content: an error event, no end mark, and a cut
   * connection. It is the only form that all official clients take for a failure.
   *
   * @param whyNotContinued why no other target was asked to continue, or null
   */
  void midStream(Call call, FailureBook book, @Nullable String whyNotContinued) throws IOException {
    body.clear();
    body.ascii("event: error\ndata: ");
    CallFailure.render(
        body,
        "The answer broke off: "
            + book.story()
            + (whyNotContinued == null ? "" : ". It was not continued: " + whyNotContinued)
            + ". What was sent so far is not complete; repeat the request.",
        "upstream_error",
        null,
        timedOut(book.last()) ? "stream_timeout" : "stream_broken");
    body.ascii("\n\n");
    call.http.write(body.array(), 0, body.length());
    call.http.abort();
  }

  /** Whether a clock ended it; the caller, who could also have, is not there to be told. */
  private static boolean timedOut(FailureClass last) {
    return last == FailureClass.TIMEOUT || last == FailureClass.ABANDONED;
  }

  /** What every answer to a failed call ends with: how often was asked, of whom, what to do now. */
  private void ending(Call call, FailureBook book) {
    headers.attempts(call.attempts);
    retryAdvice(book);
    trace(book);
  }

  private void trace(FailureBook book) {
    if (!book.story().isEmpty()) {
      headers.line(
          "x-fairlead-route-trace", HeaderText.safe(book.story(), HeaderText.MAX_TRACE_CHARS));
    }
  }

  private static boolean looksLikeJson(ByteSink text) {
    for (int i = 0; i < text.length(); i++) {
      byte b = text.array()[i];
      if (b > ' ') {
        return b == '{' || b == '[';
      }
    }
    return false;
  }

  private void rewrite(TargetRuntime by, FailureBook book) {
    if (!by.provider().speaksChat()) {
      AnthropicError error = new AnthropicError();
      error.read(book.status(), book.body().array(), 0, book.body().length());
      error.writeTo(body);
      return;
    }
    String message = scan.message();
    if (message.isEmpty()) {
      message = by.provider().name() + " answered with status " + book.status() + ".";
    }
    String type = scan.type();
    if (type.isEmpty()) {
      type = book.status() < 500 ? "invalid_request_error" : "upstream_error";
    }
    CallFailure.render(body, message, type, scan.param(), scan.code());
  }

  /**
   * Tells official SDKs, which repeat by themselves, whether that can help: it can if all there was
   * to say was "later", and a provider named a time that they wait for.
   */
  private void retryAdvice(FailureBook book) {
    long soonest = book.soonestNanos();
    if (soonest < 0) {
      headers.line("x-should-retry", "false");
      return;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(soonest + 999_999);
    headers.line("retry-after", String.valueOf((millis + 999) / 1_000));
    headers.line("retry-after-ms", String.valueOf(millis));
    boolean worthIt = book.onlyWaiting() && millis <= MAX_CLIENT_WAIT_MS;
    headers.line("x-should-retry", worthIt ? "true" : "false");
  }

  /** No provider gave an answer that the caller could use. */
  private int unanswered(Call call, FailureBook book) throws IOException {
    int status = status(call.control.failure(), book.last());
    String code =
        book.last() == FailureClass.ABANDONED
            ? "call_timeout"
            : "upstream_" + book.last().name().toLowerCase(Locale.ROOT);
    CallFailure.render(
        body,
        "No provider could answer after "
            + call.attempts
            + (call.attempts == 1 ? " attempt: " : " attempts: ")
            + book.story()
            + ".",
        status == 400 ? "invalid_request_error" : "upstream_error",
        status == 400 ? book.param() : null,
        book.last() == FailureClass.UNSUPPORTED ? book.code() : code);
    headers.begin(null).requestId(call.requestId);
    ending(call, book);
    call.http.respond(status, headers.lines(), body.array(), 0, body.length());
    return status;
  }

  /** Gives memory back and lets go of the provider's answer. */
  void trim() {
    body.trim(0);
    scan.forget();
  }

  private static int status(UpstreamException.@Nullable Kind stopped, FailureClass last) {
    if (stopped == UpstreamException.Kind.CALL_TIMEOUT) {
      return 504;
    }
    return switch (last) {
      case TIMEOUT, ABANDONED -> 504;
      case UNSUPPORTED, REFUSED, BAD_PARAMETER, CONTEXT_LENGTH, CONTENT_FILTER, TOO_LARGE -> 400;
      default -> 502;
    };
  }
}
