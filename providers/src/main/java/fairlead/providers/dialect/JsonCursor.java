package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.JsonScan;

/**
 * A pull reader of JSON in place: the bytes of values are handed out as they stand, so that a
 * string travels from one wire to another without being decoded and encoded again.
 *
 * <p>Not thread-safe, reusable after {@link #over}; allocates nothing. It is {@link JsonScan} with
 * the inside of strings as ranges, and with an exception where that answers false: a translation is
 * deep in its structure when the text breaks, and has nothing left to do.
 */
final class JsonCursor {
  private static final byte[] NONE = {};

  private final JsonScan scan = new JsonScan();
  private byte[] bytes = NONE;
  private int valueStart;
  private int valueEnd;

  JsonCursor over(byte[] array, int start, int end) {
    bytes = array;
    scan.begin(array, start, end);
    valueStart = start;
    valueEnd = start;
    return this;
  }

  JsonCursor over(ByteRange range) {
    return over(range.array(), range.start(), range.end());
  }

  /** Lets go of the text, so that a cursor at rest keeps no memory of others alive. */
  void forget() {
    over(NONE, 0, 0);
  }

  /** The first byte of the next value; 0 at the end. */
  int peek() {
    return scan.peek();
  }

  boolean peekObject() {
    return peek() == '{';
  }

  boolean peekArray() {
    return peek() == '[';
  }

  boolean peekString() {
    return peek() == '"';
  }

  void enterObject() {
    check(scan.enterObject());
  }

  void enterArray() {
    check(scan.enterArray());
  }

  /** Moves to the next member and reads its name; false after the object's end. */
  boolean nextField() {
    boolean more = scan.nextMember();
    check(more || !scan.failed());
    return more;
  }

  /** Moves to the next element; false after the array's end. */
  boolean nextElement() {
    boolean more = scan.nextElement();
    check(more || !scan.failed());
    return more;
  }

  /** Whether the member's name is this one, however it was escaped. */
  boolean keyIs(String ascii) {
    return scan.keyIs(ascii);
  }

  /** Where the last member's name begins, with its quote. */
  int keyStart() {
    return scan.keyAt();
  }

  /** Reads any value and checks it; it is then {@link #start} to {@link #stop}. */
  void skip() {
    check(scan.skip());
    valueStart = scan.valueStart();
    valueEnd = scan.valueEnd();
  }

  /** Reads the string that comes next; its inside is then {@link #start} to {@link #stop}. */
  void string() {
    boolean isString = peekString();
    skip();
    if (!isString) {
      throw new JsonSyntaxException("expected a string");
    }
    valueStart++;
    valueEnd--;
  }

  /** Reads a string into {@code inside}, or any other value and clears {@code inside}. */
  void stringOrSkip(ByteRange inside) {
    if (peekString()) {
      string();
      inside.set(bytes, valueStart, valueEnd);
    } else {
      skip();
      inside.clear();
    }
  }

  /** Reads any value into {@code whole}; a {@code null} clears it. */
  void valueOrNull(ByteRange whole) {
    boolean isNull = peek() == 'n';
    skip();
    if (isNull) {
      whole.clear();
    } else {
      whole.set(bytes, valueStart, valueEnd);
    }
  }

  /**
   * Reads a number, as far as a long can hold it.
   *
   * @return the number without its fraction, or {@code otherwise} if the value is of another kind
   */
  long longOr(long otherwise) {
    int b = peek();
    skip();
    return b == '-' || (b >= '0' && b <= '9') ? scan.valueAsLong() : otherwise;
  }

  /** Checks that nothing but white space follows. */
  void finish() {
    check(scan.end());
  }

  int start() {
    return valueStart;
  }

  int stop() {
    return valueEnd;
  }

  byte[] array() {
    return bytes;
  }

  boolean valueIs(String ascii) {
    return equal(bytes, valueStart, valueEnd, ascii);
  }

  private void check(boolean good) {
    if (!good) {
      throw new JsonSyntaxException(scan.errorMessage());
    }
  }

  static boolean equal(ByteRange range, String ascii) {
    return equal(range.array(), range.start(), range.end(), ascii);
  }

  static boolean equal(byte[] array, int from, int to, String ascii) {
    int n = ascii.length();
    if (to - from != n) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      if (array[from + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
