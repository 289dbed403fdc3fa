package fairlead.cache.text;

/**
 * Fixed groups of English words, told apart by their first letters.
 *
 * <p>Immutable. A look-up is one pass over at most eight bytes and about one probe.
 */
final class WordSet {
  private static final int MOST_LETTERS = 8;

  private final int letters;
  private final long[] table;
  private final int[] groups;

  /**
   * Groups of words in small letters, separated by spaces, of which all letters count up to the
   * eighth. A word may be in several.
   */
  WordSet(String... groups) {
    this(MOST_LETTERS, groups);
  }

  /** Words of which only so many letters count: with five, "error" is "errors" too. */
  WordSet(int letters, String... groups) {
    this.letters = letters;
    int words = 0;
    for (String group : groups) {
      words += group.split(" ").length;
    }
    table = new long[Integer.highestOneBit(words) * 4];
    this.groups = new int[table.length];
    for (int i = 0; i < groups.length; i++) {
      for (String word : groups[i].split(" ")) {
        add(word, 1 << i);
      }
    }
  }

  private void add(String word, int group) {
    long key = 0;
    for (int i = 0; i < Math.min(letters, word.length()); i++) {
      key = (key << 8) | word.charAt(i);
    }
    int slot = slot(key);
    while (table[slot] != 0 && table[slot] != key) {
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = key;
    groups[slot] |= group;
  }

  /** Whether the word of ASCII letters of either case from here to there is in any group. */
  boolean contains(byte[] text, int from, int to) {
    return groups(text, from, to) != 0;
  }

  /** The groups the word is in, one bit for each, the first lowest. */
  int groups(byte[] text, int from, int to) {
    long key = 0;
    for (int at = from, end = Math.min(to, from + letters); at < end; at++) {
      key = (key << 8) | text[at] | 0x20;
    }
    int slot = slot(key);
    while (table[slot] != 0) {
      if (table[slot] == key) {
        return groups[slot];
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return 0;
  }

  private int slot(long key) {
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & (table.length - 1);
  }
}
