package fairlead.server.exchange;

/** Makes text safe to stand in a header value: visible ASCII and spaces, nothing else. */
final class HeaderText {
  private HeaderText() {}

  static String safe(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return out.toString();
  }

  /** Whether all bytes of the range are visible ASCII, the form a request id may have. */
  static boolean visible(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      if (bytes[i] <= ' ' || bytes[i] > '~') {
        return false;
      }
    }
    return start < end;
  }
}
