package fairlead.providers.wire;

/**
 * Stands between a second target's stream and a caller who already has the beginning of the answer:
 * lets through what follows that beginning and nothing twice.
 *
 * <p>Not thread-safe, reusable after {@link #begin}. Works on events of the chat or legacy
 * completion wire, as an answer stream writes them. The second target's own words are compared with
 * what was sent, decoded, so that it does not matter how either has escaped them. The chunk in
 * which the new text begins is rewritten; those after it pass byte for byte, except that a role is
 * cut out, because clients that join deltas would join it to the first one.
 *
 * <p>Cost: one pass over each event; memory: the text held back, at most what was sent, and one
 * event.
 */
public final class Continuation {
  /** What the second target was asked for. */
  public enum Mode {
    /** The same again: its text must repeat what was sent byte for byte. */
    RESTART,
    /**
     * To go on: it was given what was sent, without white space at the end. If it starts over all
     * the same, that is recognised.
     */
    PREFIX
  }

  /** Nothing new: the events only repeated, or it is not decided yet what they are. */
  public static final int HELD = 0;

  /** Something was appended for the caller. */
  public static final int PASSED = 1;

  /** The text is another one than was sent: nothing may follow. Nothing was appended. */
  public static final int DIVERGED = 2;

  /**
   * The stream brings what cannot be joined to sent text: tool calls, reasoning, a refusal, audio,
   * log probabilities, a second choice. Nothing was appended.
   */
  public static final int UNSOUND = 3;

  /** So many equal characters are no accident: the target has started over. */
  private static final int CHARACTERS_OF_A_RESTART = 24;

  private static final int MAX_IDLE_BYTES = 16 * 1024;
  private static final byte[] NONE = {};

  private final EventCut cut = new EventCut();
  private final ChunkText chunk = new ChunkText();

  /** Escaped text that is held back until it is known what it is. */
  private final ByteSink held = new ByteSink(0);

  /** An event without its text, that held text can be sent in if no other event comes. */
  private final ByteSink carrier = new ByteSink(0);

  /** Where in it the text goes. */
  private int carrierText;

  private final byte[] decoded = new byte[4];
  private byte[] sent = NONE;
  private int sentEnd;
  private Mode mode = Mode.RESTART;
  private State state = State.COMPARING;

  /** How much of the sent text was repeated. */
  private int matched;

  private int matchedCharacters;
  private int highSurrogate;

  /** How much of the sent text's white space at the end was repeated by a continuation. */
  private int whiteAt;

  private enum State {
    /** What came so far is how the sent text begins. */
    COMPARING,
    /** It is a continuation, and all of it was white space that the caller has. */
    WHITE,
    PASSING,
    DIVERGED,
    UNSOUND
  }

  /**
   * Starts with a new second stream.
   *
   * @param sentUtf8 the text that the caller has; it must stay until {@link #caughtUp}
   */
  public void begin(byte[] sentUtf8, int length, Mode newMode) {
    sent = sentUtf8;
    sentEnd = length;
    mode = newMode;
    held.trim(MAX_IDLE_BYTES);
    carrier.trim(MAX_IDLE_BYTES);
    matched = 0;
    matchedCharacters = 0;
    highSurrogate = 0;
    whiteAt = Utf8.trimmedEnd(sentUtf8, 0, length);
    state = length == 0 ? State.PASSING : State.COMPARING;
  }

  /** Lets go of all texts. */
  public void forget() {
    begin(NONE, 0, Mode.RESTART);
    cut.forget();
    chunk.forget();
  }

  /** Whether all that comes now is new to the caller. */
  public boolean caughtUp() {
    return state == State.PASSING;
  }

  /**
   * Takes the events in {@code events} from {@code start} on and appends what the caller shall get.
   *
   * @return {@link #HELD}, {@link #PASSED}, {@link #DIVERGED} or {@link #UNSOUND}; the last two
   *     stay
   */
  public int accept(ByteSink events, int start, ByteSink out) {
    int mark = out.length();
    cut.begin(events.array(), start, events.length());
    while (cut.next() && state != State.DIVERGED && state != State.UNSOUND) {
      if (!cut.hasData()) {
        passIfCaughtUp(out); // a comment
      } else if (cut.isDone()) {
        end(out);
        passIfCaughtUp(out);
      } else {
        chunk(out);
      }
    }
    return outcome(mark, out);
  }

  /**
   * The second stream has ended: releases what was held, or finds that it ended before it had
   * repeated all that was sent.
   *
   * @return as {@link #accept}
   */
  public int finish(ByteSink out) {
    int mark = out.length();
    end(out);
    return outcome(mark, out);
  }

  private int outcome(int mark, ByteSink out) {
    if (state == State.DIVERGED || state == State.UNSOUND) {
      out.truncate(mark);
      return state == State.DIVERGED ? DIVERGED : UNSOUND;
    }
    return out.length() > mark ? PASSED : HELD;
  }

  private void passIfCaughtUp(ByteSink out) {
    if (state == State.PASSING) {
      out.append(cut.array(), cut.start(), cut.end() - cut.start());
    }
  }

  private void chunk(ByteSink out) {
    if (!chunk.scan(cut.array(), cut.dataStart(), cut.dataEnd()) || !chunk.sound()) {
      state = State.UNSOUND;
      return;
    }
    if (state == State.PASSING) {
      pass(out);
      return;
    }
    boolean sentText = false;
    if (chunk.hasText()) {
      sentText =
          state == State.WHITE
              ? afterWhite(chunk.textStart(), chunk.textEnd(), out)
              : compare(chunk.textStart(), chunk.textEnd(), out);
    }
    if (chunk.finish() && !sentText && state != State.DIVERGED) {
      boolean carriesText = state == State.COMPARING && chunk.hasText();
      int at = carriesText ? decide() : 0;
      if (carriesText && state == State.PASSING) {
        rewrite(held.array(), at, held.length(), chunk.textEnd(), out);
        held.clear();
        return;
      }
      end(out);
      if (state == State.PASSING) {
        rewrite(NONE, 0, 0, chunk.textEnd(), out); // the finish is new, its text is not
      }
    }
  }

  /** An event of a stream that has caught up. */
  private void pass(ByteSink out) {
    boolean silent =
        chunk.hasChoice() && !chunk.hasText() && !chunk.finish() && chunk.roleCutStart() >= 0;
    if (silent) {
      return;
    }
    if (chunk.roleCutStart() < 0) {
      passIfCaughtUp(out);
    } else {
      rewrite(NONE, 0, 0, chunk.textStart(), out);
    }
  }

  /**
   * Compares text with what was sent.
   *
   * @return whether the present event was appended
   */
  private boolean compare(int from, int to, ByteSink out) {
    byte[] a = cut.array();
    int at = from;
    while (at < to && matched < sentEnd) {
      int after = repeats(a, at, to);
      if (after < 0) {
        return differs(from, to, out);
      }
      at = after;
    }
    if (matched == sentEnd && highSurrogate == 0) {
      state = State.PASSING;
      held.clear();
      if (at == to) {
        return false;
      }
      rewrite(NONE, 0, 0, at, out);
      return true;
    }
    if (mode == Mode.PREFIX) {
      held.append(a, from, to - from);
      keepCarrier();
    }
    return false;
  }

  /** The index after the next character if it is the next one that was sent, or -1. */
  private int repeats(byte[] a, int at, int to) {
    int width = 1;
    int length = 1;
    if (a[at] == '\\') {
      int c = JsonText.unit(a, at);
      width = a[at + 1] == 'u' ? 6 : 2;
      boolean low = c >= 0xdc00 && c < 0xe000;
      if (highSurrogate != 0 && low) {
        c = JsonText.pair(highSurrogate, c);
        highSurrogate = 0;
      } else if (highSurrogate != 0 || low) {
        return -1;
      } else if (c >= 0xd800 && c < 0xdc00) {
        highSurrogate = c;
        return at + width;
      }
      length = JsonText.encode(c, decoded, 0);
    } else if (highSurrogate != 0) {
      return -1;
    } else {
      while (at + width < to && (a[at + width] & 0xc0) == 0x80) {
        width++;
      }
      length = width;
      System.arraycopy(a, at, decoded, 0, width);
    }
    if (length > sentEnd - matched) {
      return -1;
    }
    for (int i = 0; i < length; i++) {
      if (sent[matched + i] != decoded[i]) {
        return -1;
      }
    }
    matched += length;
    matchedCharacters++;
    return at + width;
  }

  private boolean differs(int from, int to, ByteSink out) {
    if (mode == Mode.RESTART || matchedCharacters >= CHARACTERS_OF_A_RESTART) {
      state = State.DIVERGED;
      return false;
    }
    held.append(cut.array(), from, to - from);
    int at = afterKnownWhite(held.array(), 0, held.length());
    boolean any = at < held.length();
    if (any) {
      rewrite(held.array(), at, held.length(), chunk.textEnd(), out);
    }
    held.clear();
    return any;
  }

  /** More text of a continuation that was only white space so far. */
  private boolean afterWhite(int from, int to, ByteSink out) {
    int at = afterKnownWhite(cut.array(), from, to);
    if (at == to) {
      return false;
    }
    rewrite(NONE, 0, 0, at, out);
    return true;
  }

  /**
   * The index after the white space that the caller has: the prefix was given without it, so the
   * target may write it once more.
   */
  private int afterKnownWhite(byte[] a, int from, int to) {
    int at = from;
    highSurrogate = 0;
    matched = whiteAt;
    while (at < to && matched < sentEnd) {
      int after = repeats(a, at, to);
      if (after < 0 || highSurrogate != 0) {
        break;
      }
      at = after;
    }
    highSurrogate = 0;
    whiteAt = matched;
    state = at == to && whiteAt < sentEnd ? State.WHITE : State.PASSING;
    return at;
  }

  /** No more text will come: decides what is undecided. */
  private void end(ByteSink out) {
    if (state == State.WHITE) {
      state = State.PASSING;
    }
    if (state != State.COMPARING) {
      return;
    }
    int at = decide();
    if (state == State.PASSING && at < held.length()) {
      out.append(carrier.array(), 0, carrierText);
      out.append(held.array(), at, held.length() - at);
      out.append(carrier.array(), carrierText, carrier.length() - carrierText);
    }
    held.clear();
  }

  /** Decides what a whole text was that did not get beyond what was sent; where new text begins. */
  private int decide() {
    if (mode == Mode.RESTART || matchedCharacters >= CHARACTERS_OF_A_RESTART) {
      state = State.DIVERGED;
      return 0;
    }
    int at = afterKnownWhite(held.array(), 0, held.length());
    state = State.PASSING;
    return at;
  }

  /**
   * Appends the present event with its role cut out and other text: {@code before[from, to)} and
   * what the event's own text has from {@code rest} on.
   */
  private void rewrite(byte[] before, int from, int to, int rest, ByteSink out) {
    byte[] a = cut.array();
    int textStart = chunk.textStart();
    int roleStart = chunk.roleCutStart();
    int at = cut.start();
    if (roleStart >= 0 && (textStart < 0 || roleStart < textStart)) {
      out.append(a, at, roleStart - at);
      at = chunk.roleCutEnd();
      roleStart = -1;
    }
    if (textStart >= 0) {
      out.append(a, at, textStart - at);
      out.append(before, from, to - from);
      at = rest;
    }
    if (roleStart >= 0) {
      out.append(a, at, roleStart - at);
      at = chunk.roleCutEnd();
    }
    out.append(a, at, cut.end() - at);
  }

  private void keepCarrier() {
    carrier.clear();
    rewrite(NONE, 0, 0, chunk.textEnd(), carrier);
    int behind = cut.end() - chunk.textEnd();
    if (chunk.roleCutStart() > chunk.textEnd()) {
      behind -= chunk.roleCutEnd() - chunk.roleCutStart();
    }
    carrierText = carrier.length() - behind;
  }
}
