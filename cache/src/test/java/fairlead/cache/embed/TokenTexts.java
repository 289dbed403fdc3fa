package fairlead.cache.embed;

import java.util.SplittableRandom;

/** Texts for tests: words of the vocabulary, made up words, marks, accents, other scripts. */
final class TokenTexts {
  private static final String[] ODD = {
    "caf\u00E9",
    "na\u00EFve",
    "\u0130stanbul",
    "\u03A3\u03A4\u03A3",
    "e\u0301te\u0301",
    "\u2260",
    "\u4E2D\u6587",
    "\uD55C\uAE00",
    "\u65E5\u672C\u8A9E",
    "\u201Cquoted\u201D",
    "a\u00A0b",
    "x\u200By",
    "tab\there",
    "nul\u0000l",
    "\u0085",
    "\uD83D\uDE00",
    "\u00DF",
    "\u00C5ngstr\u00F6m",
    "\u2014",
    "\uFFFD",
    "\u0915\u094D\u0937",
    "\u05E9\u05C1",
    "don't",
    "a_b.c-d",
    "[UNK]",
    "[CLS]",
    "##ing",
    "\u2028",
    "\uF900x",
    "\u037E",
    "\uD840\uDC00",
    "\u1E9E",
    "\u0345"
  };

  private TokenTexts() {}

  static String words(SplittableRandom random, WordPiece vocabulary, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(6)) {
        case 0 -> text.append(ODD[random.nextInt(ODD.length)]);
        case 1 -> {
          int length = random.nextInt(20) == 0 ? 95 + random.nextInt(10) : 1 + random.nextInt(12);
          for (int k = 0; k < length; k++) {
            text.append((char) ('a' + random.nextInt(26)));
          }
        }
        case 2 -> text.append((char) random.nextInt(0x20, 0x7F));
        default -> {
          String word = vocabulary.token(random.nextInt(vocabulary.size()));
          text.append(random.nextInt(4) == 0 ? word.toUpperCase(java.util.Locale.ROOT) : word);
        }
      }
      if (random.nextInt(5) > 0) {
        text.append(random.nextInt(10) == 0 ? "\n" : " ");
      }
    }
    return text.toString();
  }
}
