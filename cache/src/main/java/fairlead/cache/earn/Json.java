package fairlead.cache.earn;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text (RFC 8259) into maps, lists, strings, numbers, booleans and {@link Null#NULL}.
 *
 * <p>Not thread-safe; for answers that are compared and lines of the log, not for calls. A number
 * is a {@link BigDecimal}; of equal names the last one counts.
 */
final class Json {
  /** The value {@code null}. */
  enum Null {
    NULL
  }

  private static final int MAX_DEPTH = 128;
  private static final int MAX_NUMBER = 64;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** The value, or null when the text is not exactly one. */
  static @Nullable Object parse(String text) {
    Json reader = new Json(text);
    Object value = reader.value(0);
    if (value == null) {
      return null;
    }
    reader.space();
    return reader.at == text.length() ? value : null;
  }

  private @Nullable Object value(int depth) {
    space();
    if (at == text.length() || depth > MAX_DEPTH) {
      return null;
    }
    return switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", Null.NULL);
      default -> number();
    };
  }

  private @Nullable Map<String, Object> object(int depth) {
    at++;
    Map<String, Object> members = new LinkedHashMap<>();
    if (next('}')) {
      return members;
    }
    do {
      space();
      String name = at < text.length() && text.charAt(at) == '"' ? string() : null;
      Object value = name != null && next(':') ? value(depth + 1) : null;
      if (name == null || value == null) {
        return null;
      }
      members.put(name, value);
    } while (next(','));
    return next('}') ? members : null;
  }

  private @Nullable List<Object> array(int depth) {
    at++;
    List<Object> items = new ArrayList<>();
    if (next(']')) {
      return items;
    }
    do {
      Object value = value(depth + 1);
      if (value == null) {
        return null;
      }
      items.add(value);
    } while (next(','));
    return next(']') ? items : null;
  }

  private @Nullable String string() {
    at++;
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      if (c < ' ') {
        return null;
      }
      if (c != '\\') {
        out.append(c);
      } else if (!escape(out)) {
        return null;
      }
    }
    return null;
  }

  private boolean escape(StringBuilder out) {
    if (at == text.length()) {
      return false;
    }
    char c = text.charAt(at++);
    int plain = "\"\\/bfnrt".indexOf(c);
    if (plain >= 0) {
      out.append("\"\\/\b\f\n\r\t".charAt(plain));
      return true;
    }
    if (c != 'u' || at + 4 > text.length()) {
      return false;
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      char hex = text.charAt(at++);
      int digit = hex < 0x80 ? Character.digit(hex, 16) : -1;
      if (digit < 0) {
        return false;
      }
      unit = (unit << 4) | digit;
    }
    out.append((char) unit);
    return true;
  }

  private @Nullable BigDecimal number() {
    int start = at;
    skip('-');
    int whole = digits();
    if (whole == 0 || (whole > 1 && text.charAt(at - whole) == '0')) {
      return null;
    }
    if (skip('.') && digits() == 0) {
      return null;
    }
    if (skip('e') || skip('E')) {
      if (!skip('-')) {
        skip('+');
      }
      int exponent = digits();
      if (exponent == 0 || exponent > 6) {
        return null;
      }
    }
    return at - start > MAX_NUMBER ? null : new BigDecimal(text.substring(start, at));
  }

  private int digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - start;
  }

  private boolean skip(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private @Nullable Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      return null;
    }
    at += word.length();
    return value;
  }

  /** Whether this comes next, white space before it aside; then it is read. */
  private boolean next(char c) {
    space();
    return skip(c);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** Appends a string literal that is safe inside one line. */
  static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int escaped = "\"\\\b\f\n\r\t".indexOf(c);
      if (escaped >= 0) {
        out.append('\\').append("\"\\bfnrt".charAt(escaped));
      } else if (c < ' ' || c == '\u2028' || c == '\u2029' || Character.isSurrogate(c)) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
