package fairlead.providers.wire;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the text of an answer that has gone out, so that another target can go on where it broke
 * off, and tells whether that would be sound.
 *
 * <p>Not thread-safe, reusable after {@link #begin}. Fed with the events of the chat or legacy
 * completion wire as they go out. Cost: where a chunk repeats the one before but for its text, two
 * comparisons and a copy; else one pass. No allocation once the buffer has grown. Bound: {@value
 * #MAX_BYTES} bytes of text.
 */
public final class SentText {
  /** More text than any model writes in one answer today. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MAX_IDLE_BYTES = 16 * 1024;
  private static final byte[] FRAME = {'d', 'a', 't', 'a', ':', ' '};

  private final ByteSink text = new ByteSink(0);
  private final EventCut cut = new EventCut();
  private final ChunkText chunk = new ChunkText();
  private final ChunkTemplate template = new ChunkTemplate();
  private @Nullable SentAnswer answer;
  private boolean sound = true;
  private boolean overflowed;
  private int highSurrogate;

  /** Forgets the text; nothing was sent. */
  public void begin() {
    begin(null);
  }

  /**
   * As {@link #begin()}.
   *
   * @param notes takes what else the events say; null: nobody wants to know
   */
  public void begin(@Nullable SentAnswer notes) {
    text.trim(MAX_IDLE_BYTES);
    template.begin();
    chunk.noteIn(notes);
    answer = notes;
    if (notes != null) {
      notes.begin();
    }
    sound = true;
    overflowed = false;
    highSurrogate = 0;
  }

  /** As {@link #begin()}, and lets go of what the last events left. */
  public void forget() {
    begin();
    cut.forget();
    chunk.forget();
    template.forget();
  }

  /** Takes the events in {@code events} from {@code start} on. */
  public void accept(ByteSink events, int start) {
    if (!sound || overflowed) {
      return; // nothing can come of it
    }
    byte[] a = events.array();
    int end = events.length();
    int at = repeated(a, start, end);
    while (at < end && sound && !overflowed) {
      int before = text.length();
      int half = highSurrogate;
      int eventAt = at;
      cut.begin(a, at, end);
      at = cut.next() ? cut.sourceAt() : end;
      if (cut.hasData()) {
        if (!cut.isDone()) {
          event();
        } else if (answer != null) {
          answer.sawDone();
          template.begin(); // what follows is no repetition
        }
        if (answer != null && (answer.refused() || !sound || overflowed)) {
          leaveAnswer(eventAt, before, half);
        }
      }
      at = repeated(a, at, end);
    }
  }

  /** From the event at this index on, the answer is more than its text. */
  private void leaveAnswer(int eventAt, int textLength, int half) {
    SentAnswer notes = answer;
    if (notes != null) {
      notes.stop(eventAt, textLength, half);
      chunk.noteIn(null);
      answer = null;
    }
  }

  /**
   * Takes the events from {@code at} on that repeat the one before; the index of the first other.
   */
  private int repeated(byte[] a, int start, int end) {
    int at = start;
    while (sound && !overflowed && at + FRAME.length < end && JsonScan.matches(a, at, FRAME)) {
      int from = at + FRAME.length;
      int line = ByteStops.lineEnd(a, from, end);
      if (line + 1 >= end
          || a[line] != '\n'
          || a[line + 1] != '\n'
          || !template.fits(a, from, line)) {
        return at;
      }
      int before = text.length();
      int half = highSurrogate;
      add(a, template.textStart(), template.textEnd());
      if (!sound || overflowed) {
        leaveAnswer(at, before, half);
      }
      at = line + 2;
    }
    return at;
  }

  private void event() {
    if (answer != null) {
      answer.beginChunk();
    }
    chunk.scan(cut.array(), cut.dataStart(), cut.dataEnd());
    sound &= chunk.sound();
    if (answer != null && answer.replaced()) {
      template.begin(); // a chunk that repeats an earlier one would change it back
    }
    if (!sound || !chunk.hasText()) {
      return;
    }
    add(cut.array(), chunk.textStart(), chunk.textEnd());
    if (!chunk.finish()) {
      template.learn(cut.array(), cut.dataStart(), cut.dataEnd(), chunk.textStart());
    }
  }

  private void add(byte[] a, int from, int to) {
    int at = from;
    if (highSurrogate != 0) {
      at = secondHalf(a, from, to);
    }
    if (to - at > MAX_BYTES - text.length()) {
      overflowed = true; // escapes are never shorter than what they stand for
      return;
    }
    text.reserve(to - at + 4);
    byte[] target = text.array();
    int n = text.length();
    while (at < to) {
      byte b = a[at];
      if (b != '\\') {
        target[n++] = b;
        at++;
        continue;
      }
      int c = JsonText.unit(a, at);
      at += a[at + 1] == 'u' ? 6 : 2;
      if (c >= 0xd800 && c < 0xdc00) {
        int low = at < to && a[at] == '\\' ? JsonText.unit(a, at) : 0;
        if (low >= 0xdc00 && low < 0xe000) {
          c = JsonText.pair(c, low);
          at += 6;
        } else {
          highSurrogate = c;
          sound &= at == to; // its other half may come with the next chunk
          continue;
        }
      }
      sound &= c < 0xd800 || c >= 0xe000;
      n = JsonText.encode(c, target, n);
    }
    text.advance(n - text.length());
  }

  /** Completes the character whose first half came with the chunk before. */
  private int secondHalf(byte[] a, int from, int to) {
    if (from == to) {
      return from;
    }
    int low = a[from] == '\\' ? JsonText.unit(a, from) : 0;
    if (low < 0xdc00 || low >= 0xe000) {
      sound = false;
      return from;
    }
    text.reserve(4);
    int n = JsonText.encode(JsonText.pair(highSurrogate, low), text.array(), text.length());
    text.advance(n - text.length());
    highSurrogate = 0;
    return from + 6;
  }

  /**
   * Whether nothing but the text of one choice has gone out: no tool call, no reasoning, no
   * refusal, no audio, no log probabilities; and that text can be repeated as it is.
   */
  public boolean sound() {
    return sound && highSurrogate == 0;
  }

  /** Whether there was more text than is kept. */
  public boolean overflowed() {
    return overflowed;
  }

  /** The text as UTF-8, from index 0 on; valid until more is taken. */
  public byte[] array() {
    return text.array();
  }

  /** How many bytes of text there are. */
  public int length() {
    return text.length();
  }
}
