package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ByteSinkTest {
  /** Every digit at every place, and numbers of all kinds, against the formatter. */
  @Test
  void writesHexadecimalDigits() {
    for (int place = 0; place < 64; place += 4) {
      for (long digit = 0; digit < 16; digit++) {
        assertHexadecimal(digit << place);
        assertHexadecimal(~(digit << place));
      }
    }
    long seed = Long.getLong("fairlead.seed", 1);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      assertHexadecimal(random.nextLong());
    }
  }

  private static void assertHexadecimal(long value) {
    ByteSink sink = new ByteSink(1).ascii("=").hexLong(value).ascii(";");
    assertThat(sink.toString()).isEqualTo(String.format(Locale.ROOT, "=%016x;", value));
  }
}
