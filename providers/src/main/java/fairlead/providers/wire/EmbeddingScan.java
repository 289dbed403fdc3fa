package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import fairlead.providers.Usage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first vector of an embeddings answer in the OpenAI wire, as a list of numbers.
 *
 * <p>Not thread-safe; reusable. Cost: one pass in place; allocates the vector and, while it finds
 * out how long one is, some smaller ones.
 */
public final class EmbeddingScan {
  /** The longest vector taken; the longest on offer has 4,096 components. */
  public static final int MAX_DIMS = 8_192;

  private static final byte[] DATA = name("data");
  private static final byte[] EMBEDDING = name("embedding");
  private static final byte[] USAGE = name("usage");
  private static final int USUAL_DIMS = 1_536;

  private final JsonScan json = new JsonScan();
  private final Usage usage = new Usage();
  private float[] components = new float[0];
  private int dims;

  /**
   * Reads {@code array[start, end)}.
   *
   * @return the vector, made to have unit length; null if the text is not one JSON object with a
   *     vector, or the vector has too many components, or no direction
   */
  public float @Nullable [] scan(byte[] array, int start, int end) {
    dims = 0;
    usage.clear();
    json.begin(array, start, end);
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(DATA) && json.peek() == '[') {
        list(array);
      } else if (json.keyIs(USAGE)) {
        UsageScan.scan(json, usage);
      } else {
        json.skip();
      }
    }
    boolean whole = json.end();
    json.forget();
    return whole && dims > 0 ? unit() : null;
  }

  /** What the answer has cost, after {@link #scan}. */
  public Usage usage() {
    return usage;
  }

  private void list(byte[] array) {
    boolean first = true;
    json.enterArray();
    while (json.nextElement()) {
      if (first && json.peek() == '{') {
        json.enterObject();
        while (json.nextMember()) {
          if (json.keyIs(EMBEDDING) && json.peek() == '[') {
            vector(array);
          } else {
            json.skip();
          }
        }
      } else {
        json.skip();
      }
      first = false;
    }
  }

  private void vector(byte[] array) {
    dims = 0;
    json.enterArray();
    while (json.nextElement()) {
      byte sign = json.peek();
      if (sign != '-' && (sign < '0' || sign > '9')) {
        json.refuse("expected a number");
      } else if (dims == MAX_DIMS) {
        json.refuse("a vector of more than " + MAX_DIMS + " components");
      } else if (json.skip()) {
        if (dims == components.length) {
          components = Arrays.copyOf(components, dims == 0 ? USUAL_DIMS : MAX_DIMS);
        }
        components[dims++] = (float) JsonNumber.toDouble(array, json.valueStart(), json.valueEnd());
      }
    }
  }

  /** Null also where a component is infinite. */
  private float @Nullable [] unit() {
    double squares = 0;
    for (int i = 0; i < dims; i++) {
      squares += (double) components[i] * components[i];
    }
    if (!(squares > 0) || Double.isInfinite(squares)) {
      return null;
    }
    double factor = 1 / Math.sqrt(squares);
    float[] vector = new float[dims];
    for (int i = 0; i < dims; i++) {
      vector[i] = (float) (components[i] * factor);
    }
    return vector;
  }
}
