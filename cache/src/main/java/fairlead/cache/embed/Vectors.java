package fairlead.cache.embed;

/** Arithmetic on vectors of bytes, in plain loops the compiler turns into vector instructions. */
final class Vectors {
  private Vectors() {}

  /** Exact for up to 133,000 components. */
  static int dot(byte[] a, int aAt, byte[] b, int bAt, int dims) {
    int sum = 0;
    for (int i = 0; i < dims; i++) {
      sum += a[aAt + i] * b[bAt + i];
    }
    return sum;
  }

  /** Adds a row times a factor. */
  static void add(float[] sum, byte[] row, int at, float factor) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * row[at + i];
    }
  }
}
