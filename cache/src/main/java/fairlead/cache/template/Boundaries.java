package fairlead.cache.template;

/** Where a text may be cut without cutting through a word, a number or a character of UTF-8. */
final class Boundaries {
  /** Lead bytes from here on begin characters that are words by themselves: U+3000 and above. */
  private static final int WORD_LEAD = 0xE3;

  private Boundaries() {}

  /** The last place at or before {@code at} where what lies before may end. */
  static int prefix(byte[] text, int at) {
    int p = at;
    while (p > 0 && !endsToken(text, p)) {
      p--;
    }
    return p;
  }

  /** The first place at or behind {@code at} where what lies behind may begin. */
  static int suffix(byte[] text, int at) {
    int p = at;
    while (p < text.length && !beginsSuffix(text[p])) {
      p++;
    }
    return p;
  }

  /** How many words begin in a part of a text. */
  static int words(byte[] text, int from, int to) {
    int words = 0;
    boolean inside = false;
    for (int i = from; i < to; i++) {
      int b = text[i] & 0xff;
      if (b >= WORD_LEAD) {
        words++;
        inside = false;
      } else if (b <= ' ') {
        inside = false;
      } else if (!inside && (b >= 0x80 || isAlphanumeric(b))) {
        words += isContinuation(b) ? 0 : 1;
        inside = !isContinuation(b);
      }
    }
    return words;
  }

  private static boolean endsToken(byte[] text, int p) {
    if (p < text.length && isContinuation(text[p] & 0xff)) {
      return false;
    }
    int b = text[p - 1] & 0xff;
    if (b < 0x80) {
      return !isAlphanumeric(b) && !joins(b);
    }
    int lead = p - 1;
    while (lead > 0 && isContinuation(text[lead] & 0xff)) {
      lead--;
    }
    return (text[lead] & 0xff) >= WORD_LEAD;
  }

  /** White space and what opens or closes; not what closes a sentence, which is the payload's. */
  private static boolean beginsSuffix(byte b) {
    return switch (b) {
      case ' ', '\n', '\r', '\t', '"', '`', '(', ')', '[', ']', '{', '}', '<', '>', '|' -> true;
      default -> false;
    };
  }

  /** What stands inside numbers, names, paths and words. */
  private static boolean joins(int b) {
    return switch (b) {
      case '.', ',', '_', '-', '+', '\'', '/', '\\', '@', '$', '%', '#', '~', '&' -> true;
      default -> false;
    };
  }

  private static boolean isAlphanumeric(int b) {
    int letter = b | 0x20;
    return (b >= '0' && b <= '9') || (letter >= 'a' && letter <= 'z');
  }

  private static boolean isContinuation(int b) {
    return (b & 0xC0) == 0x80;
  }
}
