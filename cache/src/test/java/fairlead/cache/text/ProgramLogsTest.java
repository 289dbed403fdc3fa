package fairlead.cache.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How far masked lines agree with templates that people found in logs of programs (Loghub). Names
 * of users, hosts and resources are variables there and kept here, on purpose.
 */
final class ProgramLogsTest {
  @ParameterizedTest
  @CsvSource({
    "Android, 0.90",
    "Hadoop, 0.99",
    "Linux, 0.40",
    "OpenStack, 0.50",
    "Spark, 0.95",
    "Zookeeper, 0.99"
  })
  void linesOfOneTemplateMaskAlikeAndOfTwoDifferently(String program, double least) {
    LineMask mask = new LineMask();
    Map<String, Map<String, Long>> byTemplate = new HashMap<>();
    Map<String, Long> byLine = new HashMap<>();
    long all = 0;
    for (LogData.Line line : LogData.program(program)) {
      byte[] bytes = line.text().getBytes(UTF_8);
      mask.mask(bytes, 0, bytes.length);
      String masked = new String(mask.masked(), 0, mask.length(), UTF_8);
      byTemplate
          .computeIfAbsent(line.template(), id -> new HashMap<>())
          .merge(masked, 1L, Long::sum);
      byLine.merge(masked, 1L, Long::sum);
      all++;
    }
    long same = 0;
    long sameEqual = 0;
    for (Map<String, Long> lines : byTemplate.values()) {
      long sum = 0;
      for (long n : lines.values()) {
        sum += n;
        sameEqual += pairs(n);
      }
      same += pairs(sum);
    }
    long equal = 0;
    for (long n : byLine.values()) {
      equal += pairs(n);
    }
    double agreed = (double) sameEqual / same;
    double confused = (double) (equal - sameEqual) / (pairs(all) - same);
    System.out.printf(
        "%-10s %4d templates %4d masked lines; same template: %.3f alike; different: %.6f alike%n",
        program, byTemplate.size(), byLine.size(), agreed, confused);
    assertThat(all).isGreaterThan(1_900);
    assertThat(agreed).isGreaterThanOrEqualTo(least);
    assertThat(confused).isLessThanOrEqualTo(0.0001);
  }

  private static long pairs(long of) {
    return of * (of - 1) / 2;
  }
}
