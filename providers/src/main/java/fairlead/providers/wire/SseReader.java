package fairlead.providers.wire;

import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;

/**
 * Finds complete server-sent events in bytes that arrive in any pieces (WHATWG HTML section 9.2).
 *
 * <p>Not thread-safe; reusable after {@link #clear}. No byte is looked at twice, and no event
 * allocates; the buffer grows up to the bound for one event and then fails.
 *
 * <p>Use: 1. {@link #reserve}, read into {@link #buffer} at {@link #limit}, at most {@link #room}
 * bytes, then {@link #advance}. 2. {@link #next} until it is false; the event's ranges hold until
 * the next {@code reserve}. 3. At the end of the body {@link #end}, then {@code next} once more:
 * providers do end with {@code data: [DONE]} and no blank line, so what is left counts as an event,
 * though the specification would drop it.
 *
 * <p>The {@code whole} ranges of all events, in order, are exactly the bytes that came. A carriage
 * return ends a line at once; should a line feed follow, it belongs to the same line end, and when
 * the event was already handed out it becomes the first byte of the next one, which readers pass
 * over.
 */
public final class SseReader {
  /** Largest event accepted unless told otherwise: room for an image in a delta. */
  public static final int DEFAULT_MAX_EVENT_BYTES = 16 << 20;

  /** A slow stream sends one event at a time. */
  private static final int INITIAL_BYTES = 1 << 10;

  /** Up to this size the buffer doubles whenever a read has filled it. */
  private static final int USUAL_BYTES = 8 << 10;

  private static final int KEEP_BYTES = 32 << 10;

  private final int maxEventBytes;
  private final ByteSink joined = new ByteSink(0);

  private byte[] buffer;
  private int limit;

  /** Start of the event being read; all before it is free. */
  private int eventStart;

  private int lineStart;

  /** All before it was looked at. */
  private int scanned;

  private boolean feedMayFollow;
  private boolean firstLine;
  private boolean ended;

  private int nameStart;
  private int nameEnd;
  private int dataLines;
  private int dataStart;
  private int dataEnd;

  public SseReader() {
    this(DEFAULT_MAX_EVENT_BYTES);
  }

  public SseReader(int maxEventBytes) {
    if (maxEventBytes < 1) {
      throw new IllegalArgumentException("maxEventBytes must be positive: " + maxEventBytes);
    }
    this.maxEventBytes = maxEventBytes;
    buffer = new byte[Math.min(INITIAL_BYTES, maxEventBytes)];
    beginStream();
  }

  /** Starts over with a new stream; keeps a buffer of usual size. */
  public void clear() {
    if (buffer.length > KEEP_BYTES) {
      buffer = new byte[Math.min(INITIAL_BYTES, maxEventBytes)];
    }
    joined.trim(USUAL_BYTES);
    beginStream();
  }

  private void beginStream() {
    limit = 0;
    eventStart = 0;
    lineStart = 0;
    scanned = 0;
    feedMayFollow = false;
    firstLine = true;
    ended = false;
    beginEvent();
  }

  private void beginEvent() {
    nameStart = 0;
    nameEnd = 0;
    dataLines = 0;
    dataStart = 0;
    dataEnd = 0;
  }

  /** Makes room for at least one byte and usually many; moves what is unread. */
  public void reserve() throws UpstreamException {
    boolean filled = limit == buffer.length;
    if (eventStart == limit) {
      move(eventStart);
    }
    if (filled && buffer.length < USUAL_BYTES && buffer.length < maxEventBytes) {
      grow((int) Math.min(buffer.length * 2L, maxEventBytes));
      return;
    }
    if (limit < buffer.length) {
      return;
    }
    int pending = limit - eventStart;
    if (pending >= maxEventBytes) {
      throw new UpstreamException(
          Kind.MALFORMED_RESPONSE,
          "a server-sent event is longer than " + maxEventBytes + " bytes");
    }
    if (pending > buffer.length / 2) {
      // Shifting first keeps the copy small; the bound may be less than twice the present size.
      grow(Math.max(pending + 1, (int) Math.min(buffer.length * 2L, maxEventBytes)));
    } else {
      System.arraycopy(buffer, eventStart, buffer, 0, pending);
      move(eventStart);
    }
  }

  private void grow(int size) {
    byte[] larger = new byte[size];
    System.arraycopy(buffer, eventStart, larger, 0, limit - eventStart);
    buffer = larger;
    move(eventStart);
  }

  /** Accounts for the content's having moved down by {@code by}. */
  private void move(int by) {
    limit -= by;
    lineStart -= by;
    scanned -= by;
    nameStart -= by;
    nameEnd -= by;
    dataStart -= by;
    dataEnd -= by;
    eventStart = 0;
  }

  /** Where to read into; valid until the next {@link #reserve}. */
  public byte[] buffer() {
    return buffer;
  }

  /** The index to read to. */
  public int limit() {
    return limit;
  }

  /** How many bytes fit. */
  public int room() {
    return buffer.length - limit;
  }

  /** Accounts for {@code count} bytes read. */
  public void advance(int count) {
    if (count < 0 || count > room()) {
      throw new IllegalArgumentException("count must be between 0 and " + room() + ": " + count);
    }
    limit += count;
  }

  /** Says that no more bytes will come. */
  public void end() {
    ended = true;
  }

  /** Bytes that belong to no event yet. */
  public int pending() {
    return limit - eventStart;
  }

  /** Finds the next event. */
  public boolean next(SseEvent event) {
    byte[] bytes = buffer;
    if (feedMayFollow && scanned < limit) {
      feedMayFollow = false;
      if (bytes[scanned] == '\n') {
        scanned++;
        lineStart = scanned;
      }
    }
    while (true) {
      int i = ByteStops.lineEnd(bytes, scanned, limit);
      if (i == limit) {
        scanned = i;
        return ended && eventStart < limit && last(event);
      }
      int line = lineStart;
      int after = i + 1;
      if (bytes[i] == '\r') {
        if (after == limit) {
          feedMayFollow = true;
        } else if (bytes[after] == '\n') {
          after++;
        }
      }
      scanned = after;
      lineStart = after;
      if (firstLine) {
        firstLine = false;
        line = afterByteOrderMark(line, i);
      }
      if (line == i) {
        emit(event, after);
        return true;
      }
      line(line, i);
    }
  }

  private boolean last(SseEvent event) {
    if (lineStart < limit) {
      line(firstLine ? afterByteOrderMark(lineStart, limit) : lineStart, limit);
    }
    lineStart = limit;
    emit(event, limit);
    return true;
  }

  private int afterByteOrderMark(int line, int end) {
    return end - line >= 3
            && buffer[line] == (byte) 0xef
            && buffer[line + 1] == (byte) 0xbb
            && buffer[line + 2] == (byte) 0xbf
        ? line + 3
        : line;
  }

  private void emit(SseEvent event, int after) {
    event.whole().set(buffer, eventStart, after);
    if (nameStart < nameEnd) {
      event.name().set(buffer, nameStart, nameEnd);
    } else {
      event.name().set(buffer, after, after);
    }
    if (dataLines == 0) {
      event.data().set(buffer, after, after);
    } else if (dataLines > 1) {
      event.data().set(joined.array(), 0, joined.length());
    } else {
      event.data().set(buffer, dataStart, dataEnd);
    }
    eventStart = after;
    beginEvent();
  }

  /** Takes one field; comments, {@code id}, {@code retry} and unknown fields are passed over. */
  private void line(int i, int end) {
    byte[] bytes = buffer;
    if (bytes[i] == 'd') {
      int value = value(i, end, 'a', 't', 'a');
      if (value >= 0) {
        data(value, end);
      }
    } else if (bytes[i] == 'e' && end - i >= 5 && bytes[i + 1] == 'v') {
      int value = value(i + 1, end, 'e', 'n', 't');
      if (value >= 0) {
        nameStart = value;
        nameEnd = end;
      }
    }
  }

  /** Where the value begins if the four letters from {@code i} on end the field's name, or -1. */
  private int value(int i, int end, char second, char third, char fourth) {
    byte[] bytes = buffer;
    if (end - i < 4 || bytes[i + 1] != second || bytes[i + 2] != third || bytes[i + 3] != fourth) {
      return -1;
    }
    i += 4;
    if (i == end) {
      return end;
    }
    if (bytes[i] != ':') {
      return -1;
    }
    i++;
    return i < end && bytes[i] == ' ' ? i + 1 : i;
  }

  private void data(int value, int end) {
    dataLines++;
    if (dataLines == 1) {
      dataStart = value;
      dataEnd = end;
      return;
    }
    if (dataLines == 2) {
      joined.clear();
      joined.append(buffer, dataStart, dataEnd - dataStart);
    }
    joined.append((byte) '\n').append(buffer, value, end - value);
  }
}
