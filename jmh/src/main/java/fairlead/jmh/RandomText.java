package fairlead.jmh;

import fairlead.cache.embed.TokenTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Texts of random words of the vocabulary, frequent ones more often, so that they share words and
 * are still all different. Not thread-safe.
 */
final class RandomText {
  /** The vocabulary has the frequent ones first. */
  private final List<String> words;

  RandomText() {
    try (InputStream in =
        Objects.requireNonNull(TokenTable.class.getResourceAsStream("vocabulary.txt"))) {
      words =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.matches("[a-z]{2,}"))
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** So many words in UTF-8. */
  byte[] of(int count, SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int rank = (int) Math.pow(words.size(), random.nextDouble());
      text.append(words.get(rank - 1)).append(' ');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
