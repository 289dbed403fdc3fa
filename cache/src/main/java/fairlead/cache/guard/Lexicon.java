package fairlead.cache.guard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is known of single English words: open addressing by hash of the word, or of its stem.
 *
 * <p>Immutable, loaded once from {@code words.txt}; about 100 KB. One lookup takes some
 * nanoseconds.
 */
final class Lexicon {
  // From this bit on: what Facts says is asked.
  static final int ASKING_SHIFT = 19;

  static final int STOP = 1;
  static final int NEGATION = 1 << 1;
  static final int ROLE = 1 << 2;
  static final int DIRECTION = 1 << 3;
  static final int QUANTITY = 1 << 4;
  static final int AUXILIARY = 1 << 5;
  static final int NUMBER = 1 << 6;
  static final int ORDINAL = 1 << 7;
  static final int UNIT = 1 << 8;

  /** No other word stands for it. */
  static final int MUST = 1 << 9;

  static final int OPPOSITE = 1 << 10;

  /** What one asks somebody to do who shall answer: tell, explain. */
  static final int REQUEST = 1 << 11;

  /** A small word that may itself be what is asked about: will, in. */
  static final int COMPARABLE = 1 << 12;

  /** And, or. */
  static final int LINK = 1 << 13;

  /** Versus, between. */
  static final int VERSUS = 1 << 14;

  /** Please, hello. */
  static final int GREETING = 1 << 15;

  /** Can, could, will, would, in "could you". */
  static final int POLITE = 1 << 16;

  /** Sections whose flags are those of {@link Facts}, in its order. */
  private static final String[] ASKING = {
    "who",
    "where",
    "when",
    "why",
    "what",
    "past",
    "future",
    "duty",
    "power",
    "would",
    "self",
    "other",
    "pointing"
  };

  /** Who, where, when, why, what, how. */
  static final int QUESTION = 1 << 17;

  /** Want, would like, in "I want to know". */
  static final int WISH = 1 << 18;

  private static final int STEM_SEED = 0x5bd1e995;

  private static final class Loaded {
    static final Lexicon ENGLISH = new Lexicon();
  }

  private final int[] hashes = new int[1 << 14];
  private final int[] flags = new int[hashes.length];
  private final int[] keys = new int[hashes.length];
  private final int[] units = new int[hashes.length];
  private final int[] values = new int[hashes.length];
  private final long[] opposites;

  private Lexicon() {
    List<String> lines = new ArrayList<>();
    try (InputStream in = Lexicon.class.getResourceAsStream("words.txt")) {
      if (in == null) {
        throw new IllegalStateException("no words.txt beside " + Lexicon.class);
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line; (line = reader.readLine()) != null; ) {
        String plain = line.strip();
        if (!plain.isEmpty() && !plain.startsWith("#")) {
          lines.add(plain);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Synonyms first: what is said of one word of a line holds for the key of all.
    readSame(section(lines, "same"));
    for (String line : section(lines, "unit")) {
      String[] words = line.split(" +");
      for (String word : words) {
        int at = place(raw(word));
        flags[at] |= UNIT;
        units[at] = raw(words[0]);
        if (keys[at] == 0) {
          keys[at] = units[at];
        }
        flags[at] |= MUST;
      }
    }
    numbers(section(lines, "number"), section(lines, "ordinal"));
    mark(section(lines, "stop"), STOP);
    mark(section(lines, "negation"), NEGATION);
    mark(section(lines, "role"), ROLE);
    mark(section(lines, "direction"), DIRECTION);
    mark(section(lines, "quantity"), QUANTITY);
    mark(section(lines, "auxiliary"), AUXILIARY);
    mark(section(lines, "request"), REQUEST);
    mark(section(lines, "greeting"), GREETING);
    mark(section(lines, "wish"), WISH);
    mark(section(lines, "polite"), POLITE);
    mark(section(lines, "question"), QUESTION);
    mark(section(lines, "comparable"), COMPARABLE);
    mark(section(lines, "link"), LINK);
    mark(section(lines, "versus"), VERSUS);
    for (int i = 0; i < ASKING.length; i++) {
      mark(section(lines, ASKING[i]), 1 << (ASKING_SHIFT + i));
    }
    mark(section(lines, "must"), MUST);
    List<String> pairs = section(lines, "opposite");
    opposites = new long[pairs.size() * 2];
    int n = 0;
    for (String line : pairs) {
      String[] words = line.split(" +");
      int a = open(words[0], OPPOSITE);
      int b = open(words[1], OPPOSITE);
      opposites[n++] = pair(keys[a], keys[b]);
      opposites[n++] = pair(keys[b], keys[a]);
    }
    Arrays.sort(opposites);
  }

  static Lexicon english() {
    return Loaded.ENGLISH;
  }

  private static List<String> section(List<String> lines, String name) {
    int from = lines.indexOf("[" + name + "]");
    if (from < 0) {
      throw new IllegalStateException("words.txt has no section " + name);
    }
    List<String> found = new ArrayList<>();
    for (int i = from + 1; i < lines.size() && !lines.get(i).startsWith("["); i++) {
      found.add(lines.get(i));
    }
    return found;
  }

  private void readSame(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" +");
      int key = keys[open(words[0], 0)];
      for (int i = 1; i < words.length; i++) {
        if (find(raw(words[i])) < 0) {
          int at = open(words[i], 0);
          keys[at] = key;
          int stem = find(stemOf(words[i]));
          if (stem >= 0) {
            keys[stem] = key;
          }
        }
      }
    }
  }

  private void numbers(List<String> cardinal, List<String> ordinal) {
    int[] small = {
      0,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      11,
      12,
      13,
      14,
      15,
      16,
      17,
      18,
      19,
      20,
      30,
      40,
      50,
      60,
      70,
      80,
      90,
      100,
      1000,
      1_000_000,
      1_000_000_000,
      Integer.MAX_VALUE
    };
    int n = 0;
    for (String line : cardinal) {
      for (String word : line.split(" +")) {
        int at = place(raw(word));
        flags[at] |= NUMBER;
        values[at] = small[n++];
      }
    }
    n = 1;
    for (String line : ordinal) {
      for (String word : line.split(" +")) {
        int at = place(raw(word));
        flags[at] |= ORDINAL;
        values[at] = n++;
      }
    }
  }

  private void mark(List<String> lines, int flag) {
    for (String line : lines) {
      for (String word : line.split(" +")) {
        if (word.startsWith("=")) {
          int at = place(raw(word.substring(1)));
          flags[at] |= flag;
          keys[at] = raw(word.substring(1));
        } else if (flag == MUST) {
          open(word, flag);
        } else {
          int at = place(raw(word));
          flags[at] |= flag;
          if (flag == NEGATION) {
            keys[at] = raw(line.substring(0, (line + " ").indexOf(' ')));
          } else if (keys[at] == 0) {
            keys[at] = word.indexOf('_') < 0 ? stemOf(word) : raw(word);
          }
        }
      }
    }
  }

  /** The place of a word by its own hash, and of its stem where that is still free. */
  private int open(String word, int flag) {
    int at = place(raw(word));
    flags[at] |= flag;
    if (keys[at] == 0) {
      keys[at] = word.indexOf('_') < 0 ? stemOf(word) : raw(word);
    }
    if (word.indexOf('_') < 0) {
      int stem = find(stemOf(word));
      if (stem < 0) {
        stem = place(stemOf(word));
        keys[stem] = keys[at];
      }
      if (keys[stem] == keys[at]) {
        flags[stem] |= flag;
      }
    }
    return at;
  }

  private int place(int hash) {
    int at = slot(hash);
    while (hashes[at] != 0 && hashes[at] != hash) {
      at = at + 1 & hashes.length - 1;
    }
    hashes[at] = hash;
    return at;
  }

  private int slot(int hash) {
    return hash >>> 18 & hashes.length - 1;
  }

  /** Where a hash is, or -1. */
  int find(int hash) {
    int at = slot(hash);
    while (hashes[at] != 0) {
      if (hashes[at] == hash) {
        return at;
      }
      at = at + 1 & hashes.length - 1;
    }
    return -1;
  }

  int flags(int at) {
    return at < 0 ? 0 : flags[at];
  }

  /** The hash that stands for the word and all that mean the same. */
  int key(int at) {
    return keys[at];
  }

  int unit(int at) {
    return units[at];
  }

  /** What a number word is worth. */
  int value(int at) {
    return values[at];
  }

  /** Whether two keys are of opposite words. */
  boolean opposite(int a, int b) {
    return Arrays.binarySearch(opposites, pair(a, b)) >= 0;
  }

  private static long pair(int a, int b) {
    return ((long) a << 32) | (b & 0xffffffffL);
  }

  /** The hash of a word as it stands, of two with "_" between as one. */
  static int raw(String word) {
    int bar = word.indexOf('_');
    if (bar > 0 && bar < word.length() - 1) {
      return two(raw(word.substring(0, bar)), raw(word.substring(bar + 1)));
    }
    String lower = word.toLowerCase(Locale.ROOT);
    int h = 0;
    for (int i = 0; i < lower.length(); i++) {
      h = h * 31 + lower.charAt(i);
    }
    boolean capitals = lower.length() > 1 && !word.equals(lower);
    return capitals ? upper(mix(h)) : mix(h);
  }

  /** The hash of a word in capitals, where that is another word: US, IT. */
  static int upper(int lower) {
    return two(STEM_SEED, lower);
  }

  /** The hash of two words as one. */
  static int two(int first, int second) {
    return mix(first * 0x9E3779B1 + second);
  }

  private static int stemOf(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    return stem(bytes, 0, Stem.end(bytes, 0, bytes.length), Stem.swapsForY(bytes, 0, bytes.length));
  }

  /** The hash of a stem, kept apart from that of a word. */
  static int stem(byte[] word, int from, int to, boolean y) {
    int h = 0;
    for (int i = from; i < to; i++) {
      h = h * 31 + word[i];
    }
    if (y) {
      h = h * 31 + 'y';
    }
    return mix(h ^ STEM_SEED);
  }

  /** Spreads a polynomial hash over all bits (the finaliser of MurmurHash3); never 0. */
  static int mix(int h) {
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    h ^= h >>> 16;
    return h == 0 ? 1 : h;
  }
}
