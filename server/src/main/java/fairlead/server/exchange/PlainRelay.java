package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.dialect.AnthropicAnswer;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ChatAnswerScan;
import fairlead.routing.FailureClass;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passes one provider's plain answer on to the caller.
 *
 * <p>An answer of up to {@value #MAX_HELD_BYTES} bytes is held until it is whole and known to be
 * sound, so that one that breaks off, is no JSON or hides an error behind status 200 can still be
 * asked for elsewhere. A longer one is committed then and streamed on; if it breaks off, so does
 * the caller's connection.
 *
 * <p>Not thread-safe: one per connection. The buffer is kept up to {@value #KEEP_BYTES} bytes.
 */
final class PlainRelay {
  private static final int MAX_HELD_BYTES = 8 << 20;
  private static final int READ_BYTES = 4 * 1024;
  private static final int KEEP_BYTES = 32 * 1024;

  private final ByteSink answer = new ByteSink(READ_BYTES);
  private final ByteSink translated = new ByteSink(0);
  private final ChatAnswerScan scan = new ChatAnswerScan();
  private FailureClass failureClass = FailureClass.SERVER_ERROR;
  private boolean committed;

  /**
   * Relays the answer as it is or, with a translator, in the caller's wire.
   *
   * @param translator null for the same wire
   * @return null once the caller has the whole answer, else what went wrong; then {@link
   *     #failureClass} and {@link #committed} say more
   * @throws IOException if the caller's connection broke
   */
  @Nullable String relay(
      Call call,
      TargetRuntime target,
      UpstreamResponse response,
      @Nullable AnthropicAnswer translator)
      throws IOException {
    answer.clear();
    committed = false;
    try {
      while (true) {
        answer.reserve(READ_BYTES);
        armGap(call, target);
        int n = response.read(answer.array(), answer.length(), answer.room());
        if (n < 0) {
          break;
        }
        answer.advance(n);
        if (answer.length() > MAX_HELD_BYTES) {
          if (translator != null || !endIsKnown(response)) {
            return broken("the answer is larger than " + MAX_HELD_BYTES + " bytes");
          }
          streamRest(call, target, response);
          return null;
        }
      }
      call.answeredNanos = System.nanoTime();
      return deliver(call, target, translator);
    } catch (UpstreamException e) {
      failureClass = Failures.classify(e.kind());
      if (committed) {
        call.http.abort();
      }
      return String.valueOf(e.getMessage());
    }
  }

  private @Nullable String deliver(
      Call call, TargetRuntime target, @Nullable AnthropicAnswer translator) throws IOException {
    ByteSink body = answer;
    if (translator != null) {
      translated.clear();
      int signals = translator.translate(answer.array(), 0, answer.length(), translated);
      if ((signals & AnswerStream.ERROR) != 0) {
        return hiddenError(translator.errorType(), "", translator.errorMessage());
      }
      if ((signals & AnswerStream.MALFORMED) != 0) {
        return broken("the answer is not a valid message");
      }
      call.served = translator.usage();
      body = translated;
    } else {
      if (!scan.scan(answer.array(), 0, answer.length())) {
        return broken("the answer is not valid JSON: " + scan.errorMessage());
      }
      if (scan.isError()) {
        return hiddenError(scan.error().type(), scan.error().code(), scan.error().message());
      }
      call.served = scan.usage();
    }
    committed = true;
    call.http.respond(
        200,
        call.answerLines(call.headers.begin(call.relayedContentType), target),
        body.array(),
        0,
        body.length());
    return null;
  }

  private void streamRest(Call call, TargetRuntime target, UpstreamResponse response)
      throws IOException {
    call.answeredNanos = System.nanoTime();
    committed = true;
    call.http.beginStream(
        200, call.answerLines(call.headers.begin(call.relayedContentType), target));
    while (true) {
      call.http.write(answer.array(), 0, answer.length());
      answer.trim(KEEP_BYTES);
      answer.reserve(READ_BYTES);
      armGap(call, target);
      int n = response.read(answer.array(), 0, answer.room());
      if (n < 0) {
        call.answeredNanos = System.nanoTime();
        call.http.endStream();
        return;
      }
      answer.advance(n);
    }
  }

  /** A long body that ends with its connection could be cut without anybody's noticing. */
  private static boolean endIsKnown(UpstreamResponse response) {
    return response.header("content-length") != null
        || response.header("transfer-encoding") != null;
  }

  /** A body that has begun must go on: a pause as long as a stream's is a failure here too. */
  private static void armGap(Call call, TargetRuntime target) {
    call.control.clock(
        UpstreamException.Kind.CONTENT_GAP_TIMEOUT,
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(target.provider().settings().timeouts().idleMs()));
  }

  private String hiddenError(String type, String code, String message) {
    failureClass = Failures.ofError(type, code);
    return "error with status 200: " + Failures.tellable(failureClass, type, message);
  }

  private String broken(String reason) {
    failureClass = FailureClass.SERVER_ERROR;
    return reason;
  }

  FailureClass failureClass() {
    return failureClass;
  }

  /** Whether the caller may have received a part of the answer. */
  boolean committed() {
    return committed;
  }

  /**
   * Gives memory back that only a large answer needed.
   *
   * @return whether it was large; who read it must let go of it too
   */
  boolean trim() {
    scan.forget();
    boolean large = answer.array().length > KEEP_BYTES;
    if (large) {
      answer.trim(READ_BYTES);
    }
    if (translated.array().length > KEEP_BYTES) {
      translated.trim(0);
    }
    return large;
  }
}
