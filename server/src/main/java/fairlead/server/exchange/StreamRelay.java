package fairlead.server.exchange;

import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
import fairlead.routing.FailureClass;
import fairlead.server.config.Config;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passes one provider's event stream on to the caller, event by event.
 *
 * <p>Lifecycle of a stream: 1. <em>held</em>: nothing goes out, a failure is invisible and another
 * target may answer; 2. <em>committed</em> at the first event with content or a finish; from here a
 * failure ends in an error event and a cut connection; 3. <em>finished</em> after a finish reason:
 * only usage and the end mark may follow, and their absence is no failure.
 *
 * <p>Comments, pings, and empty or role-only deltas pass but do not re-arm the content clocks: a
 * provider that keeps a connection alive without saying anything is slow all the same.
 *
 * <p>Not thread-safe: one per connection. Several events that arrive together leave together, in
 * one write. Allocates nothing per event.
 */
final class StreamRelay {
  /** Wait for usage and end mark after the finish reason. */
  private static final long FINISH_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** What a provider may send before its first content: comments, role-only deltas. */
  private static final int MAX_HELD_BYTES = 1 << 20;

  private static final int KEEP_BYTES = 32 * 1024;

  private final SseReader reader = new SseReader();
  private final SseEvent event = new SseEvent();
  private final ByteSink out = new ByteSink(2 * 1024);

  private boolean committed;
  private boolean finished;
  private boolean done;
  private long gapDeadline;
  private FailureClass failureClass = FailureClass.SERVER_ERROR;

  /** How a relayed stream ended. */
  enum Ending {
    /** The caller has the whole answer. */
    COMPLETE,
    /** Nothing went out; the book says why. */
    FAILED_BEFORE_COMMIT,
    /** The caller got an error event and a cut connection. */
    FAILED_AFTER_COMMIT
  }

  /**
   * Relays until the stream ends, one way or the other.
   *
   * @param firstContentDeadline until when the first content must have come
   * @return how it ended; after {@link Ending#FAILED_BEFORE_COMMIT} the failure is in {@code book}
   * @throws IOException if the caller's connection broke
   */
  Ending relay(
      Call call,
      TargetRuntime target,
      UpstreamResponse response,
      AnswerStream answer,
      long firstContentDeadline,
      FailureBook book)
      throws IOException {
    reader.clear();
    out.clear();
    committed = false;
    finished = false;
    done = false;
    // Only what the gateway itself asked for is kept back; what a provider adds by itself passes.
    ProviderRuntime provider = target.provider();
    boolean ownQuestion = !provider.speaksChat() || provider.settings().streamUsage();
    answer.begin(call.usageWanted || !ownQuestion);
    gapDeadline = firstContentDeadline;
    call.control.clock(UpstreamException.Kind.FIRST_CONTENT_TIMEOUT, firstContentDeadline);
    try {
      String failure = pump(call, target, response, answer);
      call.served = answer.usage();
      if (failure != null) {
        return fail(call, target, failure, book);
      }
      answer.finish(out);
      flush(call);
      call.http.endStream();
      return Ending.COMPLETE;
    } finally {
      reader.clear();
      if (out.array().length > KEEP_BYTES) {
        out.trim(2 * 1024);
      }
    }
  }

  /** Reads and passes on; null once the answer is complete, else what went wrong. */
  private @Nullable String pump(
      Call call, TargetRuntime target, UpstreamResponse response, AnswerStream answer)
      throws IOException {
    while (!done) {
      int n;
      try {
        reader.reserve();
        n = response.read(reader.buffer(), reader.limit(), reader.room());
      } catch (UpstreamException e) {
        if (finished && e.kind() != UpstreamException.Kind.CANCELLED) {
          return null;
        }
        failureClass = Failures.classify(e.kind());
        return String.valueOf(e.getMessage());
      }
      if (n < 0) {
        reader.end();
      } else {
        reader.advance(n);
      }
      String failure = events(call, target, answer);
      if (failure != null) {
        return failure;
      }
      if (n < 0 && !done) {
        if (finished) {
          return null;
        }
        failureClass = FailureClass.SERVER_ERROR;
        return "the stream ended without a finish reason";
      }
    }
    return null;
  }

  /** Takes all whole events that are here and passes on what they gave, in one write. */
  private @Nullable String events(Call call, TargetRuntime target, AnswerStream answer)
      throws IOException {
    int seen = 0;
    while (reader.next(event)) {
      int signals = answer.accept(event, out);
      seen |= signals;
      if ((signals & (AnswerStream.ERROR | AnswerStream.MALFORMED)) != 0) {
        if (committed) {
          flush(call);
        }
        return brokenEvent(answer, signals);
      }
    }
    boolean wasFinished = finished;
    finished = answer.finished();
    done = (seen & AnswerStream.DONE) != 0;
    if (done && !finished) {
      failureClass = FailureClass.SERVER_ERROR;
      return "the stream ended without a finish reason";
    }
    commitIfDue(call, target, seen);
    if (committed) {
      // The end mark leaves together with whatever finish() adds, in one write.
      if (!done) {
        flush(call);
      }
      if (finished && !wasFinished) {
        gap(call, FINISH_GRACE_NANOS);
      } else if ((seen & AnswerStream.CONTENT) != 0 && !finished) {
        Config.Timeouts clocks = target.provider().settings().timeouts();
        gap(call, TimeUnit.MILLISECONDS.toNanos(clocks.idleMs()));
      }
    } else if (out.length() > MAX_HELD_BYTES) {
      failureClass = FailureClass.SERVER_ERROR;
      return "more than " + MAX_HELD_BYTES + " bytes came without any content";
    }
    return null;
  }

  private void gap(Call call, long nanos) {
    gapDeadline = System.nanoTime() + nanos;
    call.control.clock(UpstreamException.Kind.CONTENT_GAP_TIMEOUT, gapDeadline);
  }

  private String brokenEvent(AnswerStream answer, int signals) {
    if ((signals & AnswerStream.ERROR) != 0) {
      failureClass = Failures.ofError(answer.errorType(), answer.errorCode());
      return "error in the stream: "
          + Failures.tellable(failureClass, answer.errorType(), answer.errorMessage());
    }
    failureClass = FailureClass.SERVER_ERROR;
    return "an event of the stream is not valid";
  }

  private void commitIfDue(Call call, TargetRuntime target, int seen) throws IOException {
    if (!committed && (seen & (AnswerStream.CONTENT | AnswerStream.FINISH)) != 0) {
      committed = true;
      call.answeredNanos = System.nanoTime();
      target.provider().firstTokenSeconds().record(call.answeredNanos - call.attemptNanos);
      AnswerHeaders headers = call.headers.beginStream(call.relayedContentType);
      call.http.beginStream(200, call.answerLines(headers, target));
    }
  }

  /**
   * Sends what is there. The provider's clocks stand still meanwhile: a caller who reads slowly is
   * no fault of the provider's.
   */
  private void flush(Call call) throws IOException {
    if (out.isEmpty()) {
      return;
    }
    call.control.clock(UpstreamException.Kind.CALL_TIMEOUT, call.control.callDeadlineNanos());
    long before = System.nanoTime();
    call.http.write(out.array(), 0, out.length());
    out.clear();
    gapDeadline += System.nanoTime() - before;
    call.control.clock(UpstreamException.Kind.CONTENT_GAP_TIMEOUT, gapDeadline);
  }

  private Ending fail(Call call, TargetRuntime target, String reason, FailureBook book)
      throws IOException {
    book.unusable(target, failureClass, reason);
    if (!committed) {
      return Ending.FAILED_BEFORE_COMMIT;
    }
    if (call.control.failure() == UpstreamException.Kind.CANCELLED) {
      call.http.abort();
      return Ending.FAILED_AFTER_COMMIT;
    }
    out.clear();
    out.ascii("event: error\ndata: ");
    CallFailure.render(
        out,
        "The answer broke off: "
            + book.story()
            + ". What was sent so far is not complete; repeat the request.",
        "upstream_error",
        null,
        failureClass == FailureClass.TIMEOUT ? "stream_timeout" : "stream_broken");
    out.ascii("\n\n");
    flush(call);
    call.http.abort();
    return Ending.FAILED_AFTER_COMMIT;
  }

  /** Lets go of the last event. */
  void trim() {
    event.clear();
  }

  FailureClass failureClass() {
    return failureClass;
  }
}
