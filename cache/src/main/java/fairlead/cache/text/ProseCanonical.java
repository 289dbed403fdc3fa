package fairlead.cache.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes prose in one way of the many that say the same: letters of either case, white space,
 * typographic marks and closing punctuation.
 *
 * <p>Scratch of one thread. One pass, about 1 ns a byte; nothing is allocated once the buffer has
 * grown. Writing what was written gives the same bytes.
 *
 * <p>What might mean something else stays:
 *
 * <ul>
 *   <li>text with code in it (a back quote, braces, an indented line) but for space at its ends;
 *   <li>the case of words with digits, inner capitals or marks, of words in capitals in a text that
 *       is not all in capitals (IT is not it), and of a word after a number (5 Mg is not 5 mg);
 *   <li>all letters beyond ASCII, and the case of the words they stand in;
 *   <li>a closing "?" that alone makes a question of the text, and "5!".
 * </ul>
 */
public final class ProseCanonical {
  /** What opens a question that is one without its mark. */
  private static final byte[][] OPENINGS =
      bytes(
          "who what when where why how which whose whom is are was were am do does did can could"
              + " will would should shall may might must has have had");

  /** The last byte of U+2026. */
  private static final int ELLIPSIS = 0xa6;

  private static final int FIRST_BYTES = 256;

  /** More than texts that have canonical forms usually need. */
  private static final int KEPT_BYTES = 64 << 10;

  private byte[] out = new byte[FIRST_BYTES];
  private int length;
  private boolean capitals;

  /** What the last {@link #write} gave, up to the length it returned; valid until the next. */
  public byte[] bytes() {
    return out;
  }

  /** Writes the canonical form and returns its length. */
  public int write(byte[] utf8, int from, int to) {
    int begin = from;
    int end = to;
    while (begin < end && space(utf8[begin])) {
      begin++;
    }
    while (end > begin && space(utf8[end - 1])) {
      end--;
    }
    if (out.length < end - begin) {
      out = new byte[Math.max(end - begin, out.length * 2)];
    }
    if (code(utf8, begin, end)) {
      System.arraycopy(utf8, begin, out, 0, end - begin);
      length = end - begin;
      return length;
    }
    plainMarks(utf8, begin, end);
    capitals = inCapitals();
    words();
    close();
    return length;
  }

  /** Forgets the text, and gives back what only an unusually long one needs. */
  public void trim() {
    length = 0;
    if (out.length > KEPT_BYTES) {
      out = new byte[FIRST_BYTES];
    }
  }

  private static boolean space(int c) {
    return c >= 0 && c <= ' ';
  }

  private static boolean closing(int c) {
    return c == '.' || c == '?' || c == '!' || c == ',' || c == ';' || c == ':';
  }

  private static boolean letter(int c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean upper(int c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean code(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      int c = b[i];
      if (c == '`' || c == '{' || c == '}' || c == '\t') {
        return true;
      }
      if (c == '\n' && i + 2 < to && b[i + 1] == ' ' && b[i + 2] == ' ') {
        return true;
      }
    }
    return false;
  }

  /** Writes typographic marks in their plain form and white space as single spaces. */
  private void plainMarks(byte[] b, int from, int to) {
    length = 0;
    int i = from;
    while (i < to) {
      int c = b[i];
      int next = i + 1 < to ? b[i + 1] & 0xff : 0;
      int last = i + 2 < to ? b[i + 2] & 0xff : 0;
      int plain = 0;
      if (c == (byte) 0xc2 && next == 0xa0) {
        put(' ');
        i += 2;
        continue;
      }
      if (c == (byte) 0xe2 && next == 0x80) {
        plain = plain(last);
      }
      if (plain == 0) {
        put(space(c) ? ' ' : c);
        i++;
        continue;
      }
      put(plain);
      if (last == ELLIPSIS) {
        put('.');
        put('.');
      }
      i += 3;
    }
    if (length > 0 && out[length - 1] == ' ') {
      length--;
    }
  }

  /** The plain form of a mark from U+2000 to U+203F by its last byte, or 0. */
  private static int plain(int last) {
    return switch (last) {
      case 0x98, 0x99, 0x9a -> '\'';
      case 0x9c, 0x9d, 0x9e -> '"';
      case 0x90, 0x91, 0x92, 0x93, 0x94 -> '-';
      case ELLIPSIS -> '.';
      case 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0xaf -> ' ';
      default -> 0;
    };
  }

  private void put(int c) {
    if (c != ' ' || (length > 0 && out[length - 1] != ' ')) {
      out[length++] = (byte) c;
    }
  }

  /** Whether there are several words and all letters are capitals. */
  private boolean inCapitals() {
    boolean several = false;
    for (int i = 0; i < length; i++) {
      int c = out[i];
      if (c < 0 || (letter(c) && !upper(c))) {
        return false;
      }
      several |= c == ' ';
    }
    return several;
  }

  /** Folds case word by word, and closes up "life ?" to "life?". */
  private void words() {
    boolean number = false;
    int write = 0;
    int read = 0;
    while (read < length) {
      int end = read;
      while (end < length && out[end] != ' ') {
        end++;
      }
      boolean fold = !number && folds(read, end);
      number = digit(out[read]);
      if (write > 0 && !closing(read, end)) {
        out[write++] = ' ';
      }
      for (int i = read; i < end; i++) {
        int c = out[i];
        out[write++] = (byte) (fold && upper(c) ? c | 0x20 : c);
      }
      read = end + 1;
    }
    length = write;
  }

  private boolean closing(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!closing(out[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether case says nothing here: Word, isn't, (Word), all of A TEXT IN CAPITALS. */
  private boolean folds(int from, int to) {
    int first = from;
    while (first < to && (out[first] == '(' || out[first] == '"' || out[first] == '\'')) {
      first++;
    }
    int i = first;
    while (i < to && (letter(out[i]) || out[i] == '\'' || out[i] == '-')) {
      if (i > first && out[i - 1] != '-' && upper(out[i]) && !capitals) {
        return false;
      }
      i++;
    }
    // A letter by itself may be one: C, R. Not I, nor the article.
    if (i == first + 1 && out[first] != 'I' && out[first] != 'A') {
      return false;
    }
    while (i < to && (closing(out[i]) || out[i] == ')' || out[i] == '"')) {
      i++;
    }
    return i == to;
  }

  /** Takes away what closes the text and says nothing; a text of nothing else stays. */
  private void close() {
    boolean asks = opensQuestion();
    int end = length;
    while (end > 0 && goes(end, asks)) {
      end--;
    }
    length = end == 0 ? length : end;
  }

  private boolean goes(int end, boolean asks) {
    int c = out[end - 1];
    boolean again = end > 1 && out[end - 2] == c;
    return switch (c) {
      case ' ', '.' -> true;
      case '?' -> asks || again;
      case '!' -> again || !factorial(end);
      default -> false;
    };
  }

  /** Whether what "!" follows is a number or a letter by itself. */
  private boolean factorial(int end) {
    int before = end > 1 ? out[end - 2] : 0;
    boolean loneLetter = letter(before) && (end < 3 || !letter(out[end - 3]));
    return digit(before) || before == ')' || loneLetter;
  }

  private boolean opensQuestion() {
    int end = 0;
    while (end < length && letter(out[end])) {
      end++;
    }
    if (end == length || (out[end] != ' ' && out[end] != '\'')) {
      return false;
    }
    for (byte[] opening : OPENINGS) {
      if (Arrays.equals(opening, 0, opening.length, out, 0, end)) {
        return true;
      }
    }
    return false;
  }

  private static byte[][] bytes(String words) {
    String[] each = words.split(" ");
    byte[][] all = new byte[each.length][];
    for (int i = 0; i < all.length; i++) {
      all[i] = each[i].getBytes(StandardCharsets.US_ASCII);
    }
    return all;
  }
}
