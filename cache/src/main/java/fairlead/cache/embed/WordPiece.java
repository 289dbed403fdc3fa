package fairlead.cache.embed;

import java.nio.charset.StandardCharsets;

/**
 * BERT's uncased tokenizer over UTF-8 bytes: words and punctuation, each word cut greedily into the
 * longest pieces the vocabulary has.
 *
 * <p>Immutable, thread-safe. About 10 ns a token; allocates nothing for ASCII. A word with other
 * characters is normalised first, which allocates.
 */
public final class WordPiece {
  /** The token for a word the vocabulary cannot spell. */
  public static final int UNKNOWN = 100;

  /** What a sentence model wants before the text. */
  public static final int CLS = 101;

  /** What a sentence model wants after the text. */
  public static final int SEP = 102;

  /** A longer word is one unknown token, as in the tokenizer the models were trained with. */
  private static final int LONGEST_WORD_CHARS = 100;

  /** Runs of other characters are normalised in pieces of this length, so that none is large. */
  private static final int OTHER_RUN_BYTES = 4096;

  private static final byte LETTER = 0;
  private static final byte OTHER = 1;
  private static final byte SPACE = 2;
  private static final byte PUNCTUATION = 3;
  private static final byte[] KINDS = kinds();

  private final Vocabulary vocabulary;

  WordPiece(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** With one token a line, as BERT's {@code vocab.txt}. */
  public static WordPiece of(byte[] vocabulary) {
    return new WordPiece(new Vocabulary(vocabulary));
  }

  /** How many tokens there are. */
  public int size() {
    return vocabulary.size();
  }

  /**
   * Writes the ids of the text's tokens, without {@link #CLS} and {@link #SEP}, as many as there is
   * room for.
   *
   * @return how many
   */
  public int encode(byte[] text, int from, int to, int[] ids) {
    int n = 0;
    int at = from;
    while (at < to && n < ids.length) {
      byte kind = KINDS[text[at] & 0xFF];
      if (kind == SPACE) {
        at++;
      } else if (kind == PUNCTUATION) {
        n = piece(text, at, at + 1, ids, n);
        at++;
      } else {
        int end = at;
        int kinds = LETTER;
        long hash = Vocabulary.START;
        do {
          kinds |= kind;
          hash = Vocabulary.append(hash, text[end]);
          end++;
        } while (end < to && (kind = KINDS[text[end] & 0xFF]) <= OTHER);
        if (kinds == LETTER) {
          int id = vocabulary.find(hash, text, at, end, false);
          if (id >= 0) {
            ids[n++] = id;
          } else if (end - at > LONGEST_WORD_CHARS) {
            ids[n++] = UNKNOWN;
          } else {
            n = pieces(text, at, end, ids, n);
          }
        } else {
          end = cut(text, at, end);
          n = other(text, at, end, ids, n);
        }
        at = end;
      }
    }
    return n;
  }

  /** The token that a whole word of ASCII is, or -1 when it is none or several. */
  public int wordId(byte[] text, int from, int to) {
    long hash = Vocabulary.START;
    for (int i = from; i < to; i++) {
      hash = Vocabulary.append(hash, text[i]);
    }
    return to > from ? vocabulary.find(hash, text, from, to, false) : -1;
  }

  /** Whether the token goes on within a word. */
  public boolean insideWord(int id) {
    return vocabulary.inside(id);
  }

  /** Whether the token is written in letters that English does not have, or is unknown. */
  public boolean foreign(int id) {
    return id == UNKNOWN || vocabulary.foreign(id);
  }

  /** The token as the vocabulary writes it, for people. */
  public String token(int id) {
    return vocabulary.token(id);
  }

  private int piece(byte[] text, int from, int to, int[] ids, int n) {
    int id = wordId(text, from, to);
    ids[n] = id < 0 ? UNKNOWN : id;
    return n + 1;
  }

  /** Greedily, the longest piece first; a word that cannot be spelt to its end is unknown. */
  private int pieces(byte[] text, int from, int to, int[] ids, int start) {
    int n = start;
    int at = from;
    while (at < to) {
      boolean inside = at > from;
      long hash = inside ? Vocabulary.INSIDE : Vocabulary.START;
      int end = Math.min(to, at + vocabulary.longest());
      for (int i = at; i < end; i++) {
        hash = Vocabulary.append(hash, text[i]);
      }
      int id = vocabulary.find(hash, text, at, end, inside);
      while (id < 0 && end - at > 1) {
        end--;
        hash = Vocabulary.takeOff(hash, text[end]);
        id = vocabulary.find(hash, text, at, end, inside);
      }
      if (id < 0) {
        ids[start] = UNKNOWN;
        return start + 1;
      }
      // Goes on when there is no more room: the word may yet turn out to be unknown.
      if (n < ids.length) {
        ids[n++] = id;
      }
      at = end;
    }
    return n;
  }

  /** Where a long run may be cut: never within a character. */
  private static int cut(byte[] text, int from, int end) {
    if (end - from <= OTHER_RUN_BYTES) {
      return end;
    }
    int cut = from + OTHER_RUN_BYTES;
    while (cut > from + OTHER_RUN_BYTES - 3 && (text[cut] & 0xC0) == 0x80) {
      cut--;
    }
    return cut;
  }

  private int other(byte[] text, int from, int to, int[] ids, int start) {
    String clean = OtherText.clean(text, from, to);
    int n = start;
    int at = 0;
    while (at < clean.length() && n < ids.length) {
      int c = clean.codePointAt(at);
      int end = at + Character.charCount(c);
      if (!OtherText.isSpace(c)) {
        if (!OtherText.isPunctuation(c)) {
          end = wordEnd(clean, end);
        }
        if (clean.codePointCount(at, end) > LONGEST_WORD_CHARS) {
          ids[n++] = UNKNOWN;
        } else {
          byte[] word = clean.substring(at, end).getBytes(StandardCharsets.UTF_8);
          n = pieces(word, 0, word.length, ids, n);
        }
      }
      at = end;
    }
    return n;
  }

  private static int wordEnd(String text, int from) {
    int end = from;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      if (OtherText.isSpace(c) || OtherText.isPunctuation(c)) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[256];
    for (int i = 0; i < kinds.length; i++) {
      if (i == ' ' || i == '\t' || i == '\n' || i == '\r') {
        kinds[i] = SPACE;
      } else if (i < ' ' || i > 126) {
        kinds[i] = OTHER;
      } else {
        kinds[i] = OtherText.isPunctuation(i) ? PUNCTUATION : LETTER;
      }
    }
    return kinds;
  }
}
