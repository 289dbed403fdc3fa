package fairlead.providers.wire;

import java.nio.charset.StandardCharsets;

/**
 * Decodes the inside of JSON strings that a {@link JsonScan} has accepted.
 *
 * <p>Stateless. {@link #unescape} allocates nothing.
 */
public final class JsonText {
  private JsonText() {}

  /**
   * Writes the UTF-8 form of the string content {@code a[start, end)} to {@code target}.
   *
   * @return the decoded length, or -1 when it is longer than {@code target}
   */
  static int unescape(byte[] a, int start, int end, byte[] target) {
    int n = 0;
    int i = start;
    while (i < end) {
      if (n > target.length - 4) {
        return -1;
      }
      byte b = a[i++];
      if (b != '\\') {
        target[n++] = b;
        continue;
      }
      byte kind = a[i++];
      if (kind != 'u') {
        target[n++] = plain(kind);
        continue;
      }
      int c = hex4(a, i);
      i += 4;
      if (c >= 0xd800 && c < 0xdc00 && i <= end - 6 && a[i] == '\\' && a[i + 1] == 'u') {
        int low = hex4(a, i + 2);
        if (low >= 0xdc00 && low < 0xe000) {
          c = pair(c, low);
          i += 6;
        }
      }
      n = encode(c, target, n);
    }
    return n;
  }

  private static byte plain(byte kind) {
    return switch (kind) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> kind;
    };
  }

  /** The UTF-16 unit that the escape at {@code i} of an accepted string stands for. */
  static int unit(byte[] a, int i) {
    byte kind = a[i + 1];
    return kind == 'u' ? hex4(a, i + 2) : plain(kind);
  }

  /** The code point of two surrogates. */
  static int pair(int high, int low) {
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }

  /** Stores the UTF-8 form of {@code c} at {@code n}; answers the index after it. */
  static int encode(int c, byte[] target, int n) {
    if (c < 0x80) {
      target[n++] = (byte) c;
    } else if (c < 0x800) {
      target[n++] = (byte) (0xc0 | (c >> 6));
      target[n++] = (byte) (0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      // A lone surrogate has no UTF-8 form: the replacement character stands for it.
      int shown = c >= 0xd800 && c < 0xe000 ? 0xfffd : c;
      target[n++] = (byte) (0xe0 | (shown >> 12));
      target[n++] = (byte) (0x80 | ((shown >> 6) & 0x3f));
      target[n++] = (byte) (0x80 | (shown & 0x3f));
    } else {
      target[n++] = (byte) (0xf0 | (c >> 18));
      target[n++] = (byte) (0x80 | ((c >> 12) & 0x3f));
      target[n++] = (byte) (0x80 | ((c >> 6) & 0x3f));
      target[n++] = (byte) (0x80 | (c & 0x3f));
    }
    return n;
  }

  /** The value of four hexadecimal digits, or -1. */
  static int hex4(byte[] a, int i) {
    return hex(a[i]) << 12 | hex(a[i + 1]) << 8 | hex(a[i + 2]) << 4 | hex(a[i + 3]);
  }

  private static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int letter = b | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  }

  /** The string content {@code a[start, end)} as text, cut to about {@code maxBytes}; allocates. */
  public static String decode(byte[] a, int start, int end, int maxBytes) {
    int stop = end;
    if (end - start > maxBytes) {
      stop = cut(a, start, start + maxBytes);
    }
    byte[] decoded = new byte[stop - start + 4];
    int n = unescape(a, start, stop, decoded);
    String text = new String(decoded, 0, n, StandardCharsets.UTF_8);
    return stop < end ? text + "…" : text;
  }

  /** The largest index up to {@code limit} that splits neither a character nor an escape. */
  private static int cut(byte[] a, int start, int limit) {
    int i = start;
    int last = start;
    while (i <= limit) {
      last = i;
      if (a[i] == '\\') {
        i += a[i + 1] == 'u' ? 6 : 2;
      } else {
        i++;
        while (i <= limit && (a[i] & 0xc0) == 0x80) {
          i++;
        }
      }
    }
    return last;
  }
}
