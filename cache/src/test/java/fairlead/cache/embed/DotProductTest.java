package fairlead.cache.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The loops that become vector instructions, and the same one component after the other. */
final class DotProductTest {
  private static final int[] DIMS = {0, 1, 3, 7, 15, 16, 31, 64, 127, 256, 384, 4_098};

  private static long slowly(byte[] a, int aAt, byte[] b, int bAt, int dims) {
    long sum = 0;
    for (int i = dims - 1; i >= 0; i--) {
      sum += Math.multiplyFull(a[aAt + i], b[bAt + i]);
    }
    return sum;
  }

  @Test
  void agreesWithTheSumInLongsAtEveryPlace() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("DotProductTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) { // long enough to be compiled
      int dims = DIMS[random.nextInt(DIMS.length)];
      int aAt = random.nextInt(9);
      int bAt = random.nextInt(9);
      byte[] a = new byte[aAt + dims + random.nextInt(9)];
      byte[] b = new byte[bAt + dims + random.nextInt(9)];
      random.nextBytes(a);
      random.nextBytes(b);
      assertThat((long) Vectors.dot(a, aAt, b, bAt, dims))
          .as("seed " + seed + " dims " + dims)
          .isEqualTo(slowly(a, aAt, b, bAt, dims));
    }
  }

  @Test
  void theExtremesDoNotOverflow() {
    byte[] low = new byte[4_096];
    Arrays.fill(low, Byte.MIN_VALUE);

    assertThat((long) Vectors.dot(low, 0, low, 0, low.length)).isEqualTo(4_096L * 128 * 128);
  }

  @Test
  void addingARowAgreesWithOneComponentAfterTheOther() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("DotProductTest add seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 5_000; round++) {
      float[] sum = new float[DIMS[random.nextInt(8)]];
      int at = random.nextInt(9);
      byte[] row = new byte[at + sum.length + 3];
      random.nextBytes(row);
      float factor = (float) random.nextDouble(-3, 3);
      float[] expected = new float[sum.length];
      for (int i = sum.length - 1; i >= 0; i--) {
        sum[i] = (float) random.nextDouble(-100, 100);
        expected[i] = sum[i] + factor * row[at + i];
      }
      Vectors.add(sum, row, at, factor);
      assertThat(sum).as("seed " + seed).isEqualTo(expected);
    }
  }
}
