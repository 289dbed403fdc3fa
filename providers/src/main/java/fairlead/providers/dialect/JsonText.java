package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;

/**
 * Small questions about JSON bytes that were already checked.
 *
 * <p>Stateless; one pass, no allocation except where said.
 */
final class JsonText {
  private JsonText() {}

  /**
   * The index after the last character of a string's inside that is not white space; {@code from}
   * if there is none.
   */
  static int trimmedEnd(byte[] array, int from, int to) {
    int last = from;
    int i = from;
    while (i < to) {
      byte b = array[i];
      int width = 1;
      boolean space = b == ' ';
      if (b == '\\') {
        byte c = array[i + 1];
        width = c == 'u' ? 6 : 2;
        space = c == 'n' || c == 'r' || c == 't' || c == 'f' || (c == 'u' && spaceUnit(array, i));
      }
      i += width;
      if (!space) {
        last = i;
      }
    }
    return last;
  }

  private static boolean spaceUnit(byte[] array, int i) {
    if (array[i + 2] != '0' || array[i + 3] != '0') {
      return false;
    }
    int low = (Character.digit(array[i + 4], 16) << 4) | Character.digit(array[i + 5], 16);
    return low == ' ' || (low >= '\t' && low <= '\r');
  }

  static boolean blank(ByteRange inside) {
    return trimmedEnd(inside.array(), inside.start(), inside.end()) == inside.start();
  }

  /** How many characters (code points) a string's inside stands for. */
  static int characters(ByteRange inside) {
    byte[] array = inside.array();
    int count = 0;
    int i = inside.start();
    while (i < inside.end()) {
      byte b = array[i];
      if (b == '\\') {
        boolean unit = array[i + 1] == 'u';
        boolean low =
            unit
                && (array[i + 2] | 0x20) == 'd'
                && Character.digit(array[i + 3], 16) >= 0xc
                && count > 0;
        if (!low) {
          count++;
        }
        i += unit ? 6 : 2;
      } else {
        if ((b & 0xc0) != 0x80) {
          count++;
        }
        i++;
      }
    }
    return count;
  }

  /** Appends a value without the white space between its tokens. */
  static void compact(byte[] array, int from, int to, ByteSink out) {
    int clean = from;
    boolean inString = false;
    for (int i = from; i < to; i++) {
      byte b = array[i];
      if (inString) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          inString = false;
        }
      } else if (b == '"') {
        inString = true;
      } else if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
        out.append(array, clean, i - clean);
        clean = i + 1;
      }
    }
    out.append(array, clean, to - clean);
  }

  static void compact(ByteRange value, ByteSink out) {
    compact(value.array(), value.start(), value.end(), out);
  }

  static ByteSink append(ByteSink out, ByteRange range) {
    return out.append(range.array(), range.start(), range.length());
  }

  /** The decoded text of a string's inside; allocates. */
  static String decode(ByteRange inside) {
    ByteSink plain = new ByteSink(inside.length() + 16);
    unescape(inside.array(), inside.start(), inside.end(), plain);
    return plain.toString();
  }

  /** A value as it stands, cut to a length fit for messages; allocates. */
  static String shown(ByteRange value) {
    String text = value.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  /** The decoded text of a string's inside, cut to {@code maxChars}, for messages; allocates. */
  static String excerpt(ByteRange inside, int maxChars) {
    String text = decode(inside);
    if (text.length() <= maxChars) {
      return text;
    }
    int cut = Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
    return text.substring(0, cut) + "...";
  }

  /** Appends the decoded text of a string's inside; a lone surrogate becomes '?'. */
  static void unescape(byte[] array, int from, int to, ByteSink out) {
    int clean = from;
    int i = from;
    while (i < to) {
      if (array[i] != '\\') {
        i++;
        continue;
      }
      out.append(array, clean, i - clean);
      byte c = array[i + 1];
      i += 2;
      switch (c) {
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'u' -> {
          int code = unit(array, i);
          i += 4;
          if (Character.isHighSurrogate((char) code)
              && i + 6 <= to
              && array[i] == '\\'
              && array[i + 1] == 'u'
              && Character.isLowSurrogate((char) unit(array, i + 2))) {
            code = Character.toCodePoint((char) code, (char) unit(array, i + 2));
            i += 6;
          }
          codePoint(code, out);
        }
        default -> out.append(c);
      }
      clean = i;
    }
    out.append(array, clean, to - clean);
  }

  private static int unit(byte[] array, int from) {
    int code = 0;
    for (int i = from; i < from + 4; i++) {
      code = (code << 4) | Character.digit(array[i], 16);
    }
    return code;
  }

  private static void codePoint(int code, ByteSink out) {
    if (code < 0x80) {
      out.append((byte) code);
    } else if (code < 0x800) {
      out.append((byte) (0xc0 | (code >> 6))).append((byte) (0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
      if (code >= 0xd800 && code < 0xe000) {
        out.append('?');
        return;
      }
      out.append((byte) (0xe0 | (code >> 12)))
          .append((byte) (0x80 | ((code >> 6) & 0x3f)))
          .append((byte) (0x80 | (code & 0x3f)));
    } else {
      out.append((byte) (0xf0 | (code >> 18)))
          .append((byte) (0x80 | ((code >> 12) & 0x3f)))
          .append((byte) (0x80 | ((code >> 6) & 0x3f)))
          .append((byte) (0x80 | (code & 0x3f)));
    }
  }
}
