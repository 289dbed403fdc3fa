package fairlead.jmh;

import fairlead.providers.wire.ChatChunkScan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Looking at one chunk with a piece of text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChatChunkScanBenchmark {
  private final byte[] delta =
      Bodies.chunk("{\"content\":\" token\"}", "null").getBytes(StandardCharsets.UTF_8);
  private final ChatChunkScan scan = new ChatChunkScan();

  @Benchmark
  public int delta() {
    return scan.scan(delta, 0, delta.length);
  }
}
