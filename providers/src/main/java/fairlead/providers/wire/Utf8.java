package fairlead.providers.wire;

/**
 * Well-formedness of UTF-8 (RFC 3629 section 4: no overlong forms, no surrogates, nothing above
 * U+10FFFF).
 *
 * <p>Stateless, allocates nothing.
 */
final class Utf8 {
  private Utf8() {}

  /**
   * Passes over non-ASCII characters.
   *
   * @return the index of the next ASCII byte or {@code end}; or {@code -1 - index} of the first
   *     byte of a malformed sequence
   */
  static int skipNonAscii(byte[] a, int i, int end) {
    while (i < end && a[i] < 0) {
      int lead = a[i] & 0xff;
      int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
      if (length == 0 || length > end - i) {
        return -1 - i;
      }
      // The second byte is narrower after four lead bytes; the others are plain continuations.
      int second = a[i + 1] & 0xff;
      int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
      int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
      if (second < low || second > high) {
        return -1 - i;
      }
      for (int k = 2; k < length; k++) {
        if ((a[i + k] & 0xc0) != 0x80) {
          return -1 - i;
        }
      }
      i += length;
    }
    return i;
  }

  /**
   * The index after the last character of well-formed text that is not white space, as Unicode has
   * it; {@code start} if there is none.
   */
  static int trimmedEnd(byte[] a, int start, int end) {
    int at = end;
    while (at > start) {
      int width = whiteBefore(a, start, at);
      if (width == 0) {
        return at;
      }
      at -= width;
    }
    return start;
  }

  /** How many bytes the white space character that ends at {@code end} has; 0 if it is none. */
  private static int whiteBefore(byte[] a, int start, int end) {
    int last = a[end - 1] & 0xff;
    if (last < 0x80) {
      return last == ' ' || (last >= '\t' && last <= '\r') || (last >= 0x1c && last <= 0x1f)
          ? 1
          : 0;
    }
    if (end - start >= 2 && (a[end - 2] & 0xff) == 0xc2) {
      return last == 0x85 || last == 0xa0 ? 2 : 0; // next line, no-break space
    }
    if (end - start < 3) {
      return 0;
    }
    int c = (a[end - 3] & 0xff) << 16 | (a[end - 2] & 0xff) << 8 | last;
    boolean white =
        (c >= 0xe28080 && c <= 0xe2808a) // U+2000 to U+200A
            || c == 0xe280a8 // line separator
            || c == 0xe280a9 // paragraph separator
            || c == 0xe280af // narrow no-break space
            || c == 0xe2819f // mathematical space
            || c == 0xe38080 // ideographic space
            || c == 0xe19a80; // ogham space mark
    return white ? 3 : 0;
  }
}
