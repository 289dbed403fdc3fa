package fairlead.server.http;

/**
 * The character classes of the HTTP grammar (RFC 9110 section 5.6, RFC 9112) and comparisons of
 * bytes with ASCII strings.
 *
 * <p>Thread-safe, allocates nothing: a table look-up per byte.
 */
final class Octets {
  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte HOST = 8;
  private static final byte[] CLASS = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      int bits = 0;
      if (alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        bits |= TOKEN;
      }
      if (c == '\t' || (c >= ' ' && c != 0x7f)) {
        bits |= VALUE;
      }
      if (c > ' ' && c < 0x7f && c != '#') {
        bits |= TARGET;
      }
      if (alphanumeric || "-._~%:[]".indexOf(c) >= 0) {
        bits |= HOST;
      }
      CLASS[c] = (byte) bits;
    }
  }

  private Octets() {}

  static boolean isToken(byte b) {
    return (CLASS[b & 0xff] & TOKEN) != 0;
  }

  /** Whether every byte may stand in a field value: no controls besides the tab. */
  static boolean areValue(byte[] bytes, int start, int end) {
    return all(bytes, start, end, VALUE);
  }

  /** Whether every byte may stand in a request target: visible ASCII without the fragment sign. */
  static boolean areTarget(byte[] bytes, int start, int end) {
    return all(bytes, start, end, TARGET);
  }

  /** Whether every byte may stand in {@code host[:port]}. */
  static boolean areHost(byte[] bytes, int start, int end) {
    return all(bytes, start, end, HOST);
  }

  static boolean areToken(byte[] bytes, int start, int end) {
    return all(bytes, start, end, TOKEN);
  }

  private static boolean all(byte[] bytes, int start, int end, byte wanted) {
    for (int i = start; i < end; i++) {
      if ((CLASS[bytes[i] & 0xff] & wanted) == 0) {
        return false;
      }
    }
    return true;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /** {@link String#hashCode} of the lower-cased bytes. */
  static int lowerHash(byte[] bytes, int start, int end) {
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + lower(bytes[i]);
    }
    return hash;
  }

  /** {@link String#hashCode} of the bytes as ISO 8859-1. */
  static int hash(byte[] bytes, int start, int end) {
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + (bytes[i] & 0xff);
    }
    return hash;
  }

  static boolean same(byte[] bytes, int start, int end, String text) {
    if (end - start != text.length()) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if ((bytes[i] & 0xff) != text.charAt(i - start)) {
        return false;
      }
    }
    return true;
  }

  /** Compares without regard to the case of ASCII letters. */
  static boolean sameLower(byte[] bytes, int start, int end, String lowerCase) {
    if (end - start != lowerCase.length()) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if ((lower(bytes[i]) & 0xff) != lowerCase.charAt(i - start)) {
        return false;
      }
    }
    return true;
  }

  /** Compares two ranges of one array without regard to the case of ASCII letters. */
  static boolean sameLower(byte[] bytes, int start, int end, int otherStart, int otherEnd) {
    if (end - start != otherEnd - otherStart) {
      return false;
    }
    for (int i = 0; i < end - start; i++) {
      if (lower(bytes[start + i]) != lower(bytes[otherStart + i])) {
        return false;
      }
    }
    return true;
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hexDigit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    byte c = lower(b);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }
}
