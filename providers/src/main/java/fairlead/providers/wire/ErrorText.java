package fairlead.providers.wire;

import java.nio.charset.StandardCharsets;

/**
 * Makes something readable of error bodies that are no JSON.
 *
 * <p>Stateless; allocates, for errors only.
 */
final class ErrorText {
  private static final long MAX_SECONDS = 366L * 24 * 3600;

  private ErrorText() {}

  /** The text of a page or of a plain body, on one line, at most {@code maxBytes} long. */
  static String plain(byte[] a, int start, int end, int maxBytes) {
    int i = start;
    while (i < end && a[i] <= ' ' && a[i] >= 0) {
      i++;
    }
    if (i == end) {
      return "";
    }
    if (a[i] == '<') {
      int title = find(a, i, end, "<title");
      int from = title < 0 ? -1 : find(a, title, end, ">");
      int to = from < 0 ? -1 : find(a, from, end, "</title");
      if (to > from) {
        return oneLine(a, from + 1, to, maxBytes);
      }
    }
    return oneLine(a, i, end, maxBytes);
  }

  /** Where {@code ascii}, in lower case, begins, whatever the case there; or -1. */
  private static int find(byte[] a, int from, int end, String ascii) {
    for (int i = from; i <= end - ascii.length(); i++) {
      int k = 0;
      while (k < ascii.length() && lower(a[i + k]) == ascii.charAt(k)) {
        k++;
      }
      if (k == ascii.length()) {
        return i;
      }
    }
    return -1;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  /** Drops tags, turns each run of white space and control characters into one space. */
  private static String oneLine(byte[] a, int start, int end, int maxBytes) {
    ByteSink text = new ByteSink(64);
    boolean tag = false;
    boolean space = false;
    int i = start;
    for (; i < end && text.length() < maxBytes; i++) {
      byte b = a[i];
      if (tag) {
        tag = b != '>';
      } else if (b == '<') {
        tag = true;
        space = true;
      } else if (b >= 0 && (b <= ' ' || b == 0x7f)) {
        space = true;
      } else {
        if (space && !text.isEmpty()) {
          text.append((byte) ' ');
        }
        space = false;
        text.append(b);
      }
    }
    // A character that was cut in two becomes the replacement character: good enough for a message.
    String shown = new String(text.array(), 0, text.length(), StandardCharsets.UTF_8);
    return i < end ? shown + "…" : shown;
  }

  /** {@code 34.4s} in milliseconds, or -1. */
  static long durationMillis(byte[] a, int start, int end) {
    int last = end - 1;
    if (last <= start || a[last] != 's') {
      return -1;
    }
    long millis = 0;
    int decimals = -1;
    for (int i = start; i < last; i++) {
      byte b = a[i];
      if (b == '.' && decimals < 0) {
        decimals = 0;
      } else if (b < '0' || b > '9') {
        return -1;
      } else if (decimals < 3) {
        millis = millis * 10 + (b - '0');
        decimals += decimals < 0 ? 0 : 1;
        if (millis > MAX_SECONDS * 1000) {
          return MAX_SECONDS * 1000;
        }
      }
    }
    for (int k = Math.max(decimals, 0); k < 3; k++) {
      millis *= 10;
    }
    return Math.min(millis, MAX_SECONDS * 1000);
  }
}
