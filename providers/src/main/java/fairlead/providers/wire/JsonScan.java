package fairlead.providers.wire;

import java.nio.charset.StandardCharsets;

/**
 * A validating cursor over JSON text in place: no tree, no copies.
 *
 * <p>Not thread-safe; reusable after {@link #begin}. Cost: one pass, a few nanoseconds per token
 * and one per eight bytes of string; allocates nothing, not even for an error, until its message is
 * asked for.
 *
 * <p>Use: 1. {@link #begin}. 2. At a value: {@link #peek} at its first byte, then {@link #skip} it,
 * or {@link #enterObject} and loop over {@link #nextMember}, or {@link #enterArray} and loop over
 * {@link #nextElement}; inside the loop every value must be taken. 3. {@link #end}, which is true
 * only if the whole text was one JSON value as RFC 8259 has it. After an error every method answers
 * false (peek: 0), so that loops end by themselves.
 */
public final class JsonScan {
  /** Deepest nesting accepted; RFC 8259 section 9 allows a limit. */
  public static final int MAX_DEPTH = 512;

  /** Longer keys with escapes are taken for unknown ones; every key we know is shorter. */
  private static final int KEY_SCRATCH_BYTES = 64;

  private static final byte[] NONE = {};
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /** One bit per level that {@link #skip} is inside of: set for an array. */
  private final long[] arrays = new long[MAX_DEPTH / Long.SIZE];

  /** Made for the first key with escapes, which hardly anybody writes. */
  private byte[] keyScratch = NONE;

  private byte[] a = NONE;
  private int start;
  private int end;
  private int pos;
  private int depth;
  private boolean fresh;

  private byte[] keyArray = NONE;
  private int keyStart;
  private int keyEnd;
  private int keyAt;
  private int commaAt;

  private int valueStart;
  private int valueEnd;
  private boolean escaped;

  private int errorAt;
  private String error = "";

  /** Starts over with {@code array[start, end)}. */
  public JsonScan begin(byte[] array, int newStart, int newEnd) {
    a = array;
    start = newStart;
    end = newEnd;
    pos = newStart;
    depth = 0;
    fresh = false;
    // Keys lie in the text before: it must not stay reachable.
    keyArray = NONE;
    keyStart = 0;
    keyEnd = 0;
    valueStart = newStart;
    valueEnd = newStart;
    errorAt = -1;
    error = "";
    if (end - start >= 3
        && a[start] == (byte) 0xef
        && a[start + 1] == (byte) 0xbb
        && a[start + 2] == (byte) 0xbf) {
      // RFC 8259 section 8.1: a byte order mark must not be added, and may be refused.
      fail(start, "a byte order mark is not allowed before JSON text, send plain UTF-8");
    }
    return this;
  }

  /** Lets go of the text, so that a cursor at rest keeps no memory of others alive. */
  public void forget() {
    begin(NONE, 0, 0);
  }

  /** The first byte of the next value, or 0 at the end or after an error. */
  public byte peek() {
    int i = white(pos);
    pos = i;
    return i < end ? a[i] : 0;
  }

  /** Opens the object that comes next. */
  public boolean enterObject() {
    return enter('{', "expected an object");
  }

  /** Opens the array that comes next. */
  public boolean enterArray() {
    return enter('[', "expected an array");
  }

  private boolean enter(char bracket, String otherwise) {
    int i = white(pos);
    if (i >= end || a[i] != bracket) {
      return fail(i, otherwise);
    }
    if (depth == MAX_DEPTH) {
      return fail(i, "nested deeper than " + MAX_DEPTH + " levels");
    }
    depth++;
    pos = i + 1;
    fresh = true;
    return true;
  }

  /** Moves to the next member's value; false after the last, whose brace is then taken. */
  public boolean nextMember() {
    int i = white(pos);
    if (i >= end) {
      return fail(i, "unexpected end inside an object");
    }
    if (a[i] == '}') {
      return leave(i);
    }
    commaAt = -1;
    if (!fresh) {
      if (a[i] != ',') {
        return fail(i, "expected ',' or '}'");
      }
      commaAt = i;
      i = white(i + 1);
    }
    fresh = false;
    keyAt = i;
    int after = key(i);
    if (after < 0) {
      return false;
    }
    pos = after;
    // key() leaves the end of the string in valueEnd.
    if (escaped) {
      if (keyScratch.length == 0) {
        keyScratch = new byte[KEY_SCRATCH_BYTES];
      }
      int n = JsonText.unescape(a, i + 1, valueEnd - 1, keyScratch);
      keyArray = keyScratch;
      keyStart = 0;
      keyEnd = n < 0 ? KEY_SCRATCH_BYTES : n;
    } else {
      keyArray = a;
      keyStart = i + 1;
      keyEnd = valueEnd - 1;
    }
    return true;
  }

  /** Moves to the next element; false after the last, whose bracket is then taken. */
  public boolean nextElement() {
    int i = white(pos);
    if (i >= end) {
      return fail(i, "unexpected end inside an array");
    }
    if (a[i] == ']') {
      return leave(i);
    }
    if (!fresh) {
      if (a[i] != ',') {
        return fail(i, "expected ',' or ']'");
      }
      i = white(i + 1);
      if (i < end && a[i] == ']') {
        return fail(i, "a value must follow ','");
      }
    }
    fresh = false;
    pos = i;
    return true;
  }

  private boolean leave(int i) {
    depth--;
    fresh = false;
    pos = i + 1;
    return false;
  }

  /** Takes the next value whole, whatever it is; its range is then known. */
  public boolean skip() {
    int i = white(pos);
    int first = i;
    int base = depth;
    int d = base;
    escaped = false;
    while (true) {
      i = white(i);
      byte b = i < end ? a[i] : 0;
      if (b == '"') {
        i = string(i);
      } else if (b == '{' || b == '[') {
        if (d == MAX_DEPTH) {
          return fail(i, "nested deeper than " + MAX_DEPTH + " levels");
        }
        boolean array = b == '[';
        long bit = 1L << d;
        arrays[d >> 6] = array ? arrays[d >> 6] | bit : arrays[d >> 6] & ~bit;
        i = white(i + 1);
        // In both cases the closing bracket's code is the opening one's plus two.
        if (i < end && a[i] == b + 2) {
          i++;
        } else {
          d++;
          if (array) {
            continue;
          }
          i = key(i);
          if (i < 0) {
            return false;
          }
          continue;
        }
      } else {
        i = scalar(i, b);
      }
      if (i < 0) {
        return false;
      }
      boolean closing = true;
      while (closing && d > base) {
        i = white(i);
        boolean array = (arrays[(d - 1) >> 6] & 1L << (d - 1)) != 0;
        b = i < end ? a[i] : 0;
        if (b == ',') {
          i++;
          if (!array) {
            i = key(white(i));
            if (i < 0) {
              return false;
            }
          }
          closing = false;
        } else if (b == (array ? ']' : '}')) {
          i++;
          d--;
        } else {
          return fail(i, array ? "expected ',' or ']'" : "expected ',' or '}'");
        }
      }
      if (closing) {
        valueStart = first;
        valueEnd = i;
        pos = i;
        return true;
      }
    }
  }

  /** Whether nothing but white space is left and no error was met. */
  public boolean end() {
    int i = white(pos);
    if (i < end) {
      return fail(i, "nothing may follow the JSON value");
    }
    return errorAt < 0;
  }

  /** Takes a key and its colon; the string's end is left in {@link #valueEnd}. */
  private int key(int i) {
    if (i >= end || a[i] != '"') {
      fail(i, "expected a key in double quotes");
      return -1;
    }
    int after = string(i);
    if (after < 0) {
      return -1;
    }
    valueEnd = after;
    after = white(after);
    if (after >= end || a[after] != ':') {
      fail(after, "expected ':' after a key");
      return -1;
    }
    return after + 1;
  }

  /** Takes the string whose opening quote is at {@code i}; answers the index after it, or -1. */
  private int string(int i) {
    byte[] text = a;
    int limit = end;
    escaped = false;
    i++;
    while (true) {
      i = ByteStops.inString(text, i, limit);
      if (i >= limit) {
        fail(limit, "unexpected end inside a string");
        return -1;
      }
      byte b = text[i];
      if (b == '"') {
        return i + 1;
      }
      if (b == '\\') {
        escaped = true;
        i = escape(i);
        if (i < 0) {
          return -1;
        }
      } else if (b < 0) {
        i = Utf8.skipNonAscii(text, i, limit);
        if (i < 0) {
          fail(-1 - i, "a string is not valid UTF-8");
          return -1;
        }
      } else {
        fail(i, "a control character inside a string must be escaped");
        return -1;
      }
    }
  }

  private int escape(int i) {
    if (i + 1 >= end) {
      fail(end, "unexpected end inside a string");
      return -1;
    }
    switch (a[i + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return i + 2;
      }
      case 'u' -> {
        if (i + 6 <= end && JsonText.hex4(a, i + 2) >= 0) {
          return i + 6;
        }
        fail(i, "\\u needs four hexadecimal digits");
      }
      default -> fail(i, "unknown escape in a string");
    }
    return -1;
  }

  private int scalar(int i, byte b) {
    return switch (b) {
      case 't' -> literal(i, TRUE);
      case 'f' -> literal(i, FALSE);
      case 'n' -> literal(i, NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(i);
      default -> {
        fail(i, i < end ? "expected a JSON value" : "unexpected end, expected a JSON value");
        yield -1;
      }
    };
  }

  private int literal(int i, byte[] word) {
    if (word.length <= end - i && matches(a, i, word)) {
      return i + word.length;
    }
    fail(i, "expected a JSON value");
    return -1;
  }

  /** RFC 8259 section 6. */
  private int number(int i) {
    byte[] text = a;
    int limit = end;
    int at = i;
    if (text[i] == '-') {
      i++;
    }
    int digits = digits(text, i, limit);
    boolean good = digits > i && (text[i] != '0' || digits == i + 1);
    i = digits;
    if (good && i < limit && text[i] == '.') {
      digits = digits(text, i + 1, limit);
      good = digits > i + 1;
      i = digits;
    }
    if (good && i < limit && (text[i] | 0x20) == 'e') {
      i++;
      if (i < limit && (text[i] == '+' || text[i] == '-')) {
        i++;
      }
      digits = digits(text, i, limit);
      good = digits > i;
      i = digits;
    }
    if (!good) {
      fail(at, "malformed number");
      return -1;
    }
    return i;
  }

  private static int digits(byte[] text, int i, int limit) {
    while (i < limit && text[i] >= '0' && text[i] <= '9') {
      i++;
    }
    return i;
  }

  private int white(int i) {
    byte[] text = a;
    int limit = end;
    while (i < limit) {
      byte b = text[i];
      if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
        break;
      }
      i++;
    }
    return i;
  }

  private boolean fail(int at, String what) {
    if (errorAt < 0) {
      errorAt = at;
      error = what;
    }
    pos = end;
    return false;
  }

  /** Records an error of the caller's at the present value, as if the grammar forbade it. */
  boolean refuse(String what) {
    return fail(white(pos), what);
  }

  static boolean matches(byte[] a, int i, byte[] word) {
    for (int k = 0; k < word.length; k++) {
      if (a[i + k] != word[k]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the present member's key, with escapes decoded, is {@code name}. */
  public boolean keyIs(byte[] name) {
    return keyEnd - keyStart == name.length && matches(keyArray, keyStart, name);
  }

  /** Whether the present member's key, with escapes decoded, is {@code ascii}. */
  public boolean keyIs(String ascii) {
    int n = ascii.length();
    if (keyEnd - keyStart != n) {
      return false;
    }
    for (int k = 0; k < n; k++) {
      if (keyArray[keyStart + k] != ascii.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** Length of the present member's key, decoded, in bytes. */
  public int keyLength() {
    return keyEnd - keyStart;
  }

  /** Whether the present key differs from {@code name} at most in the case of ASCII letters. */
  boolean keyFoldsTo(byte[] name) {
    if (keyEnd - keyStart != name.length) {
      return false;
    }
    for (int k = 0; k < name.length; k++) {
      if ((keyArray[keyStart + k] | 0x20) != (name[k] | 0x20)) {
        return false;
      }
    }
    return true;
  }

  /** Where the present member's key begins, at its quote. */
  public int keyAt() {
    return keyAt;
  }

  /** Where the comma before the present member is; -1 for the first one. */
  int commaAt() {
    return commaAt;
  }

  /** Where the value that {@link #skip} took begins. */
  public int valueStart() {
    return valueStart;
  }

  /** The index after the value that {@link #skip} took. */
  public int valueEnd() {
    return valueEnd;
  }

  /** Whether the string that {@link #skip} took contains escapes. */
  public boolean escaped() {
    return escaped;
  }

  /** Whether the value that {@link #skip} took is the string {@code word}, written plainly. */
  public boolean valueIs(byte[] word) {
    return valueEnd - valueStart == word.length + 2
        && a[valueStart] == '"'
        && matches(a, valueStart + 1, word);
  }

  /** Whether the value that {@link #skip} took is a string of at least one character. */
  public boolean valueIsText() {
    return valueEnd - valueStart > 2 && a[valueStart] == '"';
  }

  /** The index after the last byte taken so far. */
  int position() {
    return pos;
  }

  /**
   * The number that {@link #skip} took, cut to an integer and to what a long can hold; -1 when the
   * value was not a number.
   */
  public long valueAsLong() {
    byte first = valueStart < valueEnd ? a[valueStart] : 0;
    return first == '-' || (first >= '0' && first <= '9')
        ? JsonNumber.toLong(a, valueStart, valueEnd)
        : -1;
  }

  public boolean failed() {
    return errorAt >= 0;
  }

  /** Where the error is, counted from the start of the text; -1 without one. */
  public int errorOffset() {
    return errorAt < 0 ? -1 : errorAt - start;
  }

  /** What is wrong and where; empty without an error. Allocates. */
  public String errorMessage() {
    if (errorAt < 0) {
      return "";
    }
    int line = 1;
    int column = 1;
    for (int i = start; i < errorAt; i++) {
      if (a[i] == '\n') {
        line++;
        column = 1;
      } else if ((a[i] & 0xc0) != 0x80) {
        column++;
      }
    }
    String found =
        errorAt >= end
            ? ""
            : a[errorAt] > ' ' && a[errorAt] < 0x7f
                ? ", found '" + (char) a[errorAt] + "'"
                : ", found byte 0x" + Integer.toHexString(a[errorAt] & 0xff);
    return error
        + found
        + " at line "
        + line
        + ", column "
        + column
        + " (byte "
        + errorOffset()
        + ")";
  }

  /** The bytes of a key as {@link #keyIs} wants them. */
  public static byte[] name(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
