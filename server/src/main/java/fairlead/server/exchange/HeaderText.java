package fairlead.server.exchange;

/**
 * Makes text safe to stand in a header value: visible ASCII and spaces, nothing else, and not so
 * much of it that a proxy before us refuses the head (nginx takes 4 KB of all headers by default).
 */
final class HeaderText {
  /** So much of a model's name is told. */
  static final int MAX_NAME_CHARS = 256;

  /** So much of the story of a call is told in its head. */
  static final int MAX_TRACE_CHARS = 3_000;

  private static final String CUT = "...";

  private HeaderText() {}

  /** As {@link #safe(String)}; of a longer text the beginning. */
  static String safe(String text, int maxChars) {
    return text.length() <= maxChars
        ? safe(text)
        : safe(text.substring(0, maxChars - CUT.length())) + CUT;
  }

  /** The text with other characters replaced; the same object if there are none. */
  static String safe(String text) {
    int length = text.length();
    int good = 0;
    while (good < length && isSafe(text.charAt(good))) {
      good++;
    }
    if (good == length) {
      return text;
    }
    StringBuilder out = new StringBuilder(length).append(text, 0, good);
    for (int i = good; i < length; i++) {
      char c = text.charAt(i);
      out.append(isSafe(c) ? c : '?');
    }
    return out.toString();
  }

  private static boolean isSafe(char c) {
    return c >= ' ' && c <= '~';
  }
}
