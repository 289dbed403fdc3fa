package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Locale;

/**
 * Unit vectors made from words: texts that share words lie near each other, equal texts coincide.
 *
 * <p>Stateless. Cost: one pseudo-random number per word and dimension.
 */
final class SimulatedEmbedding {
  static final int DEFAULT_DIMENSIONS = 256;

  private SimulatedEmbedding() {}

  static float[] of(String text, int dimensions, long seed) {
    double[] sum = new double[dimensions];
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
      long state = seed;
      for (int i = 0; i < word.length(); i++) {
        state = SimulatedRequest.mix(state * 31 + word.charAt(i) + 0x9e3779b97f4a7c15L);
      }
      for (int i = 0; i < dimensions; i++) {
        state += 0x9e3779b97f4a7c15L;
        sum[i] += SimulatedRequest.mix(state) * 0x1p-63;
      }
    }
    double square = 0;
    for (double x : sum) {
      square += x * x;
    }
    double scale = 1 / Math.sqrt(square);
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (sum[i] * scale);
    }
    return vector;
  }

  /** Appends the whole embeddings response. */
  static void response(ByteSink out, SimulatedRequest request, SimulatedBehaviour behaviour) {
    int dimensions =
        request.dimensions > 0
            ? request.dimensions
            : (int) behaviour.countOr(Knob.EMBEDDING_DIMENSIONS, DEFAULT_DIMENSIONS);
    long seed = behaviour.countOr(Knob.SEED, 0);
    out.ascii("{\"object\":\"list\",\"data\":[");
    for (int i = 0; i < request.inputs.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      out.ascii("{\"object\":\"embedding\",\"index\":").decimal(i).ascii(",\"embedding\":");
      append(out, of(request.inputs.get(i), dimensions, seed), request.base64);
      out.append('}');
    }
    out.ascii("],\"model\":").jsonString(request.model);
    if (behaviour.countOr(Knob.USAGE, 0) != OpenAiWire.USAGE_NONE) {
      out.ascii(",\"usage\":{\"prompt_tokens\":").decimal(request.promptTokens);
      out.ascii(",\"total_tokens\":").decimal(request.promptTokens).append('}');
    }
    out.append('}');
  }

  private static void append(ByteSink out, float[] vector, boolean base64) {
    if (base64) {
      ByteBuffer bytes = ByteBuffer.allocate(vector.length * 4).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      out.append('"').append(Base64.getEncoder().encode(bytes.array())).append('"');
      return;
    }
    for (int i = 0; i < vector.length; i++) {
      out.append(i == 0 ? '[' : ',').ascii(Float.toString(vector[i]));
    }
    out.append(']');
  }
}
