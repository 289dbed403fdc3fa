package fairlead.jmh;

import fairlead.providers.UpstreamException;
import fairlead.providers.dialect.ChatRelayStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A streamed answer of 100 pieces of text, from bytes read to bytes to write, without sockets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SseRelayBenchmark {
  private final EventRelay body = new EventRelay(Bodies.stream(100));
  private final ChatRelayStream relay = new ChatRelayStream();

  /** The body arrives in pieces as large as the buffer. */
  @Benchmark
  public long events100() throws UpstreamException {
    return body.through(relay, Integer.MAX_VALUE);
  }

  /** The body arrives in pieces that end inside events. */
  @Benchmark
  public long events100InSmallPieces() throws UpstreamException {
    return body.through(relay, 100);
  }
}
