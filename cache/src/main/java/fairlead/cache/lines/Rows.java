package fairlead.cache.lines;

import fairlead.cache.text.LogLines;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The logs of one partition in columns, chained by their findings.
 *
 * <p>One writer appends and clears; any number of readers search. A row is written before the head
 * of its chain points to it, and never changes afterwards, but for its value, which is cleared when
 * it goes. When full, the writer copies what is left into new rows.
 */
final class Rows<T> {
  /*
   * A candidate must have the same findings as the query, so logs are chained by the digest of
   * their findings and only one chain is walked. In it two bounds drop most rows before their
   * lines are read. Let wx, wy be the weights of two sets and t the least index. (1) J <= min /
   * max of wx, wy, so t * max <= min (the length filter of Bayardo, Ma, Srikant, "Scaling up all
   * pairs similarity search", WWW 2007). (2) J >= t means the lines on one side only weigh at most
   * (wx + wy) * (1 - t) / (1 + t) together, each at least 1; each changes one parity of the sketch
   * ("odd sketch": Mitzenmacher, Pagh, Pham, WWW 2014), so the sketches differ in at most as many
   * bits. Both never drop a neighbour.
   */

  private static final VarHandle HEAD = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(Object[].class);

  private final @Nullable Object[] values;
  private final long[] findings;
  private final long[] sketches;
  private final int[] weights;
  private final long[] ends;
  private final long[][] lines;
  private final int[] next; // row + 1 of the one added before in the chain, 0 at its end
  private final int[] heads; // row + 1, 0 where there is none

  // The writer's own.
  private int count;
  private int live;
  private long soonestEnd = Long.MAX_VALUE;
  private long lineBytes;

  Rows(int capacity) {
    values = new @Nullable Object[capacity];
    findings = new long[capacity];
    sketches = new long[capacity];
    weights = new int[capacity];
    ends = new long[capacity];
    lines = new long[capacity][];
    next = new int[capacity];
    heads = new int[Integer.highestOneBit(capacity * 2 - 1)];
  }

  // Readers.

  void search(LineQuery<T> query, long nowMillis, Acceptor<? super T> acceptor) {
    long digest = query.findingsDigest();
    long sketch = query.sketch();
    double weight = query.weight();
    double least = query.least();
    // The most that can differ, for the largest weight that (1) allows the other.
    int mostBits = (int) (weight * ((1 - least) / least) + SLACK);
    int row = (int) HEAD.getAcquire(heads, chain(digest));
    while (row != 0) {
      int at = row - 1;
      row = next[at];
      if (Long.bitCount(sketch ^ sketches[at]) > mostBits
          || findings[at] != digest
          || nowMillis >= ends[at]
          || Math.min(weight, weights[at]) < least * Math.max(weight, weights[at]) - SLACK) {
        continue;
      }
      float score = similarity(query.lines(), query.count(), lines[at], lines[at].length);
      if (score >= query.least() && score > query.score()) {
        T value = value(at);
        if (value != null && acceptor.accept(value, score)) {
          query.found(value, score);
          least = score;
          mostBits = (int) (weight * ((1 - least) / least) + SLACK);
        }
      }
    }
  }

  /** For what rounding does to the bounds; the score itself decides. */
  private static final double SLACK = 0.01;

  /**
   * The weighted Jaccard index of two sets of lines; -1 when a line that is a finding, or may
   * belong to one, is on one side only.
   */
  static float similarity(long[] a, int aCount, long[] b, int bCount) {
    int i = 0;
    int j = 0;
    int shared = 0;
    int all = 0;
    while (i < aCount && j < bCount) {
      long x = a[i] & LogLines.HASH;
      long y = b[j] & LogLines.HASH;
      if (x == y) {
        int weight = LogLines.weight(a[i]);
        shared += weight;
        all += weight;
        i++;
        j++;
      } else {
        long single = x < y ? a[i++] : b[j++];
        if ((single & ~LogLines.HASH) != 0) {
          return -1;
        }
        all++;
      }
    }
    for (; i < aCount; i++, all++) {
      if ((a[i] & ~LogLines.HASH) != 0) {
        return -1;
      }
    }
    for (; j < bCount; j++, all++) {
      if ((b[j] & ~LogLines.HASH) != 0) {
        return -1;
      }
    }
    return all == 0 ? -1 : (float) shared / all;
  }

  @SuppressWarnings("unchecked") // what was put there
  @Nullable T value(int at) {
    return (T) VALUE.getAcquire(values, at);
  }

  private int chain(long digest) {
    return (int) (digest >>> 33) & heads.length - 1;
  }

  // The writer.

  boolean isFull() {
    return count == values.length;
  }

  int count() {
    return count;
  }

  int live() {
    return live;
  }

  long bytes() {
    return 200
        + lineBytes
        + values.length * (3L * Long.BYTES + 4L * Integer.BYTES)
        + heads.length * 4L;
  }

  void append(T value, LineQuery<T> log, long endsAtMillis) {
    long[] copy = Arrays.copyOf(log.lines(), log.count());
    append(value, copy, log.findingsDigest(), log.sketch(), log.weight(), endsAtMillis);
  }

  private void append(T value, long[] set, long digest, long sketch, int weight, long end) {
    int at = count++;
    values[at] = value;
    findings[at] = digest;
    sketches[at] = sketch;
    weights[at] = weight;
    ends[at] = end;
    lines[at] = set;
    int chain = chain(digest);
    next[at] = heads[chain];
    HEAD.setRelease(heads, chain, at + 1);
    live++;
    soonestEnd = Math.min(soonestEnd, end);
    lineBytes += 16 + 8L * set.length;
  }

  void clear(int at) {
    VALUE.setRelease(values, at, null);
    live--;
  }

  long end(int at) {
    return ends[at];
  }

  long soonestEnd() {
    return soonestEnd;
  }

  /** The rows that are left, in their order, with this much room. */
  Rows<T> copy(int capacity) {
    Rows<T> copy = new Rows<>(capacity);
    for (int at = 0; at < count; at++) {
      T value = value(at);
      if (value != null) {
        copy.append(value, lines[at], findings[at], sketches[at], weights[at], ends[at]);
      }
    }
    return copy;
  }
}
