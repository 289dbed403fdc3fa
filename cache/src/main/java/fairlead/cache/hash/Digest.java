package fairlead.cache.hash;

import static fairlead.cache.hash.Field.PRIME;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 122-bit digest of a sequence of byte strings and numbers, for input that may be chosen to
 * collide by somebody who does not know the secret.
 *
 * <p>Not thread-safe; reusable after {@link #clear}. Cost: about 0.2 ns per byte and 4 ns per call,
 * no allocation.
 */
public final class Digest {
  /*
   * A polynomial hash (Carter and Wegman, "New hash functions and their use in authentication and set
   * equality", 1981) at two secret points x modulo p = 2^61 - 1.
   *
   * What is absorbed becomes a sequence of numbers m below 2^57, in groups. With h the value so far, and 1
   * at the start, a group continues the polynomial:
   *
   *   three:  h x^3 + (m0 + x)(m1 + x^2) - x^3 + m2
   *   seven:  h x^7 + (m0 + x)(m1 + x^6) + (m2 + x^2)(m3 + x^5) + (m4 + x^3)(m5 + x^4) - 3 x^7 + m6
   *
   * Multiplied out, each of m0 to m5 stands alone before its own power of x, and the constant is m6 plus
   * products of the others (the trick of Winograd's inner product: half the multiplications). So a group
   * can be read back from its coefficients, and it adds to no coefficient of the group before it. Every
   * call begins with a group of three whose first number tells kind and length, which tells how many
   * groups of which size follow: the coefficients, read from the highest one, give back the calls.
   * Different sequences of calls are therefore different polynomials. With n numbers absorbed they agree
   * at no more than n points, so they collide with a probability of at most (n / p)^2: 2^-88 for a
   * megabyte.
   *
   * The value of a part of the sequence, begun at 0 instead of 1, can be put in later: see append. The
   * order of such parts must not depend on the points, or the argument above does not hold.
   *
   * At the end both values go through a Feistel network under the rest of the secret, which is one to one
   * and so adds no collision: the values themselves would give the points away to whoever sees one
   * digest and knows what it is of.
   */

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** So many bytes make a number. */
  private static final int NUMBER_BYTES = 7;

  /** So many go with the header. */
  private static final int SHORT_BYTES = 2 * NUMBER_BYTES;

  private static final int THREE_BYTES = 3 * NUMBER_BYTES;
  private static final int SEVEN_BYTES = 7 * NUMBER_BYTES;
  private static final long MASK = (1L << 56) - 1;

  /** What belongs to the first and the second number of a string of so many bytes. */
  private static final long[] FIRST = masks(0);

  private static final long[] SECOND = masks(NUMBER_BYTES);

  /** Kinds of calls; a caller's own lie above them. */
  private static final int BYTES_KIND = 0;

  private static final int LONG_KIND = 1;
  private static final int FIRST_FREE_KIND = 2;

  /** Keeps marks apart from strings of the same kind. */
  private static final int MARK = 1 << 20;

  /** Of the caller's kinds. */
  public static final int MAX_KIND = 1 << 16;

  private static final long ROUND = 0x9e3779b97f4a7c15L; // 2^64 / golden ratio

  private final HashSecret secret;

  private final long x1;
  private final long x2;
  private final long x3;
  private final long x4;
  private final long x5;
  private final long x6;
  private final long x7;
  private final long xThree;
  private final long xSeven;

  private final long y1;
  private final long y2;
  private final long y3;
  private final long y4;
  private final long y5;
  private final long y6;
  private final long y7;
  private final long yThree;
  private final long ySeven;

  private long first = 1;
  private long second = 1;
  private int numbers;

  private static long[] masks(int before) {
    long[] masks = new long[SHORT_BYTES + 1];
    for (int length = 0; length <= SHORT_BYTES; length++) {
      int bytes = Math.clamp(length - before, 0, NUMBER_BYTES);
      masks[length] = (1L << (8 * bytes)) - 1;
    }
    return masks;
  }

  public Digest(HashSecret secret) {
    this.secret = secret;
    long[] x = secret.firstPowers;
    x1 = x[1];
    x2 = x[2];
    x3 = x[3];
    x4 = x[4];
    x5 = x[5];
    x6 = x[6];
    x7 = x[7];
    xThree = PRIME - x3;
    xSeven = PRIME - Field.reduced(3 * x7);
    long[] y = secret.secondPowers;
    y1 = y[1];
    y2 = y[2];
    y3 = y[3];
    y4 = y[4];
    y5 = y[5];
    y6 = y[6];
    y7 = y[7];
    yThree = PRIME - y3;
    ySeven = PRIME - Field.reduced(3 * y7);
  }

  /** Starts over. */
  public void clear() {
    restore(1, 1, 0);
  }

  /** Takes a byte string; where it begins and ends counts. */
  public void absorb(byte[] bytes, int from, int to) {
    string(BYTES_KIND, bytes, from, to);
  }

  /** Takes a byte string of a caller's own kind, from 0 below {@link #MAX_KIND}. */
  public void absorb(int kind, byte[] bytes, int from, int to) {
    string(kind + FIRST_FREE_KIND, bytes, from, to);
  }

  /** Takes a number. */
  public void absorb(long number) {
    three((long) LONG_KIND << 32, number >>> 32, number & 0xffff_ffffL);
  }

  /** Takes a mark of a caller's own kind with a count that is not negative. */
  public void mark(int kind, int count) {
    three(((long) (kind | MARK) << 32) | count, 0, 0);
  }

  private void string(int kind, byte[] a, int from, int to) {
    int length = to - from;
    if (length <= SHORT_BYTES && from < a.length - SHORT_BYTES) {
      three(
          ((long) kind << 32) | length,
          (long) WORD.get(a, from) & FIRST[length],
          (long) WORD.get(a, from + NUMBER_BYTES) & SECOND[length]);
    } else {
      longer(kind, a, from, to);
    }
  }

  private void longer(int kind, byte[] a, int from, int to) {
    int length = to - from;
    int i = from + SHORT_BYTES;
    three(((long) kind << 32) | length, number(a, from, to), number(a, from + NUMBER_BYTES, to));
    if (to - i >= SEVEN_BYTES) {
      i = sevens(a, i, to);
    }
    while (i < to) {
      three(number(a, i, to), number(a, i + NUMBER_BYTES, to), number(a, i + 2 * NUMBER_BYTES, to));
      i += THREE_BYTES;
    }
  }

  /** The bytes from {@code i} on, at most seven, and zeros from {@code to} on. */
  private static long number(byte[] a, int i, int to) {
    int bytes = Math.min(Math.max(to - i, 0), NUMBER_BYTES);
    return i <= a.length - 8 ? (long) WORD.get(a, i) & FIRST[bytes] : atTheEnd(a, i, bytes);
  }

  private static long atTheEnd(byte[] a, int i, int bytes) {
    long number = 0;
    for (int k = bytes - 1; k >= 0; k--) {
      number = (number << 8) | (a[i + k] & 0xff);
    }
    return number;
  }

  private void three(long m0, long m1, long m2) {
    long a = m0 + x1;
    long b = m1 + x2;
    long h = first;
    long lo = a * b;
    long lh = h * x3;
    long high = Math.multiplyHigh(a, b) + Math.multiplyHigh(h, x3);
    first =
        Field.folded(
            (lo & PRIME) + (lh & PRIME) + m2 + xThree, (high << 3) + (lo >>> 61) + (lh >>> 61));

    a = m0 + y1;
    b = m1 + y2;
    h = second;
    lo = a * b;
    lh = h * y3;
    high = Math.multiplyHigh(a, b) + Math.multiplyHigh(h, y3);
    second =
        Field.folded(
            (lo & PRIME) + (lh & PRIME) + m2 + yThree, (high << 3) + (lo >>> 61) + (lh >>> 61));
    numbers += 3;
  }

  /** Takes as many groups of seven as there are; answers the index after them. */
  private int sevens(byte[] a, int i, int to) {
    long h = first;
    long g = second;
    int begin = i;
    int last = to - SEVEN_BYTES;
    while (i <= last) {
      long m0 = (long) WORD.get(a, i) & MASK;
      long m1 = (long) WORD.get(a, i + 7) & MASK;
      long m2 = (long) WORD.get(a, i + 14) & MASK;
      long m3 = (long) WORD.get(a, i + 21) & MASK;
      long m4 = (long) WORD.get(a, i + 28) & MASK;
      long m5 = (long) WORD.get(a, i + 35) & MASK;
      // One byte early, so that nothing behind the group is read.
      long m6 = (long) WORD.get(a, i + 41) >>> 8;
      h = seven(h, m0 + x1, m1 + x6, m2 + x2, m3 + x5, m4 + x3, m5 + x4, x7, m6 + xSeven);
      g = seven(g, m0 + y1, m1 + y6, m2 + y2, m3 + y5, m4 + y3, m5 + y4, y7, m6 + ySeven);
      i += SEVEN_BYTES;
    }
    first = h;
    second = g;
    numbers += (i - begin) / NUMBER_BYTES;
    return i;
  }

  /**
   * The sum of four products and a number. Factors are below 2^62, so that neither sum of halves
   * leaves 64 bits.
   */
  private static long seven(
      long h, long a, long b, long c, long d, long e, long f, long x, long plus) {
    long ab = a * b;
    long cd = c * d;
    long ef = e * f;
    long hx = h * x;
    long high =
        Math.multiplyHigh(a, b)
            + Math.multiplyHigh(c, d)
            + Math.multiplyHigh(e, f)
            + Math.multiplyHigh(h, x);
    return Field.folded(
        (ab & PRIME) + (cd & PRIME) + (ef & PRIME) + (hx & PRIME) + plus,
        (high << 3) + (ab >>> 61) + (cd >>> 61) + (ef >>> 61) + (hx >>> 61));
  }

  /** The value at the first point; with the next two all there is to know of what was absorbed. */
  public long first() {
    return first;
  }

  public long second() {
    return second;
  }

  public int numbers() {
    return numbers;
  }

  /** Goes on from where those three were taken. */
  public void restore(long newFirst, long newSecond, int newNumbers) {
    first = newFirst;
    second = newSecond;
    numbers = newNumbers;
  }

  /** Starts a part, to be put in later by {@link #append}. */
  public void part() {
    restore(0, 0, 0);
  }

  /** Puts in a part as if its calls were made now. */
  public void append(long partFirst, long partSecond, int partNumbers) {
    first = continued(first, secret.firstPowers, partNumbers, partFirst);
    second = continued(second, secret.secondPowers, partNumbers, partSecond);
    numbers += partNumbers;
  }

  private static long continued(long h, long[] powers, int exponent, long part) {
    long power = Field.power(powers, exponent);
    long lo = h * power;
    return Field.folded((lo & PRIME) + part, (Math.multiplyHigh(h, power) << 3) + (lo >>> 61));
  }

  /** The upper half of the digest of what was absorbed so far. */
  public long high() {
    return high(first, second);
  }

  /** The lower half of the digest of what was absorbed so far. */
  public long low() {
    return low(first, second);
  }

  /** The upper half of the digest of what had been absorbed when these two were taken. */
  public long high(long atFirst, long atSecond) {
    long left = left(atFirst, atSecond);
    long right = right(left, atSecond);
    left ^= mixed(right, secret.firstMask + ROUND);
    return right ^ mixed(left, secret.secondMask + ROUND);
  }

  /** The lower half of the digest of what had been absorbed when these two were taken. */
  public long low(long atFirst, long atSecond) {
    long left = left(atFirst, atSecond);
    return left ^ mixed(right(left, atSecond), secret.firstMask + ROUND);
  }

  /** The left half after the first round. */
  private long left(long atFirst, long atSecond) {
    return Field.reduced(atFirst) ^ mixed(Field.reduced(atSecond), secret.firstMask);
  }

  /** The right half after the second. */
  private long right(long left, long atSecond) {
    return Field.reduced(atSecond) ^ mixed(left, secret.secondMask);
  }

  private static long mixed(long value, long key) {
    long a = value ^ key;
    long b = (Long.rotateLeft(value, 32) + key) | 1;
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }
}
