package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.http.EventLoop;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
import fairlead.routing.FailureClass;
import java.io.IOException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes one provider's event stream on to the caller, event by event.
 *
 * <p>Lifecycle: 1. {@link #begin}; 2. {@link #prime} reads up to the first event with content or a
 * finish and holds everything back: a failure is invisible until then; 3. {@link #passOn} commits
 * and relays until the stream ends or breaks; 4. {@link #end}. After a finish reason only usage and
 * the end mark may follow, and their absence is no failure.
 *
 * <p>Empty or role-only deltas pass but do not re-arm the content clocks. Comments and pings that
 * repeat show that the provider is alive: they put the clocks off, up to a limit of their own. One
 * alone shows nothing, since some providers begin every stream with one.
 *
 * <p>A stream that has lasted a few milliseconds is relayed on an event loop where both sides allow
 * it, as long as nobody has to be waited for but the provider: the call's thread waits meanwhile,
 * and goes on with whatever is more than passing events.
 *
 * <p>Belongs to one thread at a time; whoever takes over must have seen {@link #prime} return.
 * Several events that arrive together leave together, in one write. Allocates nothing per event.
 */
final class StreamRelay {
  /** What a provider may send before its first content: comments, role-only deltas. */
  private static final int MAX_HELD_BYTES = 1 << 20;

  private static final int KEEP_BYTES = 32 * 1024;

  /** More than that is written in several chunks, and may have to wait. */
  private static final int MAX_TURN_BYTES = 16_000;

  private final SseReader reader = new SseReader();
  private final SseEvent event = new SseEvent();
  private final StreamClock clock = new StreamClock();
  private final ByteSink out = new ByteSink(512);

  private @Nullable UpstreamResponse response;
  private @Nullable AnswerStream answer;
  private @Nullable Rescue rescue;
  private int pending;
  private boolean committed;
  private boolean finished;
  private boolean done;
  private boolean ended;
  private String reason = "";

  // of the turns on a loop
  private final BooleanSupplier turn = this::turn;
  private @Nullable Call turning;
  private @Nullable FailureClass turnFailure;
  private @Nullable IOException callerFailure;

  /**
   * Starts with a response whose head has arrived.
   *
   * @param startedNanos when the attempt began
   * @param firstContentNanos when the first content must have come
   * @param idleNanos the longest pause between pieces of content
   * @param queueNanos the longest pause while the provider shows that it is alive
   * @param continuing null, or what keeps text from being sent twice when the caller has the
   *     beginning already
   */
  void begin(
      UpstreamResponse newResponse,
      AnswerStream newAnswer,
      CallControl control,
      long startedNanos,
      long firstContentNanos,
      long idleNanos,
      long queueNanos,
      @Nullable Rescue continuing) {
    reader.clear();
    out.clear();
    response = newResponse;
    answer = newAnswer;
    rescue = continuing;
    pending = 0;
    committed = false;
    finished = false;
    done = false;
    ended = false;
    clock.begin(control, startedNanos, firstContentNanos, idleNanos, queueNanos);
  }

  /**
   * Reads until there is something to commit.
   *
   * @return null when there is, else how it failed; {@link #reason} says more
   */
  @Nullable FailureClass prime() {
    while ((pending & (AnswerStream.CONTENT | AnswerStream.FINISH)) == 0) {
      if (out.length() > MAX_HELD_BYTES) {
        return failed(
            FailureClass.SERVER_ERROR,
            "more than " + MAX_HELD_BYTES + " bytes came without any content");
      }
      if (ended) {
        return incomplete();
      }
      FailureClass failure = read();
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /**
   * Sends what is there and relays the rest.
   *
   * @param call the caller's side; the head must have been started already
   * @return null once the caller has the whole answer, else how it broke
   * @throws IOException if the caller's connection broke
   */
  @Nullable FailureClass passOn(Call call) throws IOException {
    committed = true;
    clock.commit(call.answeredNanos);
    while (true) {
      if (!done) {
        // The end mark leaves together with whatever finish() adds, in one write.
        flush(call);
      }
      if (done || (ended && finished)) {
        return complete(call);
      }
      if (ended) {
        return incomplete();
      }
      rearm();
      FailureClass failure = clock.isSteady() ? readOnLoop(call) : read();
      if (failure != null) {
        flush(call);
        return failure;
      }
    }
  }

  /** Puts the clock off for what was passed on. */
  private void rearm() {
    int seen = pending;
    pending = 0;
    if (finished && (seen & AnswerStream.FINISH) != 0) {
      clock.finish();
    } else if ((seen & AnswerStream.CONTENT) != 0 && !finished) {
      clock.content();
    }
  }

  /** Like {@link #read}, and relays on a loop meanwhile if that is possible. */
  private @Nullable FailureClass readOnLoop(Call call) throws IOException {
    EventLoop loop = call.http.loop();
    if (loop == null) {
      return read();
    }
    turning = call;
    turnFailure = null;
    callerFailure = null;
    boolean turned = Objects.requireNonNull(response).turns(loop, turn);
    turning = null;
    if (!turned) {
      return read();
    }
    IOException broken = callerFailure;
    if (broken != null) {
      callerFailure = null;
      throw broken;
    }
    call.http.finishWriting();
    return turnFailure;
  }

  /**
   * Passes on what has come; on the loop.
   *
   * @return false if the call's thread has to go on: the stream ends or breaks, or the caller reads
   *     too slowly
   */
  private boolean turn() {
    FailureClass failure = read();
    if (failure != null || done || ended) {
      turnFailure = failure;
      return false;
    }
    if (!out.isEmpty()) {
      Call call = Objects.requireNonNull(turning);
      if (out.length() > MAX_TURN_BYTES) {
        return false;
      }
      try {
        call.sent(out);
        boolean all = call.http.writeNow(out.array(), 0, out.length());
        out.clear();
        if (!all) {
          return false;
        }
      } catch (IOException e) {
        callerFailure = e;
        return false;
      }
    }
    rearm();
    return true;
  }

  private @Nullable FailureClass complete(Call call) throws IOException {
    AnswerStream from = Objects.requireNonNull(answer);
    Rescue continuing = rescue;
    if (continuing != null) {
      FailureClass failure = continuing.finish(out);
      if (failure != null) {
        return failed(failure, continuing.reason());
      }
    }
    from.finish(out);
    flush(call);
    call.http.endStream();
    return null;
  }

  private FailureClass incomplete() {
    return failed(FailureClass.SERVER_ERROR, "the stream ended without a finish reason");
  }

  /** Takes what the provider sends next; null unless it failed. */
  private @Nullable FailureClass read() {
    UpstreamResponse from = Objects.requireNonNull(response);
    int n;
    try {
      reader.reserve();
      n = from.read(reader.buffer(), reader.limit(), reader.room());
    } catch (UpstreamException e) {
      if (finished && committed && !isStop(e.kind())) {
        ended = true;
        return null;
      }
      return failed(Failures.classify(e.kind()), String.valueOf(e.getMessage()));
    }
    if (n < 0) {
      reader.end();
      ended = true;
    } else {
      reader.advance(n);
    }
    return events();
  }

  private static boolean isStop(UpstreamException.Kind kind) {
    return kind == UpstreamException.Kind.CANCELLED || kind == UpstreamException.Kind.SUPERSEDED;
  }

  /** Takes all whole events that are here. */
  private @Nullable FailureClass events() {
    AnswerStream from = Objects.requireNonNull(answer);
    Rescue continuing = rescue;
    int seen = 0;
    while (reader.next(event)) {
      int signals =
          continuing == null ? from.accept(event, out) : continuing.accept(from, event, out);
      if ((signals & (AnswerStream.ERROR | AnswerStream.MALFORMED)) != 0) {
        pending |= seen;
        return brokenEvent(from, continuing, signals);
      }
      seen |= signals;
    }
    pending |= seen;
    finished = from.finished();
    done |= (seen & AnswerStream.DONE) != 0;
    if (done && !finished) {
      return incomplete();
    }
    if ((seen & AnswerStream.ALIVE) != 0 && (seen & AnswerStream.CONTENT) == 0 && !finished) {
      clock.alive();
    }
    return null;
  }

  private FailureClass brokenEvent(AnswerStream from, @Nullable Rescue continuing, int signals) {
    if (continuing != null && continuing.failure() != null) {
      return failed(Objects.requireNonNull(continuing.failure()), continuing.reason());
    }
    if ((signals & AnswerStream.ERROR) != 0) {
      FailureClass kind = Failures.ofError(from.error());
      return failed(
          kind,
          "error in the stream: " + Failures.tellable(kind, from.errorType(), from.errorMessage()));
    }
    return failed(FailureClass.SERVER_ERROR, "an event of the stream is not valid");
  }

  private FailureClass failed(FailureClass kind, String why) {
    reason = why;
    return kind;
  }

  /** Sends what is there; the provider's clock stands still meanwhile. */
  private void flush(Call call) throws IOException {
    if (out.isEmpty()) {
      return;
    }
    long paused = clock.pause();
    call.sent(out);
    call.http.write(out.array(), 0, out.length());
    out.clear();
    clock.resume(paused);
  }

  /** Lets go of the response and of large buffers. */
  void end() {
    reader.clear();
    event.clear();
    response = null;
    answer = null;
    rescue = null;
    clock.end();
    turning = null;
    if (out.array().length > KEEP_BYTES) {
      out.trim(2 * 1024);
    } else {
      out.clear();
    }
  }

  /** What went wrong, after a failure. */
  String reason() {
    return reason;
  }
}
