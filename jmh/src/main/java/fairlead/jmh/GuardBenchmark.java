package fairlead.jmh;

import fairlead.cache.embed.TokenTable;
import fairlead.cache.guard.FactReader;
import fairlead.cache.guard.ProseRule;
import fairlead.cache.guard.Refusal;
import fairlead.cache.guard.Strictness;
import fairlead.cache.guard.WordSimilarity;
import fairlead.cache.text.ProseCanonical;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a question states, compared with what a stored one states, and its canonical form. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GuardBenchmark {
  private final WordSimilarity similarity = WordSimilarity.of(TokenTable.load());
  private final FactReader reader = new FactReader(similarity);
  private final ProseRule rule = ProseRule.of(Strictness.STRICT, false);
  private final ProseCanonical canonical = new ProseCanonical();
  private final byte[] question =
      "How do I move 20 large pictures from my old Android phone to a new iPhone without losing the"
          .concat(" dates?")
          .getBytes(StandardCharsets.UTF_8);
  private final int[] asked = facts(new String(question, StandardCharsets.UTF_8));
  private final int[] same =
      facts(
          "how can I move 20 big photos from my old android phone to a new iphone without losing"
              + " dates");
  private final int[] other =
      facts(
          "How do I move 20 large pictures from my new iPhone to an old Android phone without losing"
              + " the dates?");
  private final int[] otherNumber =
      facts(
          "How do I move 30 large pictures from my old Android phone to a new iPhone without losing"
              + " the dates?");

  private int[] facts(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = reader.read(utf8, 0, utf8.length);
    return Arrays.copyOf(reader.facts(), length);
  }

  @Benchmark
  public int read20Words() {
    return reader.read(question, 0, question.length);
  }

  @Benchmark
  public @Nullable Refusal compareSame() {
    return rule.refusal(asked, 0, same, 0, similarity);
  }

  @Benchmark
  public @Nullable Refusal compareOtherOrder() {
    return rule.refusal(asked, 0, other, 0, similarity);
  }

  @Benchmark
  public @Nullable Refusal compareOtherNumber() {
    return rule.refusal(asked, 0, otherNumber, 0, similarity);
  }

  @Benchmark
  public int canonical20Words() {
    return canonical.write(question, 0, question.length);
  }
}
