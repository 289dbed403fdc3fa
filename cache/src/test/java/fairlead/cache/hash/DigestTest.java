package fairlead.cache.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The digest against its slow twin, and what must and must not change it. */
final class DigestTest {
  private final long seed = new SplittableRandom().nextLong();
  private final SplittableRandom random = new SplittableRandom(seed);

  private HashSecret secret() {
    byte[] bytes = new byte[HashSecret.BYTES];
    random.nextBytes(bytes);
    return HashSecret.of(bytes);
  }

  @Test
  void agreesWithTheTwinForEveryLengthAndPlaceInTheArray() {
    for (int length = 0; length < 300; length++) {
      HashSecret secret = secret();
      Digest digest = new Digest(secret);
      SlowDigest slow = new SlowDigest(secret);
      int before = random.nextInt(3);
      int after = random.nextInt(12);
      byte[] bytes = new byte[before + length + after];
      random.nextBytes(bytes);
      digest.absorb(bytes, before, before + length);
      slow.absorb(0, bytes, before, before + length);
      assertSame(digest, slow, "seed " + seed + ", length " + length);
    }
  }

  @Test
  void agreesWithTheTwinForAnySequenceOfCalls() {
    for (int round = 0; round < 500; round++) {
      HashSecret secret = secret();
      Digest digest = new Digest(secret);
      SlowDigest slow = new SlowDigest(secret);
      for (int call = random.nextInt(20); call > 0; call--) {
        anyCall(digest, slow);
      }
      assertSame(digest, slow, "seed " + seed + ", round " + round);
    }
  }

  @Test
  void agreesWithTheTwinAtTheEdgesOfTheField() {
    byte[][] fills = new byte[3][HashSecret.BYTES];
    Arrays.fill(fills[1], (byte) 0xff);
    Arrays.fill(fills[2], 0, 8, (byte) 0xff);
    fills[2][7] = 0x1f; // p, which is 0
    fills[2][8] = 1;
    for (byte[] fill : fills) {
      HashSecret secret = HashSecret.of(fill);
      Digest digest = new Digest(secret);
      SlowDigest slow = new SlowDigest(secret);
      byte[] bytes = new byte[5000];
      Arrays.fill(bytes, (byte) 0xff);
      digest.absorb(bytes, 0, bytes.length);
      slow.absorb(0, bytes, 0, bytes.length);
      digest.absorb(-1L);
      slow.absorb(-1L);
      assertSame(digest, slow, "fill " + fill[0]);
    }
  }

  @Test
  void partPutInLaterIsAsIfAbsorbedThen() {
    for (int round = 0; round < 300; round++) {
      HashSecret secret = secret();
      Digest straight = new Digest(secret);
      Digest parts = new Digest(secret);
      byte[] before = new byte[random.nextInt(100)];
      byte[] middle = new byte[random.nextInt(1 << random.nextInt(4, 17))];
      byte[] after = new byte[random.nextInt(100)];
      random.nextBytes(before);
      random.nextBytes(middle);
      random.nextBytes(after);
      straight.absorb(before, 0, before.length);
      straight.absorb(3, middle, 0, middle.length);
      straight.mark(1, 7);
      straight.absorb(after, 0, after.length);

      parts.part();
      parts.absorb(3, middle, 0, middle.length);
      parts.mark(1, 7);
      long first = parts.first();
      long second = parts.second();
      int numbers = parts.numbers();
      parts.clear();
      parts.absorb(before, 0, before.length);
      parts.append(first, second, numbers);
      parts.absorb(after, 0, after.length);
      assertThat(parts.high()).as("seed " + seed).isEqualTo(straight.high());
      assertThat(parts.low()).as("seed " + seed).isEqualTo(straight.low());
      assertThat(parts.numbers()).isEqualTo(straight.numbers());
    }
  }

  @Test
  void lengthsAndKindsCount() {
    HashSecret secret = secret();
    Set<String> seen = new HashSet<>();
    byte[] zeros = new byte[200];
    int made = 0;
    for (int length = 0; length <= 200; length++) {
      Digest digest = new Digest(secret);
      digest.absorb(zeros, 0, length);
      seen.add(digest.high() + " " + digest.low());
      digest.clear();
      digest.absorb(0, zeros, 0, length);
      seen.add(digest.high() + " " + digest.low());
      digest.clear();
      digest.mark(0, length);
      seen.add(digest.high() + " " + digest.low());
      digest.clear();
      digest.absorb(length);
      seen.add(digest.high() + " " + digest.low());
      digest.clear();
      digest.absorb(zeros, 0, length);
      digest.absorb(zeros, length, 200);
      seen.add(digest.high() + " " + digest.low());
      made += 5;
    }
    assertThat(seen).as("seed " + seed).hasSize(made);
  }

  @Test
  void everyBitOfTheInputChangesBothHalves() {
    Digest digest = new Digest(secret());
    byte[] bytes = new byte[130];
    random.nextBytes(bytes);
    Set<Long> highs = new HashSet<>();
    Set<Long> lows = new HashSet<>();
    for (int bit = -1; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      if (bit >= 0) {
        changed[bit >> 3] ^= (byte) (1 << (bit & 7));
      }
      digest.clear();
      digest.absorb(changed, 0, changed.length);
      highs.add(digest.high());
      lows.add(digest.low());
    }
    assertThat(highs).as("seed " + seed).hasSize(bytes.length * 8 + 1);
    assertThat(lows).as("seed " + seed).hasSize(bytes.length * 8 + 1);
  }

  @Test
  void anotherSecretGivesAnotherDigestAndTheSameSecretTheSame() {
    byte[] text = "the build failed".getBytes(StandardCharsets.UTF_8);
    HashSecret one = HashSecret.random();
    Digest first = new Digest(one);
    Digest again = new Digest(HashSecret.of(one.bytes()));
    Digest other = new Digest(HashSecret.random());
    first.absorb(text, 0, text.length);
    again.absorb(text, 0, text.length);
    other.absorb(text, 0, text.length);
    assertThat(again.high()).isEqualTo(first.high());
    assertThat(again.low()).isEqualTo(first.low());
    assertThat(other.high()).isNotEqualTo(first.high());
    assertThat(one).hasToString("HashSecret");
  }

  @Test
  void secretOfAnotherSizeIsRefused() {
    assertThatThrownBy(() -> HashSecret.of(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a secret has 32 bytes: 31");
  }

  private void anyCall(Digest digest, SlowDigest slow) {
    byte[] bytes = new byte[random.nextInt(1 << random.nextInt(1, 10))];
    random.nextBytes(bytes);
    switch (random.nextInt(4)) {
      case 0 -> {
        long number = random.nextLong();
        digest.absorb(number);
        slow.absorb(number);
      }
      case 1 -> {
        int count = random.nextInt(Integer.MAX_VALUE);
        digest.mark(5, count);
        slow.mark(5, count);
      }
      case 2 -> {
        digest.absorb(9, bytes, 0, bytes.length);
        slow.absorb(9 + 2, bytes, 0, bytes.length);
      }
      default -> {
        digest.absorb(bytes, 0, bytes.length);
        slow.absorb(0, bytes, 0, bytes.length);
      }
    }
  }

  private static void assertSame(Digest digest, SlowDigest slow, String shown) {
    assertThat(Field.reduced(digest.first())).as(shown).isEqualTo(slow.first());
    assertThat(Field.reduced(digest.second())).as(shown).isEqualTo(slow.second());
    assertThat(digest.numbers()).as(shown).isEqualTo(slow.numbers());
  }

  /** Coefficient after coefficient, by Horner's rule in arbitrary precision. */
  private static final class SlowDigest {
    private static final BigInteger PRIME = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);

    private final BigInteger x;
    private final BigInteger y;
    private BigInteger first = BigInteger.ONE;
    private BigInteger second = BigInteger.ONE;
    private int numbers;

    SlowDigest(HashSecret secret) {
      x = point(secret.bytes(), 0);
      y = point(secret.bytes(), 8);
    }

    private static BigInteger point(byte[] bytes, int at) {
      BigInteger point = BigInteger.ZERO;
      for (int i = 7; i >= 0; i--) {
        point = point.shiftLeft(8).add(BigInteger.valueOf(bytes[at + i] & 0xff));
      }
      return point.mod(PRIME);
    }

    void absorb(long number) {
      coefficients(big(1L << 32), big(number >>> 32), big(number & 0xffffffffL));
    }

    void mark(int kind, int count) {
      coefficients(big((((long) kind + (1 << 20)) << 32) + count), big(0), big(0));
    }

    void absorb(int kind, byte[] bytes, int from, int to) {
      int length = to - from;
      coefficients(
          big(((long) kind << 32) + length), number(bytes, from, to), number(bytes, from + 7, to));
      int i = from + 14;
      for (; to - i >= 49; i += 49) {
        BigInteger[] m = new BigInteger[7];
        for (int k = 0; k < 7; k++) {
          m[k] = number(bytes, i + 7 * k, to);
        }
        BigInteger last =
            m[6].add(m[0].multiply(m[1])).add(m[2].multiply(m[3])).add(m[4].multiply(m[5]));
        for (BigInteger c : new BigInteger[] {m[0], m[2], m[4], m[5], m[3], m[1], last}) {
          coefficient(c);
        }
      }
      for (; i < to; i += 21) {
        coefficients(number(bytes, i, to), number(bytes, i + 7, to), number(bytes, i + 14, to));
      }
    }

    private void coefficients(BigInteger m0, BigInteger m1, BigInteger m2) {
      coefficient(m0);
      coefficient(m1);
      coefficient(m2.add(m0.multiply(m1)));
    }

    private void coefficient(BigInteger c) {
      first = first.multiply(x).add(c).mod(PRIME);
      second = second.multiply(y).add(c).mod(PRIME);
      numbers++;
    }

    private static BigInteger big(long value) {
      return BigInteger.valueOf(value);
    }

    private static BigInteger number(byte[] bytes, int i, int to) {
      BigInteger number = BigInteger.ZERO;
      for (int k = Math.min(to, i + 7) - 1; k >= i; k--) {
        number = number.shiftLeft(8).add(BigInteger.valueOf(bytes[k] & 0xff));
      }
      return number;
    }

    long first() {
      return first.longValueExact();
    }

    long second() {
      return second.longValueExact();
    }

    int numbers() {
      return numbers;
    }
  }
}
