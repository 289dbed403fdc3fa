package fairlead.cache.onnx.distil;

import fairlead.cache.onnx.MiniLm;
import java.util.List;

/** From the model's dimensions to the table's, along the axes of the teacher's vectors. */
final class Projection {
  private final double[][] axes;
  private final double[] factors;
  private double kept;

  /**
   * @param evening how far the axes' spreads are made alike: 0 not at all, 1 wholly
   */
  Projection(List<Teacher> sources, int dims, double evening) {
    PrincipalAxes principal = new PrincipalAxes(PrincipalAxes.moments(sources, MiniLm.DIMS));
    axes = principal.axes;
    factors = new double[dims];
    for (int d = 0; d < dims; d++) {
      kept += principal.spread[d];
      factors[d] = StrictMath.pow(principal.spread[d] / principal.spread[0], -evening / 2);
    }
  }

  /** The share of the spread that the dimensions keep. */
  double kept() {
    return kept;
  }

  float[] apply(float[] vector, double[] centre) {
    float[] projected = new float[factors.length];
    for (int d = 0; d < projected.length; d++) {
      double sum = 0;
      double[] axis = axes[d];
      for (int i = 0; i < vector.length; i++) {
        sum += (vector[i] - centre[i]) * axis[i];
      }
      projected[d] = (float) (sum * factors[d]);
    }
    return projected;
  }

  /** Not centred, so that cosines stay what the model means by them; of unit length. */
  float[] unit(float[] vector) {
    float[] projected = apply(vector, new double[vector.length]);
    scale(projected, 1 / length(projected));
    return projected;
  }

  static double length(float[] v) {
    double squares = 0;
    for (float x : v) {
      squares += (double) x * x;
    }
    return Math.sqrt(squares);
  }

  static void scale(float[] v, double factor) {
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) (v[i] * factor);
    }
  }
}
