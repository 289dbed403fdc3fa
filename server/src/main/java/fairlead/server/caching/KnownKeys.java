package fairlead.server.caching;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keys of requests that mean something to the cache, found by their hash and then compared.
 *
 * <p>Immutable. Cost: one look into a table for a key that is none of them.
 */
final class KnownKeys {
  static final int NONE = 0;

  private static final int SLOTS = 64;

  private final long[] hashes = new long[SLOTS];
  private final byte[][] names = new byte[SLOTS][];
  private final int[] meanings = new int[SLOTS];

  /** Takes in keys of one meaning, which is not {@link #NONE}. */
  KnownKeys add(int meaning, String... keys) {
    for (String key : keys) {
      byte[] name = key.getBytes(StandardCharsets.US_ASCII);
      long hash = Words.hash(name, 0, name.length);
      int slot = slot(hash);
      while (meanings[slot] != NONE) {
        slot = (slot + 1) % SLOTS;
      }
      hashes[slot] = hash;
      names[slot] = name;
      meanings[slot] = meaning;
    }
    return this;
  }

  /** What the key means, or {@link #NONE}. */
  int find(long hash, byte[] a, int from, int to) {
    int slot = slot(hash);
    while (meanings[slot] != NONE) {
      if (hashes[slot] == hash && Arrays.equals(names[slot], 0, names[slot].length, a, from, to)) {
        return meanings[slot];
      }
      slot = (slot + 1) % SLOTS;
    }
    return NONE;
  }

  private static int slot(long hash) {
    return (int) hash & (SLOTS - 1);
  }
}
