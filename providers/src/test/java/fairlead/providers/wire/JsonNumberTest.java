package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Numbers as long, and their twin: decimals without a bound. */
final class JsonNumberTest {
  private static final int NUMBERS = 200_000;
  private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

  private static String number(SplittableRandom random) {
    StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "-" : "");
    digits(text, random, random.nextInt(4) == 0 ? 19 : 6);
    if (random.nextInt(3) == 0) {
      text.append('.').append("0".repeat(random.nextInt(3)));
      digits(text.append(random.nextInt(10)), random, 5);
    }
    if (random.nextInt(3) == 0) {
      text.append(random.nextBoolean() ? 'e' : 'E');
      text.append(random.nextInt(3) == 0 ? "-" : random.nextBoolean() ? "+" : "");
      text.append("0".repeat(random.nextInt(2))).append(random.nextInt(22));
    }
    return text.toString();
  }

  private static void digits(StringBuilder text, SplittableRandom random, int most) {
    int count = random.nextInt(1, most + 1);
    boolean alone = random.nextInt(5) == 0;
    text.append(alone ? 0 : random.nextInt(1, 10));
    for (int i = 1; i < count && !alone; i++) {
      text.append(random.nextInt(10));
    }
  }

  @Test
  void longsAgreeWithDecimalsCutTowardsZeroAndSaturated() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("JsonNumberTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int exact = 0;
    for (int i = 0; i < NUMBERS; i++) {
      String text = number(random);
      BigDecimal decimal = new BigDecimal(text);
      BigInteger whole = decimal.setScale(0, RoundingMode.DOWN).toBigInteger();
      long expected = whole.abs().min(LARGEST).longValue() * whole.signum();
      byte[] bytes = (" " + text + "}").getBytes(StandardCharsets.US_ASCII);
      long found = JsonNumber.toLong(bytes, 1, bytes.length - 1);
      assertThat(JsonNumber.end(bytes, 1, bytes.length)).as(text).isEqualTo(bytes.length - 1);
      if (decimal.precision() <= 18) {
        exact++;
        assertThat(found).as("seed " + seed + ": " + text).isEqualTo(expected);
      } else { // eighteen digits are read, the others count as zeros
        assertThat(Math.abs(found - expected))
            .as("seed " + seed + ": " + text)
            .isLessThanOrEqualTo(Math.abs(expected) / 100_000_000_000_000_000L + 1);
      }
    }
    assertThat(exact).isGreaterThan(NUMBERS / 2);
  }
}
