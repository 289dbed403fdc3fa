package fairlead.cache.guard;

import java.nio.charset.StandardCharsets;

/**
 * Cuts UTF-8 text into words, numbers, identifiers and symbols.
 *
 * <p>Scratch of one thread. A few passes over the bytes of each word; nothing is allocated once the
 * arrays have grown. Broken UTF-8 is read byte by byte as letters.
 */
final class WordScan {
  private static final byte[] NOT = "not".getBytes(StandardCharsets.UTF_8);
  private static final byte[] WILL = "will".getBytes(StandardCharsets.UTF_8);
  private static final byte[] CAN = "can".getBytes(StandardCharsets.UTF_8);
  private static final byte[] IS = "is".getBytes(StandardCharsets.UTF_8);

  final Words words = new Words();

  /** Hash of what stands in quotation marks, in order; 0 for nothing. */
  int quotes;

  private final NumberScan numbers = new NumberScan(words);
  private int quotedFrom;
  private byte[] b = NOT;
  private int end;

  void read(byte[] utf8, int from, int to) {
    b = utf8;
    end = to;
    words.clear();
    quotes = 0;
    int i = from;
    boolean afterSpace = true;
    while (i < to && !words.cutShort) {
      int c = b[i];
      if (c >= 0 && c <= ' ') {
        words.start |= c == '\n';
        i++;
        afterSpace = true;
      } else if (c == '"' || c == '`') {
        while (i < to && b[i] == c) {
          i++;
        }
        quote(i);
      } else if (breaks(c)) {
        int operator = afterSpace ? operatorEnd(i) : i;
        if (operator > i) {
          words.add(whole(i, operator), Words.FOREIGN);
        } else {
          words.start |= c == '!' || c == '?';
        }
        i = Math.max(operator, i + 1);
      } else if (c < 0 && Utf8.judge(Utf8.point(Utf8.decode(b, i, to))) < 0) {
        i = nonLetter(i);
      } else {
        int chunkEnd = chunkEnd(i);
        chunk(i, chunkEnd, afterSpace);
        i = chunkEnd;
        afterSpace = false;
      }
    }
    // An opening mark without its closing one quotes nothing.
    for (int w = quotedFrom; words.inQuotes && w < words.count; w++) {
      words.kind[w] &= ~Words.QUOTED;
    }
  }

  /** Lets go of the text, and gives back what only an unusual one needs. */
  void trim() {
    b = NOT;
    end = 0;
    words.trim();
  }

  private void quote(int after) {
    if (words.inQuotes) {
      words.inQuotes = false;
      int h = 1;
      for (int w = quotedFrom; w < words.count; w++) {
        h = h * 31 + words.hash[w];
      }
      quotes = words.count > quotedFrom ? Lexicon.mix(quotes * 31 + h) : quotes;
    } else {
      // An inch mark or a stray one stands at the end of a word.
      words.inQuotes = after < end && (b[after] > ' ' || b[after] < 0);
      quotedFrom = words.count;
    }
  }

  private static boolean breaks(int c) {
    return switch (c) {
      case ',', ';', '(', ')', '[', ']', '{', '}', '<', '>', '!', '|', '?' -> true;
      default -> false;
    };
  }

  /** The end of an operator that stands between spaces and says something, else {@code at}. */
  private int operatorEnd(int at) {
    boolean says = false;
    int i = at;
    while (i < end && b[i] > 0 && "+-*/=<>!^%&|@#~$\\".indexOf(b[i]) >= 0) {
      says |= "+=<>^@#~%*$\\".indexOf(b[i]) >= 0;
      i++;
    }
    if (i == at || (i < end && b[i] > ' ') || (i < end && b[i] < 0)) {
      return at;
    }
    int last = words.count - 1;
    boolean between =
        last >= 0 && words.is(last, Words.NUMBER) && i + 1 < end && Utf8.digit(b[i + 1]);
    return says || between ? i : at;
  }

  private int nonLetter(int i) {
    int decoded = Utf8.decode(b, i, end);
    int point = Utf8.point(decoded);
    int next = i + Utf8.length(decoded);
    int what = Utf8.judge(point);
    if (what == Utf8.QUOTE) {
      quote(next);
    } else if (what == Utf8.SYMBOL) {
      int hash = Lexicon.mix(point);
      if (Character.getType(point) == Character.CURRENCY_SYMBOL
          && next < end
          && Utf8.digit(b[next])) {
        int to = chunkEnd(next);
        int before = words.count;
        chunk(next, to, true);
        if (words.count == before + 1 && words.is(before, Words.NUMBER)) {
          words.unit[before] = hash;
        } else {
          words.add(hash, Words.FOREIGN);
        }
        return to;
      }
      words.add(hash, Words.FOREIGN);
    } else if (point == 0x3002 || point == 0xff1f || point == 0xff01) {
      words.start = true;
    }
    return next;
  }

  /** Where what stands at {@code at} ends: at a space, a break or a mark beyond ASCII. */
  private int chunkEnd(int at) {
    boolean address = false;
    int i = at;
    while (i < end) {
      int c = b[i];
      if (c < 0) {
        int decoded = Utf8.decode(b, i, end);
        int point = Utf8.point(decoded);
        int next = i + Utf8.length(decoded);
        boolean inside =
            point == Utf8.DEGREE
                || (point == Utf8.APOSTROPHE && i > at && next < end && Utf8.letter(b[next]));
        if (!inside && Utf8.judge(point) < 0) {
          return i;
        }
        i = next;
        continue;
      }
      if (c <= ' ' || c == '"' || c == '`') {
        return i;
      }
      if (c == ',' ? !thousands(i, at) : c == '?' ? !address || last(i) : breaks(c)) {
        return i;
      }
      address |= c == '/' && i + 1 < end && b[i + 1] == '/';
      i++;
    }
    return i;
  }

  private boolean last(int i) {
    return i + 1 == end || (b[i + 1] >= 0 && b[i + 1] <= ' ');
  }

  /** Whether the comma at i groups digits. */
  private boolean thousands(int i, int from) {
    return i > from
        && Utf8.digit(b[i - 1])
        && i + 3 < end
        && Utf8.digit(b[i + 1])
        && Utf8.digit(b[i + 2])
        && Utf8.digit(b[i + 3])
        && (i + 4 == end || !Utf8.digit(b[i + 4]));
  }

  private void chunk(int at, int to, boolean afterSpace) {
    int s = at;
    int e = to;
    while (s < e && !starts(s, e, afterSpace && s == at)) {
      s++;
    }
    boolean sentenceEnds = false;
    while (e > s && !ends(s, e)) {
      e--;
      sentenceEnds |= b[e] == '.' || b[e] == ':';
    }
    if (s < e) {
      piece(s, e);
      words.start = sentenceEnds;
      return;
    }
    int operator = afterSpace ? operatorEnd(at) : at;
    if (operator > at) {
      words.add(whole(at, operator), Words.FOREIGN);
    } else {
      words.start |= sentenceEnds;
    }
  }

  /** Whether a mark belongs to what follows: .net, -5, --flag, /etc, ~/bin, #5, @name, $5. */
  private boolean starts(int i, int e, boolean alone) {
    int c = b[i];
    if (c < 0 || Utf8.letter(c) || Utf8.digit(c) || c == '_') {
      return true;
    }
    int next = i + 1 < e ? b[i + 1] : 0;
    boolean word = Utf8.letter(next) || Utf8.digit(next);
    return switch (c) {
      case '.' -> alone && word;
      case '-' ->
          alone
              && (word
                  || next == '.'
                  || next == '$'
                  || (next == '-' && i + 2 < e && Utf8.letter(b[i + 2])));
      case '/' -> alone && Utf8.letter(next);
      case '~' -> next == '/';
      case '#', '@' -> word;
      case '$' -> word || next == '.';
      default -> false;
    };
  }

  /** Whether a mark belongs to what is before it: C++, C#, 5%, 5$. */
  private boolean ends(int s, int e) {
    int c = b[e - 1];
    if (c < 0 || Utf8.letter(c) || Utf8.digit(c) || c == '_') {
      return true;
    }
    int before = e - 2 >= s ? b[e - 2] : 0;
    return switch (c) {
      case '+' -> Utf8.letter(before) || (before == '+' && e - 3 >= s && Utf8.letter(b[e - 3]));
      case '#' -> Utf8.letter(before);
      case '*' -> Utf8.letter(before) && (e - 3 < s || !Utf8.letter(b[e - 3]));
      case '%', '$' -> Utf8.digit(before);
      default -> false;
    };
  }

  private void piece(int s, int e) {
    int letters = 0;
    int digits = 0;
    int foreign = 0;
    int hyphens = 0;
    int apostrophes = 0;
    int dots = 0;
    int slashes = 0;
    for (int i = s; i < e; i++) {
      int c = b[i];
      if (Utf8.letter(c)) {
        letters++;
      } else if (Utf8.digit(c)) {
        digits++;
      } else if (c < 0) {
        boolean apostrophe = Utf8.apostrophe(b, i, e);
        apostrophes += apostrophe ? 1 : 0;
        foreign += apostrophe ? 0 : 1;
        i += apostrophe ? 2 : 0;
      } else if (c == '-') {
        hyphens++;
      } else if (c == '\'') {
        apostrophes++;
      } else if (c == '.') {
        dots++;
      } else if (c == '/') {
        slashes++;
      }
    }
    // Bytes that are not as the name says: three of them are one typographic apostrophe.
    boolean english = foreign == 0;
    int marks = marks(s, e);
    if (english && letters > 0 && digits == 0 && marks == 0) {
      english(s, e, apostrophes);
      return;
    }
    if (digits > 0) {
      int after = numbers.read(b, s, e);
      if (after > s) {
        runs(after, e, true);
        return;
      }
    }
    boolean soft = marks == hyphens && b[s] != '-';
    if (letters == 0 && english) {
      words.add(whole(s, e), digits > 0 ? Words.NUMBER | Words.WHOLE : Words.FOREIGN);
    } else if (english && soft) {
      runs(s, e, false);
    } else if (english && digits == 0 && marks == dots && initials(s, e)) {
      words.letters(b, s, e);
    } else if (english
        && digits == 0
        && slashes == 1
        && marks == slashes + hyphens
        && Utf8.letter(b[s])) {
      runs(s, e, false);
    } else {
      words.add(whole(s, e), soft ? Words.FOREIGN : Words.IDENTIFIER);
    }
  }

  /** Marks of ASCII within, apostrophes aside. */
  private int marks(int s, int e) {
    int marks = 0;
    for (int i = s; i < e; i++) {
      int c = b[i];
      marks += c >= 0 && !Utf8.letter(c) && !Utf8.digit(c) && c != '\'' ? 1 : 0;
    }
    return marks;
  }

  private void english(int s, int e, int apostrophes) {
    if (apostrophes == 0) {
      words.letters(b, s, e);
    } else {
      contraction(s, e);
    }
  }

  /**
   * Words and numbers that hyphens, a slash and changes to digits part: utf-8, his/her, covid19.
   */
  private void runs(int s, int e, boolean after) {
    boolean joined = after;
    int i = s;
    while (i < e) {
      int run = i;
      int before = words.count;
      if (Utf8.digit(b[i])) {
        while (run < e && Utf8.digit(b[run])) {
          run++;
        }
        if (numbers.read(b, i, run) == i) {
          words.add(whole(i, run), Words.NUMBER | Words.WHOLE);
        }
      } else if (Utf8.letter(b[i])) {
        while (run < e && (Utf8.letter(b[run]) || b[run] == '\'' || b[run] < 0)) {
          run++;
        }
        contraction(i, run);
      } else {
        i++;
        continue;
      }
      if (joined && before < words.count) {
        words.kind[before] |= Words.JOINED;
      }
      joined = true;
      i = run;
    }
  }

  /** U.S., a.m., Ph.D.: no more than two letters between the dots. */
  private boolean initials(int s, int e) {
    int run = 0;
    for (int i = s; i < e; i++) {
      run = b[i] == '.' ? 0 : run + 1;
      if (run > 2) {
        return false;
      }
    }
    return true;
  }

  /** Isn't is "is not", I'll is "I will", it's is "it", o'clock is one word. */
  private void contraction(int s, int e) {
    int at = e - 1;
    while (at > s && b[at] != '\'' && !Utf8.apostrophe(b, at, e)) {
      at--;
    }
    int tail = at + (b[at] == '\'' ? 1 : 3);
    int length = e - tail;
    if (at == s || length < 1 || length > 2) {
      words.letters(b, s, e);
      return;
    }
    int c = b[tail] | 0x20;
    int d = length > 1 ? b[tail + 1] | 0x20 : 0;
    if (length == 1 && c == 't' && (b[at - 1] | 0x20) == 'n') {
      int first = b[s] | 0x20;
      if (at - s == 3 && first == 'c') {
        words.letters(CAN, 0, CAN.length);
      } else if (at - s == 3 && first == 'w') {
        words.letters(WILL, 0, WILL.length);
      } else if (at - s == 3 && first == 'a') {
        words.letters(IS, 0, IS.length);
      } else if (at - 1 > s) {
        words.letters(b, s, at - 1);
      }
      words.letters(NOT, 0, NOT.length);
    } else if (length == 2 && c == 'l' && d == 'l') {
      words.letters(b, s, at);
      words.letters(WILL, 0, WILL.length);
    } else if (length == 2 ? d == 'e' && (c == 'r' || c == 'v') : "sdm".indexOf(c) >= 0) {
      words.letters(b, s, at);
    } else {
      words.letters(b, s, e);
    }
  }

  /** The hash of all of it in lower case. */
  private int whole(int s, int e) {
    int h = 0;
    for (int i = s; i < e; ) {
      int decoded = Utf8.decode(b, i, e);
      int point = Utf8.point(decoded);
      boolean upper = point >= 'A' && point <= 'Z';
      if (upper || (point > 127 && point <= Character.MAX_CODE_POINT)) {
        point = Character.toLowerCase(point);
      }
      h = h * 31 + point;
      i += Utf8.length(decoded);
    }
    return Lexicon.mix(h);
  }
}
