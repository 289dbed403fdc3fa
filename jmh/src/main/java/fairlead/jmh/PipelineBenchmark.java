package fairlead.jmh;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.admin.CacheView;
import fairlead.server.config.Config;
import fairlead.server.exchange.Snapshot;
import fairlead.server.exchange.SnapshotBuilder;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Health;
import fairlead.server.observe.MetricsRegistry;
import fairlead.server.surface.Surfaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole call in the process, without sockets: surface, key check, scan, route, attempt, relay,
 * metrics.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipelineBenchmark {
  private static final String KEY = "benchmark-key-of-some-length";

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final CannedExchange plainCall = new CannedExchange(request(false), KEY);
  private final CannedExchange streamCall = new CannedExchange(request(true), KEY);
  private final Surfaces plain = surfaces(new CannedUpstream("application/json", Bodies.answer()));
  private final Surfaces stream =
      surfaces(new CannedUpstream("text/event-stream", Bodies.stream(100)));

  @Setup
  public void check() throws IOException {
    plain.handle(plainCall);
    stream.handle(streamCall);
  }

  @TearDown
  public void close() {
    plain.close();
    stream.close();
    sweeper.close();
  }

  /** 2 KB in, 1 KB out. */
  @Benchmark
  public long plainChat() throws IOException {
    plain.handle(plainCall);
    return plainCall.sent();
  }

  /** 100 events in pieces as large as the buffer. */
  @Benchmark
  public long stream100() throws IOException {
    stream.handle(streamCall);
    return streamCall.sent();
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

  private Surfaces surfaces(CannedUpstream upstream) {
    GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
    Snapshot snapshot = new SnapshotBuilder(settings -> upstream, metrics).build(config());
    return new Surfaces(
        () -> snapshot, metrics, sweeper, new Health(250), "unused", null, CacheView.OFF);
  }

  private static Config config() {
    Config.Provider provider =
        new Config.Provider(
            "one",
            Config.ProviderType.OPENAI,
            "http://127.0.0.1:1/v1",
            List.of(
                new Config.ProviderKey("key-1", "a", 1), new Config.ProviderKey("key-2", "b", 1)),
            1,
            List.of(),
            null,
            true,
            4096,
            Map.of(),
            null,
            new Config.Timeouts(1_000, 60_000, 60_000, 60_000, 60_000),
            new Config.Retries(2, 250, 4_000),
            Map.of());
    return new Config(
        "benchmark",
        new Config.Server("127.0.0.1", 0, 1 << 20, 1 << 24, 1, 1, 1, 1, 0, null),
        new Config.Auth(
            Config.Auth.Mode.KEYS, List.of(new Config.Auth.Key("agent", sha256(), Set.of("*")))),
        Map.of("one", provider),
        Map.of(
            "route",
            new Config.Route(
                "route",
                List.of(
                    new Config.Target("one", "model-a", 70, 0),
                    new Config.Target("one", "model-b", 30, 0)),
                Config.Strategy.WEIGHTED,
                true,
                8_000)));
  }

  private static byte[] sha256() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
