package fairlead.cache.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import fairlead.cache.embed.WordPiece;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * all-MiniLM-L6-v2 in ONNX Runtime: token ids in, unit vectors out.
 *
 * <p>Thread-safe but for {@link #close}, which must come after the last call. One call takes its
 * thread and no other, about 4 ms for 20 tokens; holds about 80 MB outside of the heap.
 */
public final class MiniLm implements OnnxEmbedder.Model {
  /** Components of a vector. */
  public static final int DIMS = 384;

  /** The quantised model: an eighth of a point of precision for a quarter of the memory. */
  public static final String QUANTISED = "/all-minilm-l6-v2-q.onnx";

  /** The model as it was published; only on the class path of the profile "distil". */
  public static final String FLOAT = "/all-minilm-l6-v2.onnx";

  private final OrtEnvironment environment;
  private final OrtSession session;

  /** Throws {@link IllegalStateException} with the reason when the model cannot be loaded. */
  public MiniLm(String resource) {
    try (InputStream in = MiniLm.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks the model " + resource);
      }
      environment = OrtEnvironment.getEnvironment();
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        session = environment.createSession(in.readAllBytes(), options);
      }
    } catch (IOException | OrtException | LinkageError e) {
      throw new IllegalStateException("cannot load the model " + resource + ": " + e, e);
    }
  }

  /** The vector of one text of {@code count} ids, without the marks at both ends. */
  @Override
  public float[] vector(int[] ids, int count) throws OrtException {
    return vectors(new int[][] {ids}, new int[] {count})[0];
  }

  /** The vectors of several texts; those of one length cost least. */
  public float[][] vectors(int[][] ids, int[] counts) throws OrtException {
    int longest = 0;
    for (int count : counts) {
      longest = Math.max(longest, count + 2);
    }
    long[] flat = new long[ids.length * longest];
    long[] mask = new long[flat.length];
    for (int i = 0; i < ids.length; i++) {
      int at = i * longest;
      flat[at] = WordPiece.CLS;
      for (int t = 0; t < counts[i]; t++) {
        flat[at + 1 + t] = ids[i][t];
      }
      flat[at + 1 + counts[i]] = WordPiece.SEP;
      Arrays.fill(mask, at, at + counts[i] + 2, 1);
    }
    long[] shape = {ids.length, longest};
    try (OnnxTensor input = OnnxTensor.createTensor(environment, LongBuffer.wrap(flat), shape);
        OnnxTensor attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        OnnxTensor types =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[flat.length]), shape);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", input, "attention_mask", attention, "token_type_ids", types))) {
      return pooled(((OnnxTensor) result.get(0)).getFloatBuffer(), counts, longest);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("cannot release the model: " + e, e);
    }
  }

  /** The mean over a text's tokens, marks included, as the model was trained; of unit length. */
  private static float[][] pooled(FloatBuffer states, int[] counts, int longest) {
    float[][] vectors = new float[counts.length][DIMS];
    float[] state = new float[DIMS];
    for (int i = 0; i < counts.length; i++) {
      float[] vector = vectors[i];
      for (int t = 0; t < counts[i] + 2; t++) {
        states.get((i * longest + t) * DIMS, state);
        for (int d = 0; d < DIMS; d++) {
          vector[d] += state[d];
        }
      }
      normalise(vector);
    }
    return vectors;
  }

  private static void normalise(float[] vector) {
    double squares = 0;
    for (float v : vector) {
      squares += (double) v * v;
    }
    float factor = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
    for (int d = 0; d < vector.length; d++) {
      vector[d] *= factor;
    }
  }
}
