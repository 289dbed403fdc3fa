package fairlead.jmh;

import fairlead.providers.UpstreamException;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;

/**
 * A streamed answer on its way from bytes read to bytes to write, without sockets. Not thread-safe;
 * allocates nothing.
 */
final class EventRelay {
  private final byte[] body;
  private final SseReader reader = new SseReader();
  private final SseEvent event = new SseEvent();
  private final ByteSink out = new ByteSink(64 << 10);

  EventRelay(byte[] body) {
    this.body = body;
  }

  /**
   * Relays the whole answer.
   *
   * @param piece how many bytes arrive at once, at most
   * @return bytes written and tokens counted, so that nothing of the work can be left out
   * @throws IllegalStateException if the stream did not end well
   */
  long through(AnswerStream stream, int piece) throws UpstreamException {
    reader.clear();
    stream.begin(false);
    long written = 0;
    int at = 0;
    while (at < body.length) {
      reader.reserve();
      int count = Math.min(piece, Math.min(reader.room(), body.length - at));
      System.arraycopy(body, at, reader.buffer(), reader.limit(), count);
      reader.advance(count);
      at += count;
      out.clear();
      while (reader.next(event)) {
        int signals = stream.accept(event, out);
        if ((signals & (AnswerStream.ERROR | AnswerStream.MALFORMED)) != 0) {
          throw new IllegalStateException("signals " + signals + " of " + event.data());
        }
      }
      written += out.length();
    }
    if (!stream.finished()) {
      throw new IllegalStateException("not finished after " + written + " bytes");
    }
    return written + stream.usage().totalTokens();
  }
}
