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
}
