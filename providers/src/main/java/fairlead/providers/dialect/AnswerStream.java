package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.providers.wire.SseEvent;

/**
 * Turns one target's event stream into the caller's, event by event.
 *
 * <p>Not thread-safe; one per call or reusable after {@link #begin}. Same wire in and out: the
 * event's bytes are appended as they came, and only looked at.
 */
public interface AnswerStream {
  /** The event carries content: text, reasoning, a refusal or a part of a tool call, not empty. */
  int CONTENT = 1;

  /** A finish reason was seen. */
  int FINISH = 2;

  /** Token counts were seen. */
  int USAGE = 4;

  /** The provider reports an error; see {@link #errorMessage}. Nothing was appended. */
  int ERROR = 8;

  /** The wire's own end mark ({@code [DONE]}, {@code message_stop}). */
  int DONE = 16;

  /** The event cannot be understood; nothing was appended. */
  int MALFORMED = 32;

  /** A comment or a ping: the provider is alive and has nothing to say yet. */
  int ALIVE = 64;

  /**
   * Starts a new stream.
   *
   * @param usageWanted whether the caller asked for the usage chunk; if not, a chunk that holds
   *     nothing else is kept from them
   */
  void begin(boolean usageWanted);

  /**
   * Takes one event and appends what the caller shall receive for it, possibly nothing.
   *
   * @return the signals of this event, or-ed
   */
  int accept(SseEvent event, ByteSink out);

  /**
   * The provider's stream has ended after a finish: appends what the caller's wire still needs,
   * such as {@code data: [DONE]}, unless it was sent.
   */
  void finish(ByteSink out);

  /**
   * Whether everything that has begun is finished now: with several choices, all of them that were
   * seen. It can become false again when another choice begins.
   */
  boolean finished();

  /** The counts seen so far; owned by this stream. */
  Usage usage();

  /** The provider's own message, bounded, after {@link #ERROR}. */
  String errorMessage();

  /** The provider's own type or code, after {@link #ERROR}; empty when it gave none. */
  String errorType();

  /** The provider's own code, after {@link #ERROR}; empty when it gave none. */
  String errorCode();

  /** All that the error says of itself, after {@link #ERROR}: for its classification. */
  ErrorBodyScan error();
}
