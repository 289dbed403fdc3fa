package fairlead.cache.text;

/** What kind of byte one is, and where runs of them end; letters and digits of ASCII only. */
final class Ascii {
  private Ascii() {}

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static boolean isLetter(byte b) {
    int small = b | 0x20;
    return small >= 'a' && small <= 'z';
  }

  static boolean isHex(byte b) {
    int small = b | 0x20;
    return isDigit(b) || (small >= 'a' && small <= 'f');
  }

  /** A letter, a digit or a byte of a character beyond ASCII. */
  static boolean isWord(byte b) {
    return b < 0 || isLetter(b) || isDigit(b);
  }

  static byte small(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  static int wordEnd(byte[] text, int at, int to) {
    while (at < to && isWord(text[at])) {
      at++;
    }
    return at;
  }

  static int lettersEnd(byte[] text, int at, int to) {
    while (at < to && isLetter(text[at])) {
      at++;
    }
    return at;
  }

  static int digitsEnd(byte[] text, int at, int to) {
    while (at < to && isDigit(text[at])) {
      at++;
    }
    return at;
  }

  /** Where an escape sequence that starts here ends (ECMA-48 5.3, 5.4: CSI and OSC; others two). */
  static int afterEscape(byte[] text, int escape, int to) {
    int at = escape + 1;
    if (at >= to) {
      return at;
    }
    byte kind = text[at++];
    if (kind == '[') {
      while (at < to && text[at] >= 0x20 && text[at] <= 0x3f) {
        at++;
      }
      return at < to && text[at] >= 0x40 && text[at] <= 0x7e ? at + 1 : at;
    }
    if (kind == ']') {
      while (at < to && text[at] != 0x07 && text[at] != 0x1b) {
        at++;
      }
      return at < to && text[at] == 0x07 ? at + 1 : at;
    }
    return kind >= ' ' && kind < 0x7f ? at : at - 1;
  }
}
