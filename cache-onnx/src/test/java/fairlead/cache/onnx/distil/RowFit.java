package fairlead.cache.onnx.distil;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Moves the rows of a table so that the sum of a text's rows points where the teacher's vector
 * does.
 *
 * <p>Stochastic gradient on the cosine, with Adagrad's step for each row (Duchi, Hazan and Singer,
 * JMLR 12, 2011): rare tokens move fast, frequent ones settle. One thread, a fixed order by the
 * seed: the same input gives the same rows.
 */
final class RowFit {
  /** Keeps the first step of a row finite. */
  private static final float FLOOR = 1e-6f;

  /** No step is longer, whatever the history of the row says. */
  private static final float LONGEST_STEP = 5;

  private final int dims;
  private final float[] rows;
  private final float[] history;
  private final float[] sum;
  private final float[] gradient;

  RowFit(float[] rows, int dims) {
    this.rows = rows;
    this.dims = dims;
    history = new float[rows.length / dims];
    sum = new float[dims];
    gradient = new float[dims];
  }

  /** Goes over all texts so many times, with steps that shrink from the rate to none. */
  void fit(int[][] ids, float[][] targets, int epochs, double rate, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] order = new int[ids.length];
    Arrays.setAll(order, i -> i);
    for (int epoch = 0; epoch < epochs; epoch++) {
      shuffle(order, random);
      float step = (float) (rate * (0.5 + 0.5 * StrictMath.cos(Math.PI * epoch / epochs)));
      double distance = 0;
      for (int i : order) {
        distance += ids[i].length == 0 ? 0 : 1 - learn(ids[i], targets[i], step);
      }
      System.out.printf(
          "pass %d: mean distance to the teacher %.4f%n", epoch, distance / ids.length);
    }
  }

  private float learn(int[] ids, float[] target, float step) {
    Arrays.fill(sum, 0);
    for (int id : ids) {
      add(sum, id * dims);
    }
    float squares = 1e-12f;
    float dot = 0;
    for (int d = 0; d < dims; d++) {
      squares += sum[d] * sum[d];
      dot += sum[d] * target[d];
    }
    float length = (float) Math.sqrt(squares);
    float cosine = dot / length;
    float along = cosine / length;
    float inverse = 1 / length;
    float size = 0;
    for (int d = 0; d < dims; d++) {
      gradient[d] = (target[d] - along * sum[d]) * inverse;
    }
    for (int d = 0; d < dims; d++) {
      size += gradient[d] * gradient[d];
    }
    for (int id : ids) {
      history[id] += size;
      float factor = Math.min(step / (float) Math.sqrt(history[id] + FLOOR), LONGEST_STEP);
      int at = id * dims;
      for (int d = 0; d < dims; d++) {
        rows[at + d] += factor * gradient[d];
      }
    }
    return cosine;
  }

  private void add(float[] to, int at) {
    for (int d = 0; d < dims; d++) {
      to[d] += rows[at + d];
    }
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }
}
