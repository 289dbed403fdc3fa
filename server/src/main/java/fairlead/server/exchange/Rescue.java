package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.Continuation;
import fairlead.providers.wire.RequestScan;
import fairlead.providers.wire.SentAnswer;
import fairlead.providers.wire.SentText;
import fairlead.providers.wire.SseEvent;
import fairlead.routing.FailureClass;
import fairlead.server.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Continues a stream that broke after its first content, on another target, so that the caller gets
 * the whole text and no word of it twice.
 *
 * <p>Lifecycle of a call: 1. {@link #begin}; 2. {@link #sent} with everything that goes out; 3. if
 * the stream breaks and it is {@link #possible}: {@link #attempt} before each further target, which
 * either continues the text (it was sent along as the beginning of the answer) or starts anew (what
 * repeats the text is dropped); 4. {@link #accept} and {@link #finish} while that target answers.
 *
 * <p>It is only sound for plain text of one choice. Where tools, a response format, reasoning, log
 * probabilities or other modalities are asked for or were sent, the stream ends with an error.
 *
 * <p>Belongs to one thread at a time. Costs one pass over each event that is sent.
 */
final class Rescue {
  /**
   * A shorter text may well be repeated by a continuation that means it, and then nobody can tell
   * it from one that starts over; it is asked for anew, and compared.
   */
  private static final int MIN_PREFIX_BYTES = 8;

  /** Kept from call to call up to this size. */
  private static final int KEEP_BYTES = 16 * 1024;

  private final SentText text;
  private final ByteSink scratch = new ByteSink(0);
  private @Nullable Continuation continuation; // made for the first stream that breaks
  private Config.MidStream policy = Config.MidStream.ERROR;
  private boolean reading;
  private boolean collecting;
  private boolean active;
  private boolean prefixed;
  private boolean anewOnly;
  private @Nullable FailureClass failure;
  private String reason = "";

  /**
   * @param text the connection's, which is taken for other uses too
   */
  Rescue(SentText text) {
    this.text = text;
  }

  /** Starts a call, and decides whether its answer is worth remembering. */
  void begin(Call call, RequestScan request, Config.MidStream routePolicy) {
    policy = routePolicy;
    active = false;
    anewOnly = false;
    failure = null;
    collecting =
        routePolicy != Config.MidStream.ERROR
            && call.stream
            && call.operation != Operation.EMBEDDINGS
            && request.n() <= 1
            && !request.hasTools()
            && !request.hasResponseFormat();
    SentAnswer notes = call.capture.notes();
    reading = collecting || notes != null;
    if (reading) {
      text.begin(notes);
    }
  }

  /** Remembers what the caller is sent. */
  void sent(ByteSink events) {
    if (reading) {
      text.accept(events, 0);
    }
  }

  /** Whether the text that was sent can be continued. */
  boolean possible() {
    return collecting && text.sound() && !text.overflowed();
  }

  /** Why it cannot, for people. */
  String whyNot() {
    if (policy == Config.MidStream.ERROR) {
      return "the route's mid_stream is error";
    }
    return collecting
        ? "what was sent is not plain text of one choice"
        : "only plain text of one choice, without tools and formats, can be continued";
  }

  /** Whether a stream has broken and another target is to continue it. */
  boolean active() {
    return active;
  }

  /** A stream has broken: from here on, whoever is asked continues it. */
  void activate() {
    active = true;
  }

  /**
   * Prepares for the answer of the next target.
   *
   * @param canContinue whether that target continues the beginning of an answer
   * @return whether the text is to be sent along as the beginning of the answer
   */
  boolean attempt(boolean canContinue) {
    failure = null;
    reason = "";
    prefixed =
        canContinue
            && !anewOnly
            && policy == Config.MidStream.RESUME
            && text.length() >= MIN_PREFIX_BYTES
            && !blank();
    joining()
        .begin(
            text.array(),
            text.length(),
            prefixed ? Continuation.Mode.PREFIX : Continuation.Mode.RESTART);
    return prefixed;
  }

  private Continuation joining() {
    Continuation made = continuation;
    if (made == null) {
      made = new Continuation();
      continuation = made;
    }
    return made;
  }

  private boolean blank() {
    for (int i = 0; i < text.length(); i++) {
      if (text.array()[i] > ' ' || text.array()[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /** The form was refused: from here on the text is only asked for anew. */
  void onlyAnew() {
    anewOnly = true;
  }

  /** The text that was sent, in UTF-8; its length is {@link SentText#length}. */
  SentText text() {
    return text;
  }

  /** Whether the present attempt continues the text, and does not start anew. */
  boolean prefixed() {
    return prefixed;
  }

  /**
   * Takes one event of the target that continues.
   *
   * @return the signals of {@link AnswerStream}; MALFORMED also where {@link #failure} says why
   */
  int accept(AnswerStream answer, SseEvent event, ByteSink out) {
    scratch.clear();
    int signals = answer.accept(event, scratch);
    if ((signals & (AnswerStream.ERROR | AnswerStream.MALFORMED)) != 0) {
      return signals;
    }
    return switch (joining().accept(scratch, 0, out)) {
      case Continuation.DIVERGED ->
          fail(signals, "the new answer differs from the text that was sent already");
      case Continuation.UNSOUND -> fail(signals, "the new answer is not plain text of one choice");
      default -> signals;
    };
  }

  private int fail(int signals, String why) {
    failure = FailureClass.UNSUPPORTED;
    reason = why;
    return signals | AnswerStream.MALFORMED;
  }

  /**
   * The target's stream has ended after a finish.
   *
   * @return null if the caller has the whole text now
   */
  @Nullable FailureClass finish(ByteSink out) {
    int last = joining().finish(out);
    if (last == Continuation.DIVERGED || last == Continuation.UNSOUND) {
      failure = FailureClass.UNSUPPORTED;
      reason = "the new answer ended before it had repeated what was sent already";
    }
    return failure;
  }

  /** The target answered without a stream. */
  FailureClass noStream() {
    failure = FailureClass.UNSUPPORTED;
    reason = "the new answer is no stream";
    return FailureClass.UNSUPPORTED;
  }

  /** Why the present attempt cannot be used, or null. */
  @Nullable FailureClass failure() {
    return failure;
  }

  String reason() {
    return reason;
  }

  /** Gives memory back that only a long answer needed. */
  void end() {
    if (reading) {
      reading = false;
      collecting = false;
      text.forget();
    }
    if (active) {
      active = false;
      joining().forget();
      scratch.trim(KEEP_BYTES);
    }
  }
}
