package fairlead.jmh;

import fairlead.providers.wire.ChatAnswerScan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Looking at a plain answer that is passed on: 1 KB, and 20 KB with many escapes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChatAnswerScanBenchmark {
  private final byte[] answer1k = Bodies.answer();
  private final byte[] answer20k =
      new String(answer1k, StandardCharsets.UTF_8)
          .replace("A test timed out. ", "A \\\"test\\\" timed out,\\nafter ".repeat(16))
          .getBytes(StandardCharsets.UTF_8);
  private final ChatAnswerScan scan = new ChatAnswerScan();

  @Benchmark
  public boolean answer1k() {
    return scan.scan(answer1k, 0, answer1k.length);
  }

  @Benchmark
  public boolean answer20k() {
    return scan.scan(answer20k, 0, answer20k.length);
  }
}
