package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The table of known texts and its twin, a map of strings. */
final class KnownStringsTest {
  private static final int TABLES = 300;
  private static final int LOOK_UPS = 200;

  @Test
  void agreesWithAMapOfStrings() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("KnownStringsTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int hits = 0;
    for (int round = 0; round < TABLES; round++) {
      List<String> texts = new ArrayList<>();
      Map<String, String> twin = new HashMap<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        String made = text(random);
        texts.add(made);
        twin.put(made, made); // of equal ones the last is kept
      }
      KnownStrings known = new KnownStrings(texts);
      for (int i = 0; i < LOOK_UPS; i++) {
        String wanted =
            texts.isEmpty() || random.nextBoolean()
                ? text(random)
                : texts.get(random.nextInt(texts.size()));
        byte[] bytes = ("(" + wanted + ")").getBytes(StandardCharsets.ISO_8859_1);
        String found = known.of(bytes, 1, bytes.length - 1);
        assertThat(found).as("seed " + seed).isEqualTo(wanted);
        String instance = twin.get(wanted);
        if (instance != null) {
          hits++;
          assertThat(found).as("seed " + seed + ": " + wanted).isSameAs(instance);
        }
      }
    }
    assertThat(hits).isGreaterThan(TABLES * LOOK_UPS / 4);
  }

  /** Short ones of few letters, so that hashes meet; "Aa" and "BB" have the same. */
  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(random.nextInt(4) == 0 ? "\u00fcz" : random.nextBoolean() ? "Aa" : "BB");
    }
    return text.toString();
  }
}
