package fairlead.cache.template;

import java.util.Arrays;

/**
 * What some texts of a partition have in common with one of them.
 *
 * <p>The writer's own. Keeps the beginning and the end of that one, and of each other text only how
 * far it agrees: at most 3.9 KB.
 */
final class Samples {
  static final int MOST = 16;

  /** A template with more before its payload is not learned. */
  static final int HEAD_BYTES = 2240;

  /** A template with more behind its payload is not learned. */
  static final int TAIL_BYTES = 1280;

  /** The least words that make a template. */
  private static final int LEAST_WORDS = 3;

  final byte[] head;
  final byte[] tail;
  private final int length;

  private final long[] hashes = new long[MOST];
  private final short[] prefixes = new short[MOST];
  private final short[] suffixes = new short[MOST];
  private int count;

  /** The length of what enough samples begin with, after {@link #decide}. */
  int prefix;

  /** The length of what enough samples end with, after {@link #decide}. */
  int suffix;

  Samples(byte[] utf8, int from, int to, long hash) {
    length = to - from;
    head = Arrays.copyOfRange(utf8, from, Math.min(to, from + HEAD_BYTES));
    tail = Arrays.copyOfRange(utf8, Math.max(from, to - TAIL_BYTES), to);
    add(hash, head.length, tail.length);
  }

  int count() {
    return count;
  }

  /** Takes a text into account unless it was already; whether it was new. */
  boolean add(byte[] utf8, int from, int to, long hash) {
    for (int i = 0; i < count; i++) {
      if (hashes[i] == hash) {
        return false;
      }
    }
    int same = Arrays.mismatch(head, 0, head.length, utf8, from, to);
    int before = Boundaries.prefix(head, same < 0 ? head.length : same);
    // What is shared before is not shared behind once more.
    int most = Math.min(tail.length, Math.min(length, to - from) - before);
    int behind = 0;
    while (behind < most && tail[tail.length - 1 - behind] == utf8[to - 1 - behind]) {
      behind++;
    }
    add(hash, before, tail.length - Boundaries.suffix(tail, tail.length - behind));
    return true;
  }

  private void add(long hash, int before, int behind) {
    hashes[count] = hash;
    prefixes[count] = (short) before;
    suffixes[count] = (short) behind;
    count++;
  }

  /** Whether so few agree with the one they are compared with that another should be tried. */
  boolean disagree() {
    int agree = 0;
    for (int i = 1; i < count; i++) {
      agree += words(prefixes[i], suffixes[i]) >= LEAST_WORDS ? 1 : 0;
    }
    return 2 * agree < count - 1;
  }

  private int words(int before, int behind) {
    return wordsBefore(before) + wordsBehind(behind);
  }

  private int wordsBefore(int length) {
    return Boundaries.words(head, 0, length);
  }

  private int wordsBehind(int length) {
    return Boundaries.words(tail, tail.length - length, tail.length);
  }

  /**
   * Finds what at least three quarters of the samples have in common; false when that is nothing to
   * speak of, or more than is kept here.
   */
  boolean decide() {
    int enough = count - (count >> 2);
    prefix = common(prefixes, 0, enough);
    suffix = common(suffixes, prefix, enough);
    // A word or a few signs on one side count only if nobody lacks them who has the other side.
    if (wordsBehind(suffix) < LEAST_WORDS && prefix > 0) {
      suffix = common(suffixes, prefix, sharing(prefix, 0));
    }
    if (wordsBefore(prefix) < LEAST_WORDS && sharing(prefix, suffix) < sharing(0, suffix)) {
      prefix = 0;
    }
    return words(prefix, suffix) >= LEAST_WORDS && prefix + suffix < length && !cutOff();
  }

  /**
   * The length that most samples share for its size. A few bytes more that fewer samples share are
   * mostly the beginnings of payloads that happen to agree, so numbers weigh much more than length.
   */
  private int common(short[] lengths, int leastPrefix, int enough) {
    int best = 0;
    double bestWeight = 0;
    for (int i = 1; i < count; i++) {
      int candidate = lengths[i];
      int sharing = sharing(leastPrefix, lengths, candidate);
      double share = sharing;
      double weight = candidate * share * share * share * share;
      if (sharing >= enough && weight > bestWeight) {
        best = candidate;
        bestWeight = weight;
      }
    }
    return best;
  }

  /** How many samples share this much of the one kind, of those that share the prefix. */
  private int sharing(int before, short[] lengths, int least) {
    int sharing = 0;
    for (int i = 0; i < count; i++) {
      sharing += prefixes[i] >= before && lengths[i] >= least ? 1 : 0;
    }
    return sharing;
  }

  private int sharing(int before, int behind) {
    return sharing(before, suffixes, behind);
  }

  /** Whether what is common may go on beyond what is kept. */
  private boolean cutOff() {
    return (length > HEAD_BYTES && prefix == Boundaries.prefix(head, head.length))
        || (length > TAIL_BYTES && suffix == tail.length - Boundaries.suffix(tail, 0));
  }
}
