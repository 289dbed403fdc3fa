package fairlead.cache.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The masked lines of one log: a key over all of them in order, and the set of those that matter.
 *
 * <p>Not thread-safe: the scratch of one reader, used again for every log. One pass over the bytes;
 * allocates nothing once its buffers have grown to the largest log.
 *
 * <p>Two logs have equal keys if they differ only in what {@link LineMask} masks, in repeated lines
 * and in progress that was overwritten on the terminal. Nor counts the last frame of a stack where
 * a log ends within its line: somebody has cut it there. The set holds one long for every distinct
 * line that is not mere progress: a keyed hash and, in its two lowest bits, what the line is. A log
 * without a line that a failure speaks in has a key, but little to be compared by.
 */
public final class LogLines {
  /** The bit of a line that is a finding, see {@link LineKind}: it depends on the line alone. */
  public static final long FINDING = 1;

  /**
   * The bit of a line that may belong to a finding: one directly before or after one, and an item
   * of a numbered list.
   */
  public static final long CLOSE = 2;

  /** The bits of a line that are its hash. */
  public static final long HASH = ~(FINDING | CLOSE);

  /** How much a finding weighs; other lines weigh 1. */
  public static final int FINDING_WEIGHT = 8;

  /** A line with less left of it says nothing. */
  private static final int LEAST_BYTES = 4;

  private static final int FIRST_LINES = 256;

  /** Logs of usual length need no more, 64 KB. */
  private static final int KEPT_LINES = 8 << 10;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MIX = 0x9E3779B97F4A7C15L;

  /** Ciura's ("Best increments for the average case of Shellsort", 2001), continued by 2.25. */
  private static final int[] GAPS = {
    90_927, 40_412, 17_961, 7_983, 3_548, 1_577, 701, 301, 132, 57, 23, 10, 4, 1
  };

  private final LineMask mask = new LineMask();
  private final long seed;
  private final long otherSeed;
  private long[] lines = new long[FIRST_LINES];
  private int count;
  private int weight;
  private int findings;
  private long high;
  private long low;
  private int beforeAt;
  private boolean afterFinding;
  private boolean afterFrame;

  /** What ends a line: a line feed, a carriage return with more behind it, nothing. */
  private enum End {
    FED,
    OVERWRITTEN,
    CUT
  }

  /** For logs of one process: the keys of another secret are others. */
  public LogLines(long secret) {
    seed = fold(secret ^ 0xA0761D6478BD642FL, 0xE7037ED1A0B428DBL);
    otherSeed = fold(secret ^ 0x8EBC6AF09C88C6E3L, 0x589965CC75374CC3L);
  }

  /** How much a line of {@link #lines} weighs. */
  public static int weight(long line) {
    return (line & FINDING) == 0 ? 1 : FINDING_WEIGHT;
  }

  /** Reads a whole log. */
  public void read(byte[] utf8, int from, int to) {
    count = 0;
    high = seed;
    low = otherSeed;
    beforeAt = -1;
    afterFinding = false;
    afterFrame = false;
    int start = from;
    int at = from;
    while (at < to) {
      byte b = utf8[at];
      if (b == '\n') {
        line(utf8, start, at, End.FED);
        start = ++at;
      } else if (b == '\r') {
        int next = at + 1;
        while (next < to && utf8[next] == '\r') {
          next++;
        }
        if (next == to || utf8[next] == '\n') {
          line(utf8, start, at, End.FED);
          next = Math.min(next + 1, to);
        } else {
          line(utf8, start, at, End.OVERWRITTEN);
        }
        start = next;
        at = next;
      } else {
        at++;
      }
    }
    line(utf8, start, to, End.CUT);
    finish();
  }

  /** Forgets the log, and gives back what only an unusually long one needs. */
  public void trim() {
    count = 0;
    weight = 0;
    findings = 0;
    if (lines.length > KEPT_LINES) {
      lines = new long[FIRST_LINES];
    }
    mask.trim();
  }

  /** The upper half of the key. */
  public long keyHigh() {
    return high;
  }

  /** The lower half of the key. */
  public long keyLow() {
    return low;
  }

  /** The distinct lines that are no progress, ascending, the first {@link #count} of the array. */
  public long[] lines() {
    return lines;
  }

  public int count() {
    return count;
  }

  /** The sum of the weights of the lines. */
  public int weight() {
    return weight;
  }

  /** How many of the lines are findings. */
  public int findings() {
    return findings;
  }

  /** One line, or what a carriage return has overwritten: that is progress unless an error. */
  private void line(byte[] utf8, int from, int to, End how) {
    mask.mask(utf8, from, to);
    int length = mask.length();
    if (length < LEAST_BYTES) {
      return;
    }
    byte[] masked = mask.masked();
    int kind = LineKind.of(masked, length);
    if (how == End.OVERWRITTEN && kind != LineKind.FINDING) {
      return;
    }
    boolean frame = LineKind.isFrame(masked, length);
    if (how == End.CUT && frame && afterFrame) {
      return;
    }
    afterFrame = frame;
    long first = hash(masked, length, seed);
    high = fold(high ^ first, MIX);
    low = fold(low ^ hash(masked, length, otherSeed), MIX);
    boolean finding = kind == LineKind.FINDING;
    if (finding && beforeAt >= 0) {
      lines[beforeAt] |= CLOSE;
    }
    if (kind == LineKind.PROGRESS) {
      beforeAt = -1;
    } else {
      if (count == lines.length) {
        lines = Arrays.copyOf(lines, count * 2);
      }
      beforeAt = count;
      boolean close = afterFinding || kind == LineKind.LISTED;
      lines[count++] = (first & HASH) | (finding ? FINDING : 0) | (close ? CLOSE : 0);
    }
    afterFinding = finding;
  }

  /**
   * Sorts the lines and leaves out repeated ones. A finding that is there twice, four times, eight
   * times counts as one more each time: two errors are another failure than one, nine are the same
   * as ten.
   */
  private void finish() {
    sort();
    int kept = 0;
    boolean more = false;
    for (int from = 0, to; from < count; from = to) {
      long line = lines[from];
      for (to = from + 1; to < count && ((lines[to] ^ line) & HASH) == 0; to++) {
        line |= lines[to];
      }
      int times = (line & FINDING) == 0 ? 1 : to - from;
      lines[kept++] = line;
      for (int step = 1; times >> step > 0; step++) {
        lines[kept++] = (((line & HASH) + step * MIX) & HASH) | FINDING;
        more = true;
      }
    }
    count = kept;
    if (more) {
      sort();
    }
    weight = 0;
    findings = 0;
    for (int i = 0; i < count; i++) {
      weight += weight(lines[i]);
      findings += (int) (lines[i] & FINDING);
    }
  }

  /**
   * Shell's sort: Arrays.sort allocates from 44 elements on. Hashes with a secret come in no order
   * that anybody could choose.
   */
  private void sort() {
    for (int gap : GAPS) {
      for (int i = gap; i < count; i++) {
        long line = lines[i];
        int at = i;
        for (; at >= gap && lines[at - gap] > line; at -= gap) {
          lines[at] = lines[at - gap];
        }
        lines[at] = line;
      }
    }
  }

  private static long hash(byte[] text, int to, long seed) {
    long hash = seed ^ to;
    int at = 0;
    for (; at + 8 <= to; at += 8) {
      hash = fold(hash ^ (long) LONGS.get(text, at), MIX);
    }
    long rest = 0;
    for (; at < to; at++) {
      rest = (rest << 8) | (text[at] & 0xff);
    }
    return fold(hash ^ rest, seed | 1);
  }

  private static long fold(long a, long b) {
    return a * b ^ Math.unsignedMultiplyHigh(a, b);
  }
}
