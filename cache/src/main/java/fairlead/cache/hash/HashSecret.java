package fairlead.cache.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * The secret that digests are made with, and what is computed from it once.
 *
 * <p>Immutable, thread-safe. About 6 KB, shared by all {@link Digest}s. Whoever stores digests
 * stores the secret beside them: with another one all of them are meaningless.
 */
public final class HashSecret {
  public static final int BYTES = 32;

  /** Powers are looked up by the digits of the exponent in this base. */
  static final int DIGIT_BITS = 6;

  static final int DIGITS = 1 << DIGIT_BITS;

  /** Enough for every exponent that fits an int. */
  private static final int LEVELS = 6;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;

  /** The power of the point to {@code digit * 64^level} at {@code level * 64 + digit}. */
  final long[] firstPowers;

  final long[] secondPowers;
  final long firstMask;
  final long secondMask;

  private HashSecret(byte[] bytes) {
    this.bytes = bytes;
    firstPowers = powers(point(bytes, 0));
    secondPowers = powers(point(bytes, 8));
    firstMask = (long) WORD.get(bytes, 16);
    secondMask = (long) WORD.get(bytes, 24);
  }

  /** A new one. */
  public static HashSecret random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new HashSecret(bytes);
  }

  /** The one whose {@link #bytes} these are. */
  public static HashSecret of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a secret has " + BYTES + " bytes: " + bytes.length);
    }
    return new HashSecret(bytes.clone());
  }

  /** A copy of what it is made of. */
  public byte[] bytes() {
    return bytes.clone();
  }

  private static long point(byte[] bytes, int at) {
    return Field.reduced((long) WORD.get(bytes, at));
  }

  private static long[] powers(long point) {
    long[] powers = new long[LEVELS * DIGITS];
    long base = point;
    for (int level = 0; level < LEVELS; level++) {
      long power = 1;
      for (int digit = 0; digit < DIGITS; digit++) {
        powers[level * DIGITS + digit] = power;
        power = Field.reduced(Field.times(power, base));
      }
      base = power;
    }
    return powers;
  }

  /** Tells nothing. */
  @Override
  public String toString() {
    return "HashSecret";
  }
}
