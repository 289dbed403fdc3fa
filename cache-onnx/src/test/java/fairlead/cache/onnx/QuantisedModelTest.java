package fairlead.cache.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import fairlead.cache.onnx.distil.FloatCosines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The quantised model against what the float model gave, written down by the profile "distil". */
class QuantisedModelTest {
  @Test
  void cosinesAreThoseOfTheFloatModelToAFewHundredths() throws IOException {
    List<Double> expected = new ArrayList<>();
    try (InputStream in = QuantisedModelTest.class.getResourceAsStream("float-cosines.txt")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      new String(bytes, StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> expected.add(Double.parseDouble(line)));
    }
    List<float[]> vectors = new ArrayList<>();
    try (OnnxEmbedder embedder = OnnxEmbedderFactory.open(1, 4)) {
      for (String sentence : FloatCosines.SENTENCES) {
        byte[] utf8 = sentence.getBytes(StandardCharsets.UTF_8);
        vectors.add(
            Objects.requireNonNull(
                embedder.embed(utf8, 0, utf8.length, System.nanoTime() + 30_000_000_000L)));
      }
    }
    int at = 0;
    for (int i = 0; i < vectors.size(); i++) {
      assertThat(FloatCosines.dot(vectors.get(i), vectors.get(i))).isCloseTo(1, within(1e-5));
      for (int j = i + 1; j < vectors.size(); j++) {
        assertThat(FloatCosines.dot(vectors.get(i), vectors.get(j)))
            .as(FloatCosines.SENTENCES.get(i) + " / " + FloatCosines.SENTENCES.get(j))
            .isCloseTo(expected.get(at++), within(0.04));
      }
    }
    assertThat(at).isEqualTo(expected.size());
  }
}
