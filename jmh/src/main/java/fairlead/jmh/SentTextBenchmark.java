package fairlead.jmh;

import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.Continuation;
import fairlead.providers.wire.SentText;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Keeping the text of one chunk that goes out, and joining one that must be compared. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SentTextBenchmark {
  private static final int CHUNKS_PER_ANSWER = 500;

  private final ByteSink event =
      new ByteSink()
          .ascii("data: ")
          .utf8(Bodies.chunk("{\"content\":\" token\"}", "null"))
          .ascii("\n\n");
  private final ByteSink out = new ByteSink();
  private final SentText sent = new SentText();
  private final Continuation continuation = new Continuation();
  private final byte[] before = " token".repeat(CHUNKS_PER_ANSWER).getBytes(StandardCharsets.UTF_8);
  private int chunks = CHUNKS_PER_ANSWER;
  private int compared = CHUNKS_PER_ANSWER;

  @Benchmark
  public int keep() {
    if (chunks++ == CHUNKS_PER_ANSWER) {
      chunks = 0;
      sent.begin();
    }
    sent.accept(event, 0);
    return sent.length();
  }

  @Benchmark
  public int compare() {
    if (compared++ == CHUNKS_PER_ANSWER) {
      compared = 1;
      continuation.begin(before, before.length, Continuation.Mode.RESTART);
    }
    out.clear();
    return continuation.accept(event, 0, out);
  }
}
