package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;

/**
 * One wire form in which a simulated answer is written: a plain body, or a stream's parts in the
 * order of the methods.
 *
 * <p>Not thread-safe; one per answer. Events end in LF; who wants CRLF converts them.
 */
interface SimulatedWire {
  /** The whole answer as one JSON object. */
  void plain(ByteSink out);

  /** The first event: a role, or {@code message_start}. */
  void role(ByteSink out);

  /** What must precede the first token. */
  void beforeTokens(ByteSink out);

  /** One token; empty for a delta without content. */
  void token(ByteSink out, String token);

  /** The finish reason, with usage where the wire has it there. */
  void finish(ByteSink out);

  /** A chunk that has usage only; nothing when it is not wanted or not this wire's way. */
  void usage(ByteSink out);

  /** The wire's end mark. */
  void done(ByteSink out);

  /** An error event in the middle of a stream. */
  void errorEvent(ByteSink out);
}
