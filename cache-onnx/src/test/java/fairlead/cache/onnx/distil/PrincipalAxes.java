package fairlead.cache.onnx.distil;

import java.util.Arrays;

/** The axes along which vectors differ most, and how much of them the first axes keep. */
final class PrincipalAxes {
  private static final int MOST_SWEEPS = 14;
  private static final double SMALL = 1e-14;
  private static final double DONE = 1e-16;

  /** One axis a row, the one with the greatest spread first. */
  final double[][] axes;

  final double[] spread;

  /**
   * Of a symmetric matrix, by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations,
   * 8.5).
   */
  PrincipalAxes(double[][] symmetric) {
    int n = symmetric.length;
    double[][] a = new double[n][];
    double[][] vectors = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i] = symmetric[i].clone();
      vectors[i][i] = 1;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > DONE; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (Math.abs(a[p][q]) > SMALL) {
            rotate(a, vectors, p, q);
          }
        }
      }
    }
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (x, y) -> Double.compare(a[y][y], a[x][x]));
    axes = new double[n][];
    spread = new double[n];
    for (int i = 0; i < n; i++) {
      axes[i] = vectors[order[i]];
      spread[i] = a[order[i]][order[i]];
    }
  }

  /** The second moments of the vectors of all sources, to a trace of 1. */
  static double[][] moments(Iterable<Teacher> sources, int dims) {
    double[][] sums = new double[dims][dims];
    for (Teacher source : sources) {
      for (float[] v : source.vectors()) {
        for (int p = 0; p < dims; p++) {
          double[] row = sums[p];
          for (int q = 0; q <= p; q++) {
            row[q] += (double) v[p] * v[q];
          }
        }
      }
    }
    double trace = 0;
    for (int p = 0; p < dims; p++) {
      trace += sums[p][p];
    }
    for (int p = 0; p < dims; p++) {
      for (int q = 0; q <= p; q++) {
        sums[p][q] /= trace;
        sums[q][p] = sums[p][q];
      }
    }
    return sums;
  }

  private static void rotate(double[][] a, double[][] vectors, int p, int q) {
    int n = a.length;
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (int k = 0; k < n; k++) {
      double x = a[k][p];
      double y = a[k][q];
      a[k][p] = c * x - s * y;
      a[k][q] = s * x + c * y;
    }
    turn(a[p], a[q], c, s);
    turn(vectors[p], vectors[q], c, s);
  }

  private static void turn(double[] x, double[] y, double c, double s) {
    for (int k = 0; k < x.length; k++) {
      double xk = x[k];
      x[k] = c * xk - s * y[k];
      y[k] = s * xk + c * y[k];
    }
  }

  private static double offDiagonal(double[][] a) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += a[i][j] * a[i][j];
      }
    }
    return sum;
  }
}
