package fairlead.jmh;

import fairlead.providers.UpstreamException;
import fairlead.providers.dialect.ChatRelayStream;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
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
  private final byte[] stream = Bodies.stream(100);
  private final SseReader reader = new SseReader();
  private final SseEvent event = new SseEvent();
  private final ChatRelayStream relay = new ChatRelayStream();
  private final ByteSink out = new ByteSink(64 << 10);

  /** The body arrives in pieces as large as the buffer. */
  @Benchmark
  public long events100() throws UpstreamException {
    return relay(Integer.MAX_VALUE);
  }

  /** The body arrives in pieces that end inside events. */
  @Benchmark
  public long events100InSmallPieces() throws UpstreamException {
    return relay(100);
  }

  private long relay(int piece) throws UpstreamException {
    reader.clear();
    relay.begin(false);
    long written = 0;
    int at = 0;
    while (at < stream.length) {
      reader.reserve();
      int count = Math.min(piece, Math.min(reader.room(), stream.length - at));
      System.arraycopy(stream, at, reader.buffer(), reader.limit(), count);
      reader.advance(count);
      at += count;
      out.clear();
      while (reader.next(event)) {
        relay.accept(event, out);
      }
      written += out.length();
    }
    return written + relay.usage().totalTokens();
  }
}
