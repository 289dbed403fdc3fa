package fairlead.providers.http;

import java.util.Locale;

/** Character classes of HTTP messages (RFC 9110 section 5.6.2, RFC 9112 section 2.2). Stateless. */
final class Ascii {
  private static final boolean[] TOKEN = new boolean[256];
  private static final boolean[] FIELD = new boolean[256];

  static {
    for (int c = '0'; c <= '9'; c++) {
      TOKEN[c] = true;
    }
    for (int c = 'a'; c <= 'z'; c++) {
      TOKEN[c] = true;
      TOKEN[c - 32] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
    for (int c = ' '; c < 256; c++) {
      FIELD[c] = c != 127;
    }
    FIELD['\t'] = true;
  }

  private Ascii() {}

  /** Whether {@code b} may stand in a header name. */
  static boolean isToken(int b) {
    return TOKEN[b & 255];
  }

  /** Whether {@code b} may stand in a header value or reason phrase. */
  static boolean isField(int b) {
    return FIELD[b & 255];
  }

  static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return false;
      }
    }
    return true;
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Value of a hexadecimal digit, or -1. */
  static int hex(int b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 32;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  /** Whether {@code bytes[start, end)} is {@code lowerCase}, letters of either case. */
  static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
    return end - start == lowerCase.length() && startsWithIgnoreCase(bytes, start, end, lowerCase);
  }

  /** Whether {@code bytes[start, end)} begins with {@code lowerCase}, letters of either case. */
  static boolean startsWithIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
    int n = lowerCase.length();
    if (end - start < n) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      int b = bytes[start + i];
      if (b >= 'A' && b <= 'Z') {
        b += 32;
      }
      if (b != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
