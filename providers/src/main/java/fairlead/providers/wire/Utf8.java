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
}
