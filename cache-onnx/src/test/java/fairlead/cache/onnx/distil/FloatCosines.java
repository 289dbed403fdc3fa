package fairlead.cache.onnx.distil;

import ai.onnxruntime.OrtException;
import fairlead.cache.embed.WordPiece;
import fairlead.cache.onnx.MiniLm;
import java.util.List;
import java.util.Locale;

/** The cosines of a few sentences, by which a quantised model is held against the float one. */
public final class FloatCosines {
  public static final List<String> SENTENCES =
      List.of(
          "How do I reset my password?",
          "I forgot my password, what should I do?",
          "Which planet has the most moons?",
          "The build failed because a test timed out.",
          "A test ran into its time limit, so the build is red.",
          "NullPointerException at com.example.Main.main(Main.java:42)",
          "What is the difference between a list and a set in Java?",
          "caf\u00E9",
          "Summarise the following article about inflation in the euro area in three sentences.",
          "yes");

  private FloatCosines() {}

  /** One cosine a line: the first sentence with each later one, then the second, and so on. */
  static String of(MiniLm model, WordPiece vocabulary) throws OrtException {
    float[][] vectors = Teacher.of(model, vocabulary, SENTENCES).vectors();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < vectors.length; i++) {
      for (int j = i + 1; j < vectors.length; j++) {
        lines.append(String.format(Locale.ROOT, "%.5f\n", dot(vectors[i], vectors[j])));
      }
    }
    return lines.toString();
  }

  public static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
