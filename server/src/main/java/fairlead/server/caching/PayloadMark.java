package fairlead.server.caching;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.JsonScan;
import fairlead.providers.wire.RequestScan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which text of a request its caller has called the payload: the rest must be equal, only this is
 * compared by its meaning.
 *
 * <p>Not thread-safe, reusable. Allocates where the header is there.
 *
 * <p>The value of {@value #HEADER} has up to three members, in any order, with {@code ;} between
 * them:
 *
 * <ul>
 *   <li>{@code pointer=/messages/1/content}: a JSON pointer (RFC 6901) to a string of the body;
 *       without it, the last user text.
 *   <li>{@code start=TEXT}: the payload begins after the first occurrence of this in the text.
 *   <li>{@code end=TEXT}: the payload ends before the last occurrence of this after that.
 * </ul>
 *
 * Values are percent-encoded (RFC 3986 section 2.1) where they contain {@code ;}, {@code %},
 * controls, or anything that is not ASCII; white space around a member does not count. A request in
 * which the pointer or a marker leads to nothing is compared as a whole only.
 */
public final class PayloadMark {
  public static final String HEADER = "x-fairlead-cache-payload";

  private static final int MAX_BYTES = 1024;
  private static final int NOWHERE = -1;
  private static final byte[] NOTHING = {};
  private static final String WANTED =
      "'pointer=/messages/1/content', 'start=TEXT' and 'end=TEXT' with ';' between them,"
          + " each at most once, percent-encoded, at most "
          + MAX_BYTES
          + " bytes";

  private final JsonScan json = new JsonScan();
  private final List<byte[]> steps = new ArrayList<>();
  private byte[] start = NOTHING;
  private byte[] end = NOTHING;
  private boolean hasPointer;
  private int from;
  private int to;

  /** Reads the header's value. */
  void read(ByteRange value) throws InvalidControl {
    steps.clear();
    start = NOTHING;
    end = NOTHING;
    hasPointer = false;
    String text = new String(value.array(), value.start(), value.length(), StandardCharsets.UTF_8);
    boolean good = value.length() > 0 && value.length() <= MAX_BYTES;
    int at = 0;
    while (good && at <= text.length()) {
      int next = text.indexOf(';', at);
      int stop = next < 0 ? text.length() : next;
      good = member(text.substring(at, stop).strip());
      at = stop + 1;
    }
    if (!good) {
      throw new InvalidControl(HEADER, text, WANTED);
    }
  }

  private boolean member(String member) {
    int equals = member.indexOf('=');
    if (equals < 0 || equals == member.length() - 1) {
      return false;
    }
    byte[] value = decoded(member.substring(equals + 1));
    return switch (member.substring(0, equals)) {
      case "pointer" -> !hasPointer && pointer(value);
      case "start" -> {
        boolean first = start.length == 0;
        start = value;
        yield first && value.length > 0;
      }
      case "end" -> {
        boolean first = end.length == 0;
        end = value;
        yield first && value.length > 0;
      }
      default -> false;
    };
  }

  /** The bytes of a percent-encoded text, none if it is malformed. */
  private static byte[] decoded(String text) {
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    int n = 0;
    for (int i = 0; i < raw.length; i++) {
      byte b = raw[i];
      if (b == '%') {
        int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
        int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          return NOTHING;
        }
        b = (byte) ((high << 4) | low);
        i += 2;
      }
      raw[n++] = b;
    }
    return Arrays.copyOf(raw, n);
  }

  /** RFC 6901 section 4. */
  private boolean pointer(byte[] value) {
    hasPointer = true;
    if (value.length == 0 || value[0] != '/') {
      return false;
    }
    byte[] step = new byte[value.length];
    int n = 0;
    for (int i = 1; i <= value.length; i++) {
      if (i == value.length || value[i] == '/') {
        steps.add(Arrays.copyOf(step, n));
        n = 0;
      } else if (value[i] != '~') {
        step[n++] = value[i];
      } else {
        i++;
        if (i == value.length || (value[i] != '0' && value[i] != '1')) {
          return false;
        }
        step[n++] = (byte) (value[i] == '0' ? '~' : '/');
      }
    }
    return true;
  }

  /** Whether a pointer says where the text is. */
  boolean hasPointer() {
    return hasPointer;
  }

  /** Where the string is that the pointer leads to; -1 if it leads to none. */
  int find(RequestScan scan) {
    json.begin(scan.array(), scan.start(), scan.end());
    boolean found = true;
    for (int i = 0; found && i < steps.size(); i++) {
      found = json.peek() == '{' ? member(steps.get(i)) : element(steps.get(i));
    }
    found = found && json.peek() == '"' && json.skip();
    int at = found ? json.valueStart() : NOWHERE;
    json.forget();
    return at;
  }

  private boolean member(byte[] name) {
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(name)) {
        return true;
      }
      json.skip();
    }
    return false;
  }

  private boolean element(byte[] number) {
    int index = index(number);
    if (index < 0 || json.peek() != '[') {
      return false;
    }
    json.enterArray();
    for (int i = 0; json.nextElement(); i++) {
      if (i == index) {
        return true;
      }
      json.skip();
    }
    return false;
  }

  /** Digits without leading zeros. */
  private static int index(byte[] number) {
    int index = 0;
    if (number.length == 0 || number.length > 9 || (number[0] == '0' && number.length > 1)) {
      return NOWHERE;
    }
    for (byte digit : number) {
      if (digit < '0' || digit > '9') {
        return NOWHERE;
      }
      index = index * 10 + digit - '0';
    }
    return index;
  }

  /** Whether the text has to be cut. */
  boolean hasBounds() {
    return start.length + end.length > 0;
  }

  /** Cuts a text; false when it does not contain what it should. */
  boolean cut(byte[] text, int textFrom, int textTo) {
    from = textFrom;
    to = textTo;
    if (start.length > 0) {
      while (from <= textTo - start.length && !matches(text, from, start)) {
        from++;
      }
      if (from > textTo - start.length) {
        return false;
      }
      from += start.length;
    }
    if (end.length > 0) {
      to = textTo - end.length;
      while (to >= from && !matches(text, to, end)) {
        to--;
      }
    }
    return to >= from;
  }

  private static boolean matches(byte[] text, int at, byte[] marker) {
    return Arrays.equals(text, at, at + marker.length, marker, 0, marker.length);
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }
}
