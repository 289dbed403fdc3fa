package fairlead.server.caching;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bytes of text eight at a time.
 *
 * <p>Stateless, allocates nothing.
 */
final class Words {
  /*
   * "Hacker's Delight" 6-1: (x - 1) & ~x has bit 7 set for x = 0. A borrow can mark bytes above a true
   * mark, never below: only the lowest mark is used, in little-endian order.
   */
  static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long MIX = 0x9e3779b97f4a7c15L; // 2^64 / golden ratio

  private Words() {}

  /** Marks the lowest byte that is a quote or a backslash, and perhaps others above it. */
  static long stops(long word) {
    long quote = word ^ QUOTES;
    long backslash = word ^ BACKSLASHES;
    return (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash)) & HIGH;
  }

  /** The first index in {@code [i, end)} of a quote or backslash, or {@code end}. */
  static int stop(byte[] a, int i, int end) {
    while (i <= end - 16) {
      long first = stops((long) WORD.get(a, i));
      long second = stops((long) WORD.get(a, i + 8));
      if ((first | second) != 0) {
        return first != 0
            ? i + (Long.numberOfTrailingZeros(first) >>> 3)
            : i + 8 + (Long.numberOfTrailingZeros(second) >>> 3);
      }
      i += 16;
    }
    while (i < end && a[i] != '"' && a[i] != '\\') {
      i++;
    }
    return i;
  }

  /** A hash that everybody can compute: it decides about an order and nothing else. */
  static long hash(byte[] a, int from, int to) {
    long hash = (long) to - from;
    int i = from;
    for (; i <= to - 8; i += 8) {
      hash = mixed(hash, (long) WORD.get(a, i));
    }
    if (i < to) {
      int rest = to - i;
      long last = 0;
      if (i <= a.length - 8) {
        last = (long) WORD.get(a, i) & (-1L >>> (8 * (8 - rest)));
      } else {
        for (int k = rest - 1; k >= 0; k--) {
          last = (last << 8) | (a[i + k] & 0xff);
        }
      }
      hash = mixed(hash, last);
    }
    return hash;
  }

  private static long mixed(long hash, long word) {
    long mixed = (hash ^ word) * MIX;
    return mixed ^ (mixed >>> 32);
  }
}
