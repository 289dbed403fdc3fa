package fairlead.cache.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenTableTest {
  private static final int LARGEST_BYTES = 8_000_000;

  @Test
  void theShippedTableIsWhatItSaysAndSmall() throws IOException {
    TokenTable table = TokenTable.load();
    assertThat(table.dims() % 64).isZero();
    assertThat(table.vocabulary().size()).isEqualTo(30_522);
    assertThat(resource("table.bin").length + resource("vocabulary.txt").length)
        .isLessThanOrEqualTo(LARGEST_BYTES);
    assertThat(TokenTable.load()).isSameAs(table);
  }

  @Test
  void everyDamageIsNoticed() throws IOException {
    byte[] vocabulary = resource("vocabulary.txt");
    byte[] table = resource("table.bin");
    SplittableRandom random = EmbedderTest.seeded();
    for (int i = 0; i < 60; i++) {
      byte[] damaged = table.clone();
      int at = i < 24 ? i : random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      assertThatIllegalStateException()
          .as("byte %d", at)
          .isThrownBy(() -> TokenTable.of(vocabulary, damaged))
          .withMessageStartingWith("the token table is damaged: ")
          .withMessageMatching(".*=-?\\d+");
    }
    for (int length : new int[] {0, 3, 23, 24, table.length - 1}) {
      assertThatIllegalStateException()
          .isThrownBy(() -> TokenTable.of(vocabulary, Arrays.copyOf(table, length)))
          .withMessageContaining("bytes=" + length);
    }
    byte[] otherWords = vocabulary.clone();
    otherWords[vocabulary.length / 2] ^= 1;
    assertThatIllegalStateException()
        .isThrownBy(() -> TokenTable.of(otherWords, table))
        .withMessageContaining("CRC-32 of the vocabulary");
  }

  @Test
  void whatIsWrittenIsReadToAHalfStep() throws IOException {
    byte[] vocabulary = resource("vocabulary.txt");
    int tokens = TokenTable.load().vocabulary().size();
    int dims = 64;
    SplittableRandom random = EmbedderTest.seeded();
    float[] rows = new float[tokens * dims];
    for (int i = dims; i < rows.length; i++) {
      rows[i] = (float) random.nextDouble(-3, 3);
    }
    TokenTable table = TokenTable.of(vocabulary, TokenTable.write(vocabulary, dims, rows));
    for (int i = 0; i < rows.length; i += 7) {
      float read = table.rows()[i] * table.scale(i / dims);
      if (Math.abs(read - rows[i]) > 3 / 127f * 0.501f) {
        assertThat(read).isCloseTo(rows[i], within(3 / 127f * 0.501f));
      }
    }
    assertThat(table.wordCosine(0, 5)).as("a token without a vector").isZero();
    assertThat(table.wordCosine(5, 5)).isCloseTo(1, within(1e-6f));
    double[] sums = new double[3];
    for (int d = 0; d < dims; d++) {
      sums[0] += rows[5 * dims + d] * rows[6 * dims + d];
      sums[1] += rows[5 * dims + d] * rows[5 * dims + d];
      sums[2] += rows[6 * dims + d] * rows[6 * dims + d];
    }
    assertThat((double) table.wordCosine(5, 6))
        .isCloseTo(sums[0] / Math.sqrt(sums[1] * sums[2]), within(0.01));
  }

  @Test
  void wordsOfOneMeaningAreNearerThanOthers() {
    assertThat(word("error", "failure")).isGreaterThan(word("error", "banana") + 0.2f);
    assertThat(word("big", "large")).isGreaterThan(word("big", "tuesday") + 0.2f);
  }

  private static float word(String a, String b) {
    TokenTable table = TokenTable.load();
    return table.wordCosine(id(table, a), id(table, b));
  }

  private static int id(TokenTable table, String word) {
    byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
    return table.vocabulary().wordId(utf8, 0, utf8.length);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TokenTable.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
