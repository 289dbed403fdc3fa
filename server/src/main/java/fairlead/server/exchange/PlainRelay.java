package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.Usage;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.dialect.AnthropicAnswer;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ChatAnswerScan;
import fairlead.routing.FailureClass;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Passes one provider's plain answer on to the caller.
 *
 * <p>Lifecycle: 1. {@link #begin}; 2. {@link #prime} holds an answer of up to {@value
 * #MAX_HELD_BYTES} bytes until it is whole and known to be sound, so that one that breaks off, is
 * no JSON or hides an error behind status 200 can still be asked for elsewhere; a longer one is
 * streamed from there on, and if it breaks off, so does the caller's connection; 3. {@link #passOn}
 * commits; 4. {@link #end}.
 *
 * <p>Belongs to one thread at a time; whoever takes over must have seen {@link #prime} return. The
 * buffer is kept up to {@value #KEEP_BYTES} bytes.
 */
final class PlainRelay {
  private static final int MAX_HELD_BYTES = 8 << 20;
  private static final int READ_BYTES = 4 * 1024;
  private static final int KEEP_BYTES = 32 * 1024;

  private final ByteSink answer = new ByteSink(0); // streams need none
  private final ByteSink translated = new ByteSink(0);
  private final ChatAnswerScan scan = new ChatAnswerScan();
  private @Nullable UpstreamResponse response;
  private @Nullable CallControl control;
  private @Nullable AnthropicAnswer translator;
  private long idleNanos;
  private boolean choicesDue;
  private boolean endless;
  private Usage usage = Call.NO_USAGE;
  private String reason = "";

  /**
   * Starts with a response whose head has arrived.
   *
   * @param newTranslator null for the same wire
   * @param newIdleNanos the longest pause within the body
   * @param newChoicesDue whether an answer is one only if it has choices
   */
  void begin(
      UpstreamResponse newResponse,
      CallControl newControl,
      @Nullable AnthropicAnswer newTranslator,
      long newIdleNanos,
      boolean newChoicesDue) {
    answer.clear();
    response = newResponse;
    control = newControl;
    translator = newTranslator;
    idleNanos = newIdleNanos;
    choicesDue = newChoicesDue;
    endless = false;
    usage = Call.NO_USAGE;
  }

  /**
   * Reads the answer and looks whether it is one.
   *
   * @return null when it can be committed, else how it failed; {@link #reason} says more
   */
  @Nullable FailureClass prime() {
    UpstreamResponse from = Objects.requireNonNull(response);
    try {
      while (true) {
        answer.reserve(READ_BYTES);
        if (!from.isReady()) {
          armGap();
        }
        int n = from.read(answer.array(), answer.length(), answer.room());
        if (n < 0) {
          return check();
        }
        answer.advance(n);
        if (answer.length() > MAX_HELD_BYTES) {
          if (translator != null || !endIsKnown(from)) {
            return broken("the answer is larger than " + MAX_HELD_BYTES + " bytes");
          }
          endless = true;
          return null;
        }
      }
    } catch (UpstreamException e) {
      return failed(Failures.classify(e.kind()), String.valueOf(e.getMessage()));
    }
  }

  private @Nullable FailureClass check() {
    AnthropicAnswer other = translator;
    if (other != null) {
      translated.clear();
      int signals = other.translate(answer.array(), 0, answer.length(), translated);
      if ((signals & AnswerStream.ERROR) != 0) {
        return hiddenError(other.errorType(), "", other.errorMessage());
      }
      if ((signals & AnswerStream.MALFORMED) != 0) {
        return broken("the answer is not a valid message");
      }
      usage = other.usage();
      return null;
    }
    if (!scan.scan(answer.array(), 0, answer.length())) {
      return broken("the answer is not valid JSON: " + scan.errorMessage());
    }
    if (scan.isError()) {
      return hiddenError(scan.error().type(), scan.error().code(), scan.error().message());
    }
    if (choicesDue && !scan.hasChoices()) {
      return broken("the answer has no choices");
    }
    // Its JSON is whole, so nothing is cut off: some servers give no finish reason, or an empty
    // one.
    if (choicesDue && !scan.finished() && !scan.hasContent()) {
      return broken("the answer has neither content nor a finish reason");
    }
    usage = scan.usage();
    return null;
  }

  /**
   * Sends the answer.
   *
   * @param headers the lines of its head
   * @return null once the caller has it, else how a long one broke; the connection is then cut
   * @throws IOException if the caller's connection broke
   */
  @Nullable FailureClass passOn(Call call, ByteSink headers) throws IOException {
    if (endless) {
      return streamRest(call, headers);
    }
    ByteSink body = translator == null ? answer : translated;
    call.http.respond(200, headers, body.array(), 0, body.length());
    call.capture.sent(
        call.operation, body.array(), 0, body.length(), translator == null ? scan : null);
    return null;
  }

  private @Nullable FailureClass streamRest(Call call, ByteSink headers) throws IOException {
    UpstreamResponse from = Objects.requireNonNull(response);
    call.capture.end();
    call.http.beginStream(200, headers);
    try {
      while (true) {
        call.http.write(answer.array(), 0, answer.length());
        answer.trim(KEEP_BYTES);
        answer.reserve(READ_BYTES);
        armGap();
        int n = from.read(answer.array(), 0, answer.room());
        if (n < 0) {
          call.answeredNanos = System.nanoTime();
          call.http.endStream();
          return null;
        }
        answer.advance(n);
      }
    } catch (UpstreamException e) {
      call.http.abort();
      return failed(Failures.classify(e.kind()), String.valueOf(e.getMessage()));
    }
  }

  /** A long body that ends with its connection could be cut without anybody's noticing. */
  private static boolean endIsKnown(UpstreamResponse response) {
    return response.header("content-length") != null
        || response.header("transfer-encoding") != null;
  }

  /** A body that has begun must go on: a pause as long as a stream's is a failure here too. */
  private void armGap() {
    Objects.requireNonNull(control)
        .clock(UpstreamException.Kind.CONTENT_GAP_TIMEOUT, System.nanoTime() + idleNanos);
  }

  private FailureClass hiddenError(String type, String code, String message) {
    FailureClass kind = Failures.ofError(type, code, message);
    return failed(kind, "error with status 200: " + Failures.tellable(kind, type, message));
  }

  private FailureClass broken(String why) {
    return failed(FailureClass.SERVER_ERROR, why);
  }

  private FailureClass failed(FailureClass kind, String why) {
    reason = why;
    return kind;
  }

  /** What went wrong, after a failure. */
  String reason() {
    return reason;
  }

  /** What the answer has cost, after {@link #prime}. */
  Usage usage() {
    return usage;
  }

  /**
   * Lets go of the response and of memory that only a large answer needed.
   *
   * @return whether it was large; who read it must let go of it too
   */
  boolean end() {
    response = null;
    control = null;
    translator = null;
    usage = Call.NO_USAGE;
    scan.forget();
    boolean large = answer.array().length > KEEP_BYTES;
    if (large) {
      answer.trim(0);
    }
    if (translated.array().length > KEEP_BYTES) {
      translated.trim(0);
    }
    return large;
  }
}
