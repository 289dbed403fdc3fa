package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ChatChunkScan;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.providers.wire.SseEvent;
import java.nio.charset.StandardCharsets;

/**
 * The same wire in and out: events of the chat and legacy completion streams pass byte for byte.
 *
 * <p>Not thread-safe; reusable after {@link #begin}. Cost: one pass over each event's data and one
 * copy of its bytes, no allocation except for errors.
 *
 * <p>A stream is finished when every choice that was seen has a finish reason; or, because
 * Snowflake sends none, when a chunk of nothing but usage and then the end mark came. An end mark
 * without either is signalled and not passed on: to the official clients it would make a cut answer
 * look whole.
 */
public final class ChatRelayStream implements AnswerStream {
  private static final byte[] DONE_DATA = ascii("[DONE]");
  private static final byte[] DONE_EVENT = ascii("data: [DONE]\n\n");
  private static final byte[] ERROR_NAME = ascii("error");

  private final ChatChunkScan chunk = new ChatChunkScan();
  private final ErrorBodyScan namedError = new ErrorBodyScan();

  private ErrorBodyScan error = namedError;
  private boolean usageWanted;
  private boolean doneSent;
  private boolean summed;
  private long seen;
  private long finished;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void begin(boolean usageWanted) {
    this.usageWanted = usageWanted;
    doneSent = false;
    summed = false;
    seen = 0;
    finished = 0;
    namedError.clear();
    error = namedError;
    chunk.begin();
  }

  /** Lets go of the last event; only the counts stay. */
  public void forget() {
    chunk.forget();
    namedError.forget();
  }

  @Override
  public int accept(SseEvent event, ByteSink out) {
    ByteRange data = event.data();
    if (is(event.name(), ERROR_NAME)) {
      namedError.scan(data.array(), data.start(), data.end());
      error = namedError;
      return ERROR;
    }
    if (data.isEmpty()) {
      pass(event, out);
      return ALIVE;
    }
    if (is(data, DONE_DATA)) {
      return done(event, out);
    }
    int signals = chunk.scan(data.array(), data.start(), data.end());
    if ((signals & (ERROR | MALFORMED)) != 0) {
      error = chunk.error();
      return signals;
    }
    seen |= chunk.choicesSeen();
    finished |= chunk.choicesFinished();
    if ((signals & FINISH) != 0 && !isFinished()) {
      signals &= ~FINISH;
    }
    summed |= chunk.usageOnly();
    if (usageWanted || !chunk.usageOnly()) {
      pass(event, out);
    }
    return signals;
  }

  private int done(SseEvent event, ByteSink out) {
    int signals = DONE;
    if (!isFinished() && summed && seen != 0 && finished == 0) {
      finished = seen;
      signals |= FINISH;
    }
    if (isFinished()) {
      pass(event, out);
      doneSent = true;
    }
    return signals;
  }

  private boolean isFinished() {
    return seen != 0 && finished == seen;
  }

  private static boolean is(ByteRange range, byte[] word) {
    int start = range.start();
    int end = range.end();
    byte[] a = range.array();
    while (end > start && a[end - 1] == ' ') {
      end--;
    }
    if (end - start != word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (a[start + i] != word[i]) {
        return false;
      }
    }
    return true;
  }

  /** Appends the event as it came; one that the end of the body cut short gets its blank line. */
  private static void pass(SseEvent event, ByteSink out) {
    ByteRange whole = event.whole();
    out.append(whole.array(), whole.start(), whole.length());
    int rest = withoutLineEnd(whole.array(), whole.start(), whole.end());
    if (rest == whole.end()) {
      out.append((byte) '\n').append((byte) '\n');
    } else if (withoutLineEnd(whole.array(), whole.start(), rest) == rest && rest > whole.start()) {
      out.append((byte) '\n');
    }
  }

  private static int withoutLineEnd(byte[] a, int start, int end) {
    if (end > start && a[end - 1] == '\n') {
      end--;
      return end > start && a[end - 1] == '\r' ? end - 1 : end;
    }
    return end > start && a[end - 1] == '\r' ? end - 1 : end;
  }

  @Override
  public void finish(ByteSink out) {
    if (isFinished() && !doneSent) {
      out.append(DONE_EVENT);
      doneSent = true;
    }
  }

  @Override
  public boolean finished() {
    return isFinished();
  }

  @Override
  public Usage usage() {
    return chunk.usage();
  }

  @Override
  public String errorMessage() {
    return error.message();
  }

  @Override
  public String errorCode() {
    return error.code();
  }

  @Override
  public String errorType() {
    return error.type().isEmpty() ? error.code() : error.type();
  }

  @Override
  public ErrorBodyScan error() {
    return error;
  }
}
