package fairlead.cache.earn;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The words of one answer, and what in them must not differ: numbers and identifiers.
 *
 * <p>Immutable; one pass over the text.
 */
final class AnswerText {
  private static final Set<String> EMPTY_WORDS =
      Set.of(
          "a", "an", "the", "of", "to", "in", "on", "at", "for", "and", "or", "is", "are", "was",
          "were", "be", "been", "it", "its", "this", "that", "these", "those", "as", "by", "with",
          "you", "your", "i", "we", "can", "will", "would", "should", "also", "so", "then", "here",
          "there", "please", "just", "very", "has", "have", "had", "do", "does", "which", "from",
          "into", "if", "but");

  private static final String THINKING = "<think>";
  private static final String THOUGHT = "</think>";

  private static final List<String> REFUSALS =
      List.of(
          "i'm sorry, but",
          "i’m sorry, but",
          "i am sorry, but",
          "i can't ",
          "i can’t ",
          "i cannot ",
          "i'm unable",
          "i’m unable",
          "i am unable",
          "i'm not able",
          "i’m not able",
          "i am not able",
          "i won't ",
          "i’m not comfortable",
          "i'm not comfortable",
          "as an ai");

  /** A refusal begins with one; later such words belong to an answer. */
  private static final int REFUSAL_WITHIN = 120;

  /** All words in order, in lower case, without punctuation around them. */
  private final List<String> words = new ArrayList<>();

  private final Set<String> numbers = new HashSet<>();
  private final Set<String> identifiers = new HashSet<>();
  private final boolean refusal;

  AnswerText(String answer) {
    String text = withoutThoughts(answer);
    int at = 0;
    boolean lineStart = true;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (separates(c)) {
        lineStart |= c == '\n';
        at++;
        continue;
      }
      int end = at;
      while (end < text.length() && !separates(text.charAt(end))) {
        end++;
      }
      if (!lineStart || !marksItem(text, at, end)) {
        token(text, at, end);
        lineStart = false;
      }
      at = end;
    }
    String start =
        text.substring(0, Math.min(text.length(), REFUSAL_WITHIN)).toLowerCase(Locale.ROOT);
    refusal = REFUSALS.stream().anyMatch(start::contains);
  }

  /** Some models think aloud before they answer. */
  private static String withoutThoughts(String answer) {
    int end = answer.startsWith(THINKING) ? answer.indexOf(THOUGHT) : -1;
    return end < 0 ? answer : answer.substring(end + THOUGHT.length());
  }

  /** White space, and the brackets that links are written with. */
  private static boolean separates(char c) {
    return Character.isWhitespace(c) || c == '[' || c == ']' || c == '<' || c == '>';
  }

  List<String> words() {
    return words;
  }

  Set<String> numbers() {
    return numbers;
  }

  Set<String> identifiers() {
    return identifiers;
  }

  boolean refuses() {
    return refusal;
  }

  /** The words that carry meaning, in order. */
  List<String> content() {
    return words.stream().filter(word -> !EMPTY_WORDS.contains(word)).toList();
  }

  /** Whether a token only counts or points out an item: {@code 1.}, {@code 2)}, {@code -}. */
  private static boolean marksItem(String text, int from, int to) {
    int at = from;
    while (at < to && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == from) {
      return to - from == 1 && "-*•#".indexOf(text.charAt(from)) >= 0;
    }
    return at - from <= 3 && at + 1 == to && (text.charAt(at) == '.' || text.charAt(at) == ')');
  }

  private void token(String text, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && !isCore(text.charAt(start), true)) {
      start++;
    }
    while (end > start && !isCore(text.charAt(end - 1), false)) {
      end--;
    }
    if (start == end) {
      return;
    }
    String core = text.substring(start, end).replace('’', '\'');
    String lower = core.toLowerCase(Locale.ROOT);
    if (isNumber(core)) {
      boolean negative = start > from && "-−".indexOf(text.charAt(start - 1)) >= 0;
      boolean percent = end < to && text.charAt(end) == '%';
      String number = (negative ? "-" : "") + plainNumber(core) + (percent ? "%" : "");
      numbers.add(number);
      words.add(number);
      return;
    }
    words.add(lower);
    if (isIdentifier(core)) {
      identifiers.add(lower);
    }
  }

  /** A trailing plus or hash is part of a name: C++, C#. */
  private static boolean isCore(char c, boolean first) {
    return Character.isLetterOrDigit(c)
        || (first ? c == '_' || c == '/' : c == '_' || c == '+' || c == '#')
        || Character.isSurrogate(c);
  }

  private static boolean isNumber(String core) {
    if (core.charAt(0) < '0' || core.charAt(0) > '9') {
      return false;
    }
    for (int i = 0; i < core.length(); i++) {
      char c = core.charAt(i);
      if ((c < '0' || c > '9') && c != ',' && c != '.' && c != ':') {
        return false;
      }
    }
    return true;
  }

  /** Without thousands separators and closing zeros: 1,000.50 is 1000.5. */
  private static String plainNumber(String core) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < core.length(); i++) {
      boolean separates = core.charAt(i) == ',' && core.length() - i > 3;
      if (!separates) {
        plain.append(core.charAt(i));
      }
    }
    if (plain.indexOf(".") >= 0 && plain.indexOf(".") == plain.lastIndexOf(".")) {
      while (plain.charAt(plain.length() - 1) == '0') {
        plain.setLength(plain.length() - 1);
      }
      if (plain.charAt(plain.length() - 1) == '.') {
        plain.setLength(plain.length() - 1);
      }
    }
    return plain.toString();
  }

  /** Inner punctuation, a hump, or letters with digits: names of code, files, hosts, versions. */
  private static boolean isIdentifier(String core) {
    boolean letter = false;
    boolean digit = false;
    boolean hump = false;
    int inner = 0;
    int slashes = 0;
    for (int i = 0; i < core.length(); i++) {
      char c = core.charAt(i);
      letter |= Character.isLetter(c);
      digit |= Character.isDigit(c);
      inner += "_.\\:#+".indexOf(c) >= 0 ? 1 : 0;
      slashes += c == '/' ? 1 : 0;
      hump |= i > 0 && Character.isUpperCase(c) && Character.isLowerCase(core.charAt(i - 1));
    }
    boolean alternatives = slashes == 1 && core.charAt(0) != '/'; // and/or
    return inner > 0 || hump || (letter && digit) || (slashes > 0 && !alternatives);
  }
}
