package fairlead.server.caching;

import fairlead.providers.Operation;
import fairlead.providers.Usage;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ChatAnswerScan;
import fairlead.providers.wire.SentAnswer;
import fairlead.providers.wire.SentText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a caller is sent, up to a bound, so that it can be stored.
 *
 * <p>Lifecycle: 1. {@link #begin}; 2. {@link #sent} with what went out, a stream piece by piece; 3.
 * {@link #take} once the answer is complete; 4. {@link #end}. Without a {@code begin}, or beyond
 * the bound, what is sent is passed over.
 *
 * <p>Not thread-safe: one per connection, which holds nothing between calls. A plain answer stays
 * where it is until it is taken: then one copy is made, the one that is stored. Of a stream of text
 * nothing is kept but the text, which is collected for another reason too, and about 1 KB; of any
 * other stream all events.
 */
public final class AnswerCapture {
  /** The events of a stream are in so many times the bytes what they amount to. */
  private static final int EVENTS_FACTOR = 16;

  private static final int LARGEST = Integer.MAX_VALUE / 2;
  private static final byte[] NOTHING = {};

  private int maxBytes;
  private boolean on;
  private byte @Nullable [] plain;
  private int plainFrom;
  private int plainTo;
  private boolean known;
  private StorableAnswer.@Nullable Reason reason;
  private @Nullable SentAnswer notes;
  private @Nullable ByteSink events;
  private byte[] answer = NOTHING;

  /**
   * Starts to collect.
   *
   * @param newMaxBytes a longer answer is not stored
   * @param stream whether the answer may be a stream
   */
  public void begin(int newMaxBytes, boolean stream) {
    maxBytes = newMaxBytes;
    on = true;
    plain = null;
    known = false;
    reason = null;
    events = null;
    notes = null;
    if (stream) {
      SentAnswer made = new SentAnswer();
      made.begin();
      notes = made;
    }
  }

  /** Whether all that was sent so far is here. */
  public boolean isOn() {
    return on;
  }

  /** Takes what a stream says beside its text, for {@link SentText#begin}; null: not needed. */
  public @Nullable SentAnswer notes() {
    return on ? notes : null;
  }

  /**
   * Takes the body of an answer that is no stream.
   *
   * @param bytes must stay as they are until {@link #end}
   * @param scan what was found in it; null if nobody has looked
   */
  public void sent(
      Operation operation, byte[] bytes, int offset, int length, @Nullable ChatAnswerScan scan) {
    if (!on) {
      return;
    }
    known = scan != null;
    reason =
        scan == null
            ? length > maxBytes ? StorableAnswer.Reason.TOO_LARGE : null
            : StorableAnswer.check(operation, scan, length, maxBytes);
    if (reason == null) {
      plain = bytes;
      plainFrom = offset;
      plainTo = offset + length;
    }
  }

  /** Takes whole events of a stream, which {@code text} has taken before. */
  public void sent(ByteSink piece, SentText text) {
    SentAnswer noted = notes;
    if (!on || noted == null || noted.isOpen()) {
      return;
    }
    ByteSink all = events;
    int from = 0;
    if (all == null) {
      all = new ByteSink(Math.max(piece.length(), 1 << 10));
      events = all;
      noted.writeEvent(text, all);
      from = noted.stoppedAt();
    }
    int length = piece.length() - from;
    if (length > Math.min((long) maxBytes * EVENTS_FACTOR, LARGEST) - all.length()) {
      end();
      return;
    }
    all.append(piece.array(), from, length);
  }

  /** About how many bytes the answer has. */
  public int roughBytes(SentText text) {
    ByteSink all = events;
    if (plain != null) {
      return plainTo - plainFrom;
    }
    return all != null ? all.length() / EVENTS_FACTOR : text.length();
  }

  /** Whether no event of a stream has had to be kept. */
  boolean isOpen() {
    SentAnswer noted = notes;
    return noted != null && noted.isOpen();
  }

  /** Whether all that a stream has said is its text and the notes on it. */
  boolean isPlainStream(SentText text) {
    return isOpen() && text.sound();
  }

  /**
   * Whether {@link #take} makes the answer. If not, {@link #read} does.
   *
   * @param streamed whether what was sent is a stream
   */
  public boolean isKnown(boolean streamed, SentText text) {
    return streamed ? isPlainStream(text) : known;
  }

  /**
   * Makes the answer of what was sent, from what is known of it.
   *
   * @param usage what the provider has counted: the caller of a stream may have been sent nothing
   *     of it
   * @return null if it may be kept: it is {@link #answer} then
   */
  public StorableAnswer.@Nullable Reason take(boolean streamed, SentText text, Usage usage) {
    SentAnswer noted = notes;
    if (streamed && noted != null) {
      return plainStream(noted, text, usage);
    }
    if (reason == null) {
      byte[] whole = copyOfPlain();
      answer = whole == null ? NOTHING : whole;
    }
    return reason;
  }

  private byte @Nullable [] copyOfPlain() {
    byte[] from = plain;
    return from == null ? null : Arrays.copyOfRange(from, plainFrom, plainTo);
  }

  /** As {@link #take}, after reading all of what was sent. */
  public StorableAnswer.@Nullable Reason read(
      Operation operation,
      boolean streamed,
      Usage usage,
      StreamAssembler assembler,
      StorableAnswer storable) {
    byte[] whole = streamed ? assembled(usage, assembler) : copyOfPlain();
    if (whole == null) {
      return reason == null ? StorableAnswer.Reason.MALFORMED : reason;
    }
    answer = whole;
    return storable.check(operation, whole, maxBytes);
  }

  private byte @Nullable [] assembled(Usage usage, StreamAssembler assembler) {
    ByteSink all = events;
    if (all == null) {
      return null;
    }
    ByteSink made = new ByteSink(all.length() / 4 + 256);
    return assembler.assemble(all.array(), 0, all.length(), usage, made)
        ? made.toByteArray()
        : null;
  }

  private StorableAnswer.@Nullable Reason plainStream(
      SentAnswer noted, SentText text, Usage usage) {
    if (!noted.isComplete()) {
      return StorableAnswer.Reason.MALFORMED;
    }
    if (!noted.isStopped()) {
      return StorableAnswer.Reason.NOT_FINISHED;
    }
    if (text.length() == 0) {
      return StorableAnswer.Reason.EMPTY;
    }
    ByteSink made = new ByteSink(text.length() + text.length() / 8 + noted.length() + 256);
    noted.write(text, usage, made);
    if (made.length() > maxBytes) {
      return StorableAnswer.Reason.TOO_LARGE;
    }
    answer = made.toByteArray();
    return null;
  }

  /** The whole answer as it would be without a stream, after {@link #take}. */
  public byte[] answer() {
    return answer;
  }

  /** Lets go of what was collected. */
  public void end() {
    on = false;
    plain = null;
    events = null;
    notes = null;
    answer = NOTHING;
  }
}
