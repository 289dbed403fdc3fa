package fairlead.cache.embed;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The slow twin: the steps of google-research/bert, tokenization.py, one after the other. */
final class SimpleWordPiece {
  private final Map<String, Integer> vocabulary = new HashMap<>();

  SimpleWordPiece(WordPiece tokens) {
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.token(id), id);
    }
  }

  List<Integer> encode(byte[] utf8) {
    List<Integer> ids = new ArrayList<>();
    for (String word : words(new String(utf8, StandardCharsets.UTF_8))) {
      ids.addAll(pieces(word));
    }
    return ids;
  }

  private List<Integer> pieces(String word) {
    List<Integer> unknown = List.of(vocabulary.get("[UNK]"));
    if (word.codePointCount(0, word.length()) > 100) {
      return unknown;
    }
    List<Integer> ids = new ArrayList<>();
    int from = 0;
    while (from < word.length()) {
      Integer id = null;
      int to = word.length();
      for (; to > from; to--) {
        id = vocabulary.get((from > 0 ? "##" : "") + word.substring(from, to));
        if (id != null) {
          break;
        }
      }
      if (id == null) {
        return unknown;
      }
      ids.add(id);
      from = to;
    }
    return ids;
  }

  private static List<String> words(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (isSpace(c)) {
                clean.append(' ');
              } else if (isChinese(c)) {
                clean.append(' ').appendCodePoint(c).append(' ');
              } else if (c != 0xFFFD && !isControl(c)) {
                clean.appendCodePoint(c);
              }
            });
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    Normalizer.normalize(clean, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .map(Character::toLowerCase)
        .forEach(
            c -> {
              boolean punctuation = isPunctuation(c);
              if (isSpace(c) || punctuation) {
                end(word, words);
                if (punctuation) {
                  words.add(Character.toString(c));
                }
              } else {
                word.appendCodePoint(c);
              }
            });
    end(word, words);
    return words;
  }

  private static void end(StringBuilder word, List<String> words) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isSpace(int c) {
    return " \t\n\r".indexOf(c) >= 0 || Character.isSpaceChar(c);
  }

  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return type == Character.UNASSIGNED
        || (type >= Character.CONTROL && type <= Character.SURROGATE);
  }

  private static boolean isPunctuation(int c) {
    if (c < 128) {
      return "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".indexOf(c) >= 0;
    }
    int type = Character.getType(c);
    return (type >= Character.DASH_PUNCTUATION && type <= Character.OTHER_PUNCTUATION)
        || type == Character.INITIAL_QUOTE_PUNCTUATION
        || type == Character.FINAL_QUOTE_PUNCTUATION;
  }

  private static boolean isChinese(int c) {
    int[] ranges = {
      0x4E00, 0x9FFF, 0x3400, 0x4DBF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F, 0x2B740, 0x2B81F, 0x2B820,
      0x2CEAF, 0xF900, 0xFAFF, 0x2F800, 0x2FA1F
    };
    for (int i = 0; i < ranges.length; i += 2) {
      if (c >= ranges[i] && c <= ranges[i + 1]) {
        return true;
      }
    }
    return false;
  }
}
