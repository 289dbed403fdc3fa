package fairlead.jmh;

import fairlead.providers.Upstream;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.admin.CacheView;
import fairlead.server.exchange.Snapshot;
import fairlead.server.exchange.SnapshotBuilder;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Health;
import fairlead.server.observe.MetricsRegistry;
import fairlead.server.surface.Surfaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A whole call in the process, without sockets: surface, key check, scan, route, attempt, relay,
 * metrics. Two threads are two connections to one gateway: snapshot, targets, metrics and the
 * sweeper are the same for both.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipelineBenchmark {
  private static final String KEY = "benchmark-key-of-some-length";

  /** What all connections share. */
  @State(Scope.Benchmark)
  public static class Gateway {
    private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
    private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
    private final Snapshot plain =
        snapshot(() -> new CannedUpstream("application/json", Bodies.answer()));
    private final Snapshot stream =
        snapshot(() -> new CannedUpstream("text/event-stream", Bodies.stream(100)));

    private Snapshot snapshot(Supplier<CannedUpstream> provider) {
      Upstream upstream = new CannedUpstream.PerThread(provider);
      return new SnapshotBuilder(_ -> upstream, metrics).build(GatewayConfigs.withKey(KEY));
    }

    Surfaces connect(Snapshot snapshot) {
      return new Surfaces(
          () -> snapshot, metrics, sweeper, new Health(250), "unused", null, CacheView.OFF);
    }

    @TearDown
    public void close() {
      sweeper.close();
    }
  }

  /** One connection for plain calls and one for streams. */
  @State(Scope.Thread)
  public static class Connections {
    private final CannedExchange plainCall = new CannedExchange(request(false), KEY);
    private final CannedExchange streamCall = new CannedExchange(request(true), KEY);
    private @Nullable Surfaces plain;
    private @Nullable Surfaces stream;

    @Setup
    public void connect(Gateway gateway) {
      plain = gateway.connect(gateway.plain);
      stream = gateway.connect(gateway.stream);
    }

    long plain() throws IOException {
      Objects.requireNonNull(plain).handle(plainCall);
      return plainCall.sent();
    }

    long stream() throws IOException {
      Objects.requireNonNull(stream).handle(streamCall);
      return streamCall.sent();
    }

    @TearDown
    public void close() {
      Objects.requireNonNull(plain).close();
      Objects.requireNonNull(stream).close();
    }
  }

  /** 2 KB in, 1 KB out. */
  @Benchmark
  @Threads(1)
  public long plainChat(Connections connections) throws IOException {
    return connections.plain();
  }

  @Benchmark
  @Threads(2)
  public long plainChatTwoThreads(Connections connections) throws IOException {
    return connections.plain();
  }

  /** 100 events in pieces as large as the buffer. */
  @Benchmark
  @Threads(1)
  public long stream100(Connections connections) throws IOException {
    return connections.stream();
  }

  @Benchmark
  @Threads(2)
  public long stream100TwoThreads(Connections connections) throws IOException {
    return connections.stream();
  }

  /** A request of 2 KB without anything that is not on the usual way. */
  private static byte[] request(boolean stream) {
    String text = new String(Bodies.chat(2_048, "The build failed. "), StandardCharsets.UTF_8);
    String usual =
        text.replace("build_triage", "route")
            .replace(",\"fallbacks\":[\"openai/gpt-4o-mini\"]", "");
    return (stream ? usual : usual.replace("\"stream\":true,", ""))
        .getBytes(StandardCharsets.UTF_8);
  }
}
