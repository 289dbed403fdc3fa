package fairlead.server.caching;

import fairlead.cache.hash.Digest;
import java.util.Arrays;

/**
 * The members of the JSON objects that are open, each a part of a digest, until their object ends
 * and they are put in by the order of their keys.
 *
 * <p>Not thread-safe, reusable. Allocates only to grow; n members are put in order in n log n
 * steps, whoever chose their keys.
 */
final class MemberOrder {
  /*
   * What is sorted is one number per member: the upper bits of its key's hash, then its place among the
   * members of its object. Members of one key so stay in the order they were in: a key given twice means
   * something else when its values are exchanged. Two keys of one hash stay too, and then their order
   * counts as it should not: such requests are told apart for nothing, which is a miss and no more.
   */

  private static final int INITIAL = 64;

  /** Up to so many members are sorted by insertion. */
  private static final int FEW = 24;

  /** Numbers kept of a member and of an open object: a part or a state of the digest. */
  private static final int WIDTH = 3;

  /** More members than a body has room for. */
  private static final int PLACE_BITS = 29;

  private static final long PLACE = (1L << PLACE_BITS) - 1;

  private long[] keys = new long[INITIAL];
  private long[] parts = new long[INITIAL * WIDTH];
  private long[] states = new long[INITIAL * WIDTH];
  private int count;
  private int open;

  void clear() {
    count = 0;
    open = 0;
  }

  /** Gives back memory that only an unusual body needed. */
  void trim() {
    if (keys.length > INITIAL * 8) {
      keys = new long[INITIAL];
      parts = new long[INITIAL * WIDTH];
    }
    if (states.length > INITIAL * WIDTH) {
      states = new long[INITIAL * WIDTH];
    }
  }

  /** How many members are kept: an object's own begin here when it opens. */
  int count() {
    return count;
  }

  /** An object begins: what was absorbed so far waits until it ends. */
  void open(Digest digest) {
    int at = open++ * WIDTH;
    if (at == states.length) {
      states = Arrays.copyOf(states, states.length * 2);
    }
    put(states, at, digest);
  }

  /**
   * Keeps what the digest holds as a member.
   *
   * @param from where the members of its object begin
   */
  void add(long keyHash, int from, Digest digest) {
    int at = count++;
    if (at == keys.length) {
      keys = Arrays.copyOf(keys, at * 2);
      parts = Arrays.copyOf(parts, at * 2 * WIDTH);
    }
    keys[at] = (keyHash & ~PLACE) | (at - from);
    put(parts, at * WIDTH, digest);
  }

  private static void put(long[] into, int at, Digest digest) {
    into[at] = digest.first();
    into[at + 1] = digest.second();
    into[at + 2] = digest.numbers();
  }

  /** The object whose members begin at {@code from} ends: goes on with what was before it. */
  void close(int from, int kind, Digest digest) {
    int at = --open * WIDTH;
    digest.restore(states[at], states[at + 1], (int) states[at + 2]);
    int to = count;
    digest.mark(kind, to - from);
    if (to - from > FEW) {
      Arrays.sort(keys, from, to);
    } else {
      insert(keys, from, to);
    }
    for (int i = from; i < to; i++) {
      int part = (from + (int) (keys[i] & PLACE)) * WIDTH;
      digest.append(parts[part], parts[part + 1], (int) parts[part + 2]);
    }
    count = from;
  }

  private static void insert(long[] keys, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long key = keys[i];
      int k = i;
      while (k > from && keys[k - 1] > key) {
        keys[k] = keys[k - 1];
        k--;
      }
      keys[k] = key;
    }
  }
}
