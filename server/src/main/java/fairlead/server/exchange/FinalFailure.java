package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.dialect.AnthropicError;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.routing.FailureClass;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call that could not be served, in OpenAI's error shape.
 *
 * <p>What a provider of the same wire said goes to the caller as it was: status, body, Retry-After.
 * Two things do not: what a provider says about <em>our</em> credentials (it may quote a key, and
 * it is not the caller's to mend), and pages that are not JSON. Official SDKs repeat failed calls
 * by themselves; {@code x-should-retry: false} tells them that the gateway has tried already,
 * unless the provider named a time when trying again makes sense.
 *
 * <p>Not thread-safe: one per connection. May allocate.
 */
final class FinalFailure {
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
    call.http.respond(failure.status(), headers.lines(), body.array(), 0, body.length());
  }

  /**
   * Answers after all attempts have failed.
   *
   * @return the status the caller got
   */
  int upstream(Call call, FailureBook book, int attempts) throws IOException {
    TargetRuntime by = book.answeredBy();
    body.clear();
    if (by == null) {
      return unanswered(call, book, attempts);
    }
    String contentType = null;
    scan.scan(book.body().array(), 0, book.body().length());
    if (by.provider().speaksChat() && looksLikeJson(book.body())) {
      body.append(book.body().array(), 0, book.body().length());
      contentType = book.contentType();
    } else {
      rewrite(by, book);
    }
    headers.begin(contentType == null || contentType.isEmpty() ? null : contentType);
    headers.requestId(call.requestId).target(by, call.dynamicModel).attempts(attempts);
    retryAdvice(book);
    call.http.respond(book.status(), headers.lines(), body.array(), 0, body.length());
    return book.status();
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

  private void retryAdvice(FailureBook book) {
    String after = book.retryAfter();
    String afterMs = book.retryAfterMs();
    if (after != null) {
      headers.line("retry-after", HeaderText.safe(after));
    }
    if (afterMs != null) {
      headers.line("retry-after-ms", HeaderText.safe(afterMs));
    }
    if (after == null && afterMs == null) {
      headers.line("x-should-retry", "false");
    }
  }

  /** No provider gave an answer that the caller could use. */
  private int unanswered(Call call, FailureBook book, int attempts) throws IOException {
    int status = status(call.control.failure(), book.last());
    String code =
        book.last() == FailureClass.ABANDONED
            ? "call_timeout"
            : "upstream_" + book.last().name().toLowerCase(Locale.ROOT);
    CallFailure.render(
        body,
        "No provider could answer after "
            + attempts
            + (attempts == 1 ? " attempt: " : " attempts: ")
            + book.story()
            + ".",
        status == 400 ? "invalid_request_error" : "upstream_error",
        status == 400 ? book.param() : null,
        book.last() == FailureClass.UNSUPPORTED ? book.code() : code);
    headers.begin(null).requestId(call.requestId).attempts(attempts);
    headers.line("x-should-retry", "false");
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
      case UNSUPPORTED, REFUSED -> 400;
      default -> 502;
    };
  }
}
