package fairlead.providers.wire;

/**
 * Walks over whole server-sent events that lie in a buffer one after another.
 *
 * <p>Not thread-safe, reusable. For events that a reader or writer of ours has put there: an event
 * without its blank line at the end counts too. Allocates nothing, except where data of several
 * lines must be joined.
 */
final class EventCut {
  private static final byte[] DATA = {'d', 'a', 't', 'a'};
  private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};
  private static final byte[] NONE = {};

  private final ByteSink joined = new ByteSink(0);
  private byte[] source = NONE;
  private int sourceEnd;
  private int next;

  private byte[] array = NONE;
  private int start;
  private int end;
  private int dataStart;
  private int dataEnd;
  private int lines;

  void begin(byte[] newSource, int newStart, int newEnd) {
    source = newSource;
    next = newStart;
    sourceEnd = newEnd;
  }

  void forget() {
    begin(NONE, 0, 0);
    array = NONE;
    joined.trim(0);
  }

  /** Moves to the next event; false after the last. */
  boolean next() {
    int first = next;
    start = first;
    lines = 0;
    dataStart = start;
    dataEnd = start;
    int at = start;
    boolean blank = false;
    while (at < sourceEnd && !blank) {
      int line = at;
      while (at < sourceEnd && source[at] != '\n' && source[at] != '\r') {
        at++;
      }
      blank = line == at;
      line(line, at);
      boolean both = at + 1 < sourceEnd && source[at] == '\r' && source[at + 1] == '\n';
      at = Math.min(sourceEnd, at + (both ? 2 : 1));
    }
    next = at;
    array = source;
    end = at;
    if (lines > 1) {
      // In JSON a line end stands only where a space may stand as well.
      dataEnd = joined.length();
      joined.ascii("\n\n");
      array = joined.array();
      start = 0;
      dataStart = "data: ".length();
      end = joined.length();
    }
    return next > first;
  }

  private void line(int from, int to) {
    int value = from + DATA.length;
    if (to < value
        || !JsonScan.matches(source, from, DATA)
        || (value < to && source[value] != ':')) {
      return;
    }
    value = Math.min(to, value + 1);
    value = value < to && source[value] == ' ' ? value + 1 : value;
    lines++;
    if (lines == 1) {
      dataStart = value;
      dataEnd = to;
      return;
    }
    if (lines == 2) {
      joined.clear();
      joined.ascii("data: ").append(source, dataStart, dataEnd - dataStart);
    }
    joined.append((byte) ' ').append(source, value, to - value);
  }

  /** Whether there is data; a comment or a ping has none. */
  boolean hasData() {
    return dataEnd > dataStart;
  }

  /** Whether the data is the end mark. */
  boolean isDone() {
    int to = dataEnd;
    while (to > dataStart && array[to - 1] == ' ') {
      to--;
    }
    return to - dataStart == DONE.length && JsonScan.matches(array, dataStart, DONE);
  }

  /** What the ranges point into; valid until the next event. */
  byte[] array() {
    return array;
  }

  /** Where the next event begins in what is walked over. */
  int sourceAt() {
    return next;
  }

  /** Where the event begins. */
  int start() {
    return start;
  }

  /** The index after the event with its blank line. */
  int end() {
    return end;
  }

  int dataStart() {
    return dataStart;
  }

  int dataEnd() {
    return dataEnd;
  }
}
