package fairlead.cache.embed;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * Cleans text that is not plain ASCII the way BERT's uncased tokenizer does.
 *
 * <p>Stateless. Allocates a few times the length of the text.
 */
final class OtherText {
  private OtherText() {}

  /**
   * Without control characters and accents, in small letters, Chinese characters between spaces.
   *
   * <p>The steps and their order are those of {@code BasicTokenizer} in google-research/bert,
   * {@code tokenization.py}; malformed UTF-8 falls out as U+FFFD does there.
   */
  static String clean(byte[] utf8, int from, int to) {
    String text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
    StringBuilder spaced = new StringBuilder(text.length() + 16);
    for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (isSpace(c)) {
        spaced.append(' ');
      } else if (isChinese(c)) {
        spaced.append(' ').appendCodePoint(c).append(' ');
      } else if (c != 0xFFFD && !isControl(c)) {
        spaced.appendCodePoint(c);
      }
    }
    String apart = Normalizer.normalize(spaced, Normalizer.Form.NFD);
    StringBuilder cleaned = new StringBuilder(apart.length());
    for (int i = 0, c; i < apart.length(); i += Character.charCount(c)) {
      c = apart.codePointAt(i);
      if (Character.getType(c) != Character.NON_SPACING_MARK) {
        cleaned.appendCodePoint(Character.toLowerCase(c));
      }
    }
    return cleaned.toString();
  }

  static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
  }

  static boolean isPunctuation(int c) {
    if (c < 128) {
      return c > ' ' && c < 127 && !(c >= '0' && c <= '9') && !isAsciiLetter(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private static boolean isAsciiLetter(int c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  private static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  private static boolean isChinese(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
