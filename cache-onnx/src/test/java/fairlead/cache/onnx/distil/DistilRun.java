package fairlead.cache.onnx.distil;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import fairlead.cache.embed.TokenTable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Starts {@link Distil} and sees that the table judges as the one in the jar does.
 *
 * <p>{@code ./mvnw -Pdistil -pl cache-onnx -am test [-Ddistil.corpus=FILE] [-Ddistil.out=DIR]},
 * FILE one sentence a line, plain or gzip. No ordinary run of the tests takes it: its name is not a
 * test's.
 */
class DistilRun {
  /** What another processor's order of additions in the model may come to. */
  private static final double MEAN_DIFFERENCE = 0.002;

  @Test
  void aTableMadeAnewJudgesAsTheShippedOneDoes() throws IOException, OrtException {
    Path corpus = Path.of(System.getProperty("distil.corpus"));
    TokenTable made = Distil.run(corpus, Path.of(System.getProperty("distil.out")));
    TokenTable shipped = TokenTable.load();
    assertThat(made.dims()).isEqualTo(shipped.dims());
    Likeness likeness = Likeness.of(made, shipped);
    System.out.println("the cosine of two texts " + likeness);
    assertThat(likeness.mean()).isLessThan(MEAN_DIFFERENCE);
  }
}
