package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;

/**
 * A strict pull reader of JSON in place (RFC 8259): the bytes of values are handed out as they
 * stand, so that a string travels from one wire to another without being decoded and encoded again.
 *
 * <p>Not thread-safe, reusable after {@link #over}. One pass over the bytes; allocates nothing.
 * Strings are checked for bad escapes, control characters and bad UTF-8, numbers for their form;
 * nesting is bounded by {@value #MAX_DEPTH}. Whatever breaks the grammar is a {@link
 * JsonSyntaxException} that names the offset.
 */
final class JsonCursor {
  /** Deeper values are refused: the bound of the recursion in {@link #skip}. */
  static final int MAX_DEPTH = 512;

  private byte[] bytes = {};
  private int origin;
  private int at;
  private int end;
  private boolean first;

  private int keyStart;
  private int keyEnd;
  private int valueStart;
  private int valueEnd;
  private boolean escaped;
  private final ByteSink plainKey = new ByteSink(32);
  private boolean keyDecoded;

  JsonCursor over(byte[] array, int start, int newEnd) {
    bytes = array;
    origin = start;
    at = start;
    end = newEnd;
    first = false;
    return this;
  }

  JsonCursor over(ByteRange range) {
    return over(range.array(), range.start(), range.end());
  }

  /**
   * The first byte of the next value: one of <code>{ [ " t f n</code>, a digit or {@code -}; 0 at
   * the end.
   */
  int peek() {
    skipSpace();
    return at < end ? bytes[at] : 0;
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
    expect('{');
    first = true;
  }

  void enterArray() {
    expect('[');
    first = true;
  }

  /** Moves to the next member and reads its name; false after the object's end. */
  boolean nextField() {
    if (!next('}')) {
      return false;
    }
    skipSpace();
    scanString();
    keyStart = valueStart;
    keyEnd = valueEnd;
    keyDecoded = escaped;
    if (escaped) { // so that a name cannot hide behind escapes
      plainKey.clear();
      JsonText.unescape(bytes, keyStart, keyEnd, plainKey);
    }
    expect(':');
    return true;
  }

  /** Moves to the next element; false after the array's end. */
  boolean nextElement() {
    return next(']');
  }

  private boolean next(char closer) {
    int b = peek();
    if (b == closer) {
      at++;
      first = false;
      return false;
    }
    if (first) {
      first = false;
    } else {
      expect(',');
    }
    return true;
  }

  boolean keyIs(String ascii) {
    return keyDecoded
        ? equal(plainKey.array(), 0, plainKey.length(), ascii)
        : equal(bytes, keyStart, keyEnd, ascii);
  }

  /** Reads a string; its inside is then {@link #start} to {@link #stop}. */
  void string() {
    skipSpace();
    scanString();
  }

  /** Reads any value and checks it; it is then {@link #start} to {@link #stop}. */
  void skip() {
    skipSpace();
    int from = at;
    skipAny(0);
    valueStart = from;
    valueEnd = at;
  }

  /** Reads a string into {@code inside}, or any other value and clears {@code inside}. */
  void stringOrSkip(ByteRange inside) {
    if (peekString()) {
      scanString();
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
    if (b != '-' && (b < '0' || b > '9')) {
      return otherwise;
    }
    long value = 0;
    for (int i = b == '-' ? valueStart + 1 : valueStart; i < valueEnd; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        if (bytes[i] != '.') { // an exponent: rare enough to allocate for
          return (long) Double.parseDouble(text());
        }
        break;
      }
      if (value > (Long.MAX_VALUE - digit) / 10) {
        value = Long.MAX_VALUE;
        break;
      }
      value = value * 10 + digit;
    }
    return b == '-' ? -value : value;
  }

  /** Checks that nothing but white space follows. */
  void finish() {
    if (peek() != 0 || at < end) {
      throw broken("more bytes after the value");
    }
  }

  /** Where the last member's name begins, with its quote. */
  int keyStart() {
    return keyStart - 1;
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

  /** The last value as it stands, escapes and all; allocates. */
  String text() {
    return new String(bytes, valueStart, valueEnd - valueStart, StandardCharsets.UTF_8);
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

  private void skipSpace() {
    while (at < end) {
      byte b = bytes[at];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return;
      }
      at++;
    }
  }

  private void expect(char wanted) {
    skipSpace();
    if (at >= end || bytes[at] != wanted) {
      throw broken("expected '" + wanted + "'");
    }
    at++;
  }

  private void skipAny(int depth) {
    skipSpace();
    if (at >= end) {
      throw broken("the value is missing");
    }
    byte b = bytes[at];
    switch (b) {
      case '"' -> scanString();
      case '{' -> {
        deeper(depth);
        enterObject();
        while (next('}')) {
          skipSpace();
          scanString();
          expect(':');
          skipAny(depth + 1);
        }
      }
      case '[' -> {
        deeper(depth);
        enterArray();
        while (next(']')) {
          skipAny(depth + 1);
        }
      }
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> scanNumber();
    }
  }

  private void deeper(int depth) {
    if (depth >= MAX_DEPTH) {
      throw broken("more than " + MAX_DEPTH + " levels");
    }
  }

  private void literal(String word) {
    int stop = at + word.length();
    if (stop > end || !equal(bytes, at, stop, word)) {
      throw broken("not a JSON value");
    }
    at = stop;
  }

  private void scanNumber() {
    int from = at;
    if (bytes[at] == '-') {
      at++;
    }
    int digits = digits();
    if (digits == 0 || (digits > 1 && bytes[at - digits] == '0')) {
      at = from;
      throw broken("not a JSON value");
    }
    if (at < end && bytes[at] == '.') {
      at++;
      if (digits() == 0) {
        throw broken("digits are missing");
      }
    }
    if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
      at++;
      if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
        at++;
      }
      if (digits() == 0) {
        throw broken("digits are missing");
      }
    }
  }

  private int digits() {
    int from = at;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at - from;
  }

  private void scanString() {
    if (at >= end || bytes[at] != '"') {
      throw broken("expected a string");
    }
    int i = at + 1;
    valueStart = i;
    escaped = false;
    byte[] array = bytes;
    while (i < end) {
      byte b = array[i];
      if (b >= ' ') {
        if (b == '"') {
          valueEnd = i;
          at = i + 1;
          return;
        }
        if (b == '\\') {
          escaped = true;
          i = escape(i);
        } else {
          i++;
        }
      } else if (b >= 0) {
        at = i;
        throw broken("a control character in a string");
      } else {
        i = sequence(i, b & 0xff);
      }
    }
    at = end;
    throw broken("the string has no end");
  }

  private int escape(int i) {
    int c = i + 1 < end ? bytes[i + 1] : 0;
    if (c == 'u' && i + 5 < end) {
      for (int k = i + 2; k < i + 6; k++) {
        if (Character.digit(bytes[k], 16) < 0) {
          at = i;
          throw broken("a bad escape");
        }
      }
      return i + 6;
    }
    if (c != 0 && "\"\\/bfnrt".indexOf(c) >= 0) {
      return i + 2;
    }
    at = i;
    throw broken("a bad escape");
  }

  /** Checks one multi-byte sequence (RFC 3629 section 4) and returns the index after it. */
  private int sequence(int i, int lead) {
    int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    int next = i + 1 < end ? bytes[i + 1] & 0xff : 0;
    boolean good =
        lead >= 0xc2
            && lead <= 0xf4
            && i + more < end
            && next >= (lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80)
            && next <= (lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf);
    for (int k = 2; good && k <= more; k++) {
      good = (bytes[i + k] & 0xc0) == 0x80;
    }
    if (!good) {
      at = i;
      throw broken("not UTF-8");
    }
    return i + more + 1;
  }

  private JsonSyntaxException broken(String why) {
    return new JsonSyntaxException(why + " at byte " + (at - origin));
  }
}
