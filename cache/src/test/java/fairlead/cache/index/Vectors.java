package fairlead.cache.index;

import java.util.SplittableRandom;

/**
 * Makes vectors that lie like those of real texts: mean cosine of two about .1, deviation about .1,
 * and some that are near an earlier one.
 *
 * <p>The spectrum falls off as that of a principal component analysis does; a common direction
 * lifts the mean. Sign bits are taken around the mean.
 */
final class Vectors {
  private static final double COMMON = 0.31;
  private static final double FALL = 0.33;

  private final int dims;
  private final SplittableRandom random;
  private final double[] deviation;
  private final double[] mean;

  Vectors(int dims, SplittableRandom random) {
    this.dims = dims;
    this.random = random;
    deviation = new double[dims];
    mean = new double[dims];
    double sum = 0;
    for (int i = 0; i < dims; i++) {
      deviation[i] = Math.pow(i + 1, -FALL);
      sum += deviation[i] * deviation[i];
    }
    for (int i = 0; i < dims; i++) {
      deviation[i] *= Math.sqrt((1 - COMMON * COMMON) / sum);
      mean[i] = COMMON / Math.sqrt(dims) * (random.nextBoolean() ? 1 : -1);
    }
  }

  /** A text as the index sees it. */
  static final class Text {
    final double[] vector;
    final long[] bits;
    final byte[] row;
    final float scale;
    final int[] facts;
    final long endMillis;

    Text(long[] bits, byte[] row, float scale) {
      this.bits = bits;
      this.row = row;
      this.scale = scale;
      vector = new double[0];
      facts = new int[1];
      endMillis = Long.MAX_VALUE;
    }

    Text(double[] vector, double[] mean, int[] facts, long endMillis) {
      int dims = vector.length;
      this.vector = vector;
      this.facts = facts;
      this.endMillis = endMillis;
      bits = new long[dims / 64];
      row = new byte[dims];
      double most = 0;
      for (int i = 0; i < dims; i++) {
        most = Math.max(most, Math.abs(vector[i]));
        if (vector[i] > mean[i]) {
          bits[i >> 6] |= 1L << i;
        }
      }
      double norm = 0;
      for (int i = 0; i < dims; i++) {
        row[i] = (byte) Math.round(vector[i] * 127 / most);
        norm += row[i] * row[i];
      }
      scale = (float) (1 / Math.sqrt(norm));
    }

    float cosine(Text other) {
      int dot = 0;
      for (int i = 0; i < row.length; i++) {
        dot += row[i] * other.row[i];
      }
      return dot * scale * other.scale;
    }
  }

  Text fresh(int[] facts, long endMillis) {
    double[] v = new double[dims];
    for (int i = 0; i < dims; i++) {
      v[i] = mean[i] + deviation[i] * random.nextGaussian();
    }
    return new Text(unit(v), mean, facts, endMillis);
  }

  /** A text at about this cosine to another. */
  Text near(Text to, double cosine, int[] facts, long endMillis) {
    double[] other = fresh(facts, endMillis).vector;
    double along = 0;
    for (int i = 0; i < dims; i++) {
      along += other[i] * to.vector[i];
    }
    for (int i = 0; i < dims; i++) {
      other[i] -= along * to.vector[i];
    }
    unit(other);
    double sine = Math.sqrt(1 - cosine * cosine);
    for (int i = 0; i < dims; i++) {
      other[i] = cosine * to.vector[i] + sine * other[i];
    }
    return new Text(unit(other), mean, facts, endMillis);
  }

  private static double[] unit(double[] v) {
    double norm = 0;
    for (double x : v) {
      norm += x * x;
    }
    norm = Math.sqrt(norm);
    for (int i = 0; i < v.length; i++) {
      v[i] /= norm;
    }
    return v;
  }
}
