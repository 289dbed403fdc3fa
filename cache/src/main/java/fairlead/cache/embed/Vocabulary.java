package fairlead.cache.embed;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The tokens of a vocabulary, found by their bytes.
 *
 * <p>Immutable, thread-safe. One probe of a table of 512 KB for most look-ups, then a comparison of
 * the bytes; allocates nothing.
 *
 * <p>The hash is a polynomial over the bytes with an odd factor modulo 2^64. Such a factor has an
 * inverse, so a caller that looks for the longest prefix hashes forward once and takes bytes off at
 * the end again.
 */
final class Vocabulary {
  private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;
  private static final long INVERSE = inverse(FACTOR);

  /** Where the hash of a token that goes on within a word begins. */
  static final long INSIDE = 0x2545_F491_4F6C_DD1DL;

  /** Where the hash of a token that begins a word begins. */
  static final long START = 1;

  private static final int FREE = 0;

  private static final byte[] LOWER = lower();

  private final byte[] bytes;
  private final int[] offsets;
  private final boolean[] inside;
  private final boolean[] foreign;
  private final int longest;

  /** The upper 32 bits of the hash, then the token's id + 1. */
  private final long[] slots;

  private final int mask;

  /**
   * One token a line, as BERT's {@code vocab.txt}; {@code ##} begins those that go on in a word.
   */
  Vocabulary(byte[] lines) {
    int count = 0;
    for (byte b : lines) {
      count += b == '\n' ? 1 : 0;
    }
    bytes = lines;
    offsets = new int[2 * count];
    inside = new boolean[count];
    foreign = new boolean[count];
    mask = Integer.highestOneBit(Math.max(4, count) * 2) * 2 - 1;
    slots = new long[mask + 1];
    int maximum = 0;
    int from = 0;
    for (int id = 0; id < count; id++) {
      int to = from;
      while (lines[to] != '\n') {
        to++;
      }
      foreign[id] = isForeign(lines, from, to);
      inside[id] = to - from > 2 && lines[from] == '#' && lines[from + 1] == '#';
      int start = inside[id] ? from + 2 : from;
      offsets[2 * id] = start;
      offsets[2 * id + 1] = to;
      maximum = Math.max(maximum, to - start);
      long hash = inside[id] ? INSIDE : START;
      for (int i = start; i < to; i++) {
        // As it stands: [UNK] and its like are capital so that no lower-cased text finds them.
        hash = hash * FACTOR + lines[i];
      }
      int slot = slot(hash);
      while (slots[slot] != FREE) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = (hash & 0xFFFF_FFFF_0000_0000L) | (id + 1);
      from = to + 1;
    }
    longest = maximum;
  }

  int size() {
    return inside.length;
  }

  /** The bytes of the longest token. */
  int longest() {
    return longest;
  }

  /** Whether the token goes on within a word. */
  boolean inside(int id) {
    return inside[id];
  }

  /** Whether the token is written in letters that English does not have. */
  boolean foreign(int id) {
    return foreign[id];
  }

  static byte lower(byte b) {
    return LOWER[b & 0xFF];
  }

  /** The hash of what was hashed and one more byte, lower-cased. */
  static long append(long hash, byte b) {
    return hash * FACTOR + LOWER[b & 0xFF];
  }

  /** The hash before that byte was appended. */
  static long takeOff(long hash, byte b) {
    return (hash - LOWER[b & 0xFF]) * INVERSE;
  }

  /** The id of the token with these bytes, ASCII capitals read as small letters; or -1. */
  int find(long hash, byte[] text, int from, int to, boolean insideWord) {
    int slot = slot(hash);
    for (long found = slots[slot]; found != FREE; found = slots[slot]) {
      if ((found ^ hash) >>> 32 == 0) {
        int id = (int) found - 1;
        if (inside[id] == insideWord && sameBytes(id, text, from, to)) {
          return id;
        }
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** The id of a token as the vocabulary writes it, or -1. */
  int id(String token) {
    byte[] wanted = token.getBytes(StandardCharsets.UTF_8);
    for (int id = 0; id < size(); id++) {
      int from = offsets[2 * id] - (inside[id] ? 2 : 0);
      if (Arrays.equals(bytes, from, offsets[2 * id + 1], wanted, 0, wanted.length)) {
        return id;
      }
    }
    return -1;
  }

  String token(int id) {
    int from = offsets[2 * id] - (inside[id] ? 2 : 0);
    return new String(bytes, from, offsets[2 * id + 1] - from, StandardCharsets.UTF_8);
  }

  private boolean sameBytes(int id, byte[] text, int from, int to) {
    int at = offsets[2 * id];
    if (offsets[2 * id + 1] - at != to - from) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (bytes[at++] != LOWER[text[i] & 0xFF]) {
        return false;
      }
    }
    return true;
  }

  private int slot(long hash) {
    // The high half of a product mixes all of the bytes; the stored half is the upper one as well,
    // so the slot takes other bits of it.
    long mixed = hash ^ (hash >>> 29);
    return (int) ((mixed * FACTOR) >>> 33) & mask;
  }

  private static boolean isForeign(byte[] lines, int from, int to) {
    boolean plain = true;
    for (int i = from; i < to; i++) {
      plain &= lines[i] >= 0;
    }
    if (plain) {
      return false;
    }
    String token = new String(lines, from, to - from, StandardCharsets.UTF_8);
    for (int i = 0, c; i < token.length(); i += Character.charCount(c)) {
      c = token.codePointAt(i);
      if (Character.isLetter(c) && Character.UnicodeScript.of(c) != Character.UnicodeScript.LATIN) {
        return true;
      }
    }
    return false;
  }

  private static byte[] lower() {
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = (byte) (i >= 'A' && i <= 'Z' ? i + 32 : i);
    }
    return table;
  }

  /**
   * Newton's iteration: each step doubles the number of right bits, and 3 are right at the start.
   */
  private static long inverse(long odd) {
    long x = odd;
    for (int i = 0; i < 5; i++) {
      x *= 2 - odd * x;
    }
    return x;
  }
}
