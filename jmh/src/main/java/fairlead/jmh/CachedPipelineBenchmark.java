package fairlead.jmh;

import fairlead.cache.tiers.AnswerCache;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.admin.CacheView;
import fairlead.server.caching.CacheOpening;
import fairlead.server.config.CacheConfig;
import fairlead.server.config.Config;
import fairlead.server.config.OwnTimeouts;
import fairlead.server.config.RouteCache;
import fairlead.server.exchange.SharedCache;
import fairlead.server.exchange.Snapshot;
import fairlead.server.exchange.SnapshotBuilder;
import fairlead.server.exchange.TargetStates;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Health;
import fairlead.server.observe.MetricsRegistry;
import fairlead.server.surface.Surfaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole call in the process, without sockets, as the cache sees it: off, with a request that was
 * never asked before, and with one that was.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CachedPipelineBenchmark {
  /** Soon full, so that what is measured includes letting old answers go. */
  private static final long MAX_BYTES = 128 << 20;

  private static final int HOUR = 3_600;
  private static final String LONG = "The build failed. ".repeat(50);
  private static final String SHORT = "How do I rerun job %s of the nightly build on Linux?";

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
  private final AnswerCache exact = open(false);
  private final AnswerCache near = open(true);

  private final Asked plainOff = new Asked(LONG + Asked.PLACE, false, null);
  private final Asked plainMiss = new Asked(LONG + Asked.PLACE, false, exact);
  private final Asked plainHit = new Asked(LONG + Asked.PLACE, false, exact);
  private final Asked streamOff = new Asked(LONG + Asked.PLACE, true, null);
  private final Asked streamMiss = new Asked(LONG + Asked.PLACE, true, exact);
  private final Asked streamHit = new Asked(LONG + Asked.PLACE, true, exact);
  private final Asked shortOff = new Asked(SHORT.formatted(Asked.PLACE), false, null);
  private final Asked shortExact = new Asked(SHORT.formatted(Asked.PLACE), false, exact);
  private final Asked shortNear = new Asked(SHORT.formatted(Asked.PLACE), false, near);

  @Setup
  public void check() throws IOException {
    for (Asked each : List.of(plainOff, plainHit, streamOff, streamHit, shortOff)) {
      each.call();
    }
  }

  @TearDown
  public void close() {
    for (Asked each :
        List.of(
            plainOff,
            plainMiss,
            plainHit,
            streamOff,
            streamMiss,
            streamHit,
            shortOff,
            shortExact,
            shortNear)) {
      each.close();
    }
    exact.close();
    near.close();
    sweeper.close();
  }

  @Benchmark
  public long plainOff() throws IOException {
    return plainOff.nextCall();
  }

  @Benchmark
  public long plainMiss() throws IOException {
    return plainMiss.nextCall();
  }

  @Benchmark
  public long plainHit() throws IOException {
    return plainHit.call();
  }

  @Benchmark
  public long stream100Off() throws IOException {
    return streamOff.nextCall();
  }

  @Benchmark
  public long stream100Miss() throws IOException {
    return streamMiss.nextCall();
  }

  @Benchmark
  public long stream100Hit() throws IOException {
    return streamHit.call();
  }

  @Benchmark
  public long shortOff() throws IOException {
    return shortOff.nextCall();
  }

  @Benchmark
  public long shortMiss() throws IOException {
    return shortExact.nextCall();
  }

  /** A sentence is looked for by what it means too. */
  @Benchmark
  public long shortNearMiss() throws IOException {
    return shortNear.nextCall();
  }

  /** One connection that asks about one thing after another. */
  private final class Asked implements AutoCloseable {
    static final String PLACE = "aaaaaaaa";

    private final byte[] body;
    private final int place;
    private final CannedExchange http;
    private final Surfaces surfaces;
    private int number;

    Asked(String text, boolean stream, @Nullable AnswerCache cache) {
      String asked =
          "{\"model\":\"route\",\"temperature\":0.2,\"max_tokens\":512,"
              + (stream ? "\"stream\":true," : "")
              + "\"messages\":[{\"role\":\"system\",\"content\":\"You explain failed builds in two"
              + " sentences.\"},{\"role\":\"user\",\"content\":\""
              + text
              + "\"}]}";
      body = asked.getBytes(StandardCharsets.UTF_8);
      place = asked.indexOf(PLACE);
      http = new CannedExchange(body, "any");
      CannedUpstream upstream =
          stream
              ? new CannedUpstream("text/event-stream", Bodies.stream(100))
              : new CannedUpstream("application/json", Bodies.answer());
      Config config = config(cache == null ? RouteCache.OFF : cache(cache == near));
      Snapshot snapshot =
          new SnapshotBuilder(_ -> upstream, metrics, new TargetStates(metrics), cache)
              .build(config);
      SharedCache shared = cache == null ? null : new SharedCache(cache, metrics.cache());
      surfaces =
          new Surfaces(
              () -> snapshot, metrics, sweeper, new Health(250), "unused", shared, CacheView.OFF);
    }

    /** The call as it was made before. */
    long call() throws IOException {
      surfaces.handle(http);
      return http.sent();
    }

    /** A call with a text that no other has had. */
    long nextCall() throws IOException {
      int left = ++number;
      for (int i = 0; i < PLACE.length(); i++) {
        body[place + i] = (byte) ('a' + (left & 15));
        left >>>= 4;
      }
      return call();
    }

    @Override
    public void close() {
      surfaces.close();
    }
  }

  private static AnswerCache open(boolean semantic) {
    GatewayMetrics apart = new GatewayMetrics(new MetricsRegistry());
    try {
      return CacheOpening.open(config(cache(semantic)).cache(), null, apart.cache());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // only a directory could fail
    }
  }

  private static RouteCache cache(boolean semantic) {
    return new RouteCache(
        true,
        semantic,
        RouteCache.Mode.SERVE,
        RouteCache.Guards.STRICT,
        0,
        0.95,
        HOUR,
        HOUR,
        2,
        2,
        1,
        Set.of(),
        null);
  }

  private static Config config(RouteCache cache) {
    Config.Provider provider =
        new Config.Provider(
            "one",
            Config.ProviderType.OPENAI,
            "http://127.0.0.1:1/v1",
            List.of(new Config.ProviderKey("key-1", "a", 1)),
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
    CacheConfig usual = CacheConfig.OFF;
    return new Config(
        "benchmark",
        new Config.Server("127.0.0.1", 0, 1 << 20, 1 << 24, 1, 1, 1, 1, 0, null),
        new Config.Auth(Config.Auth.Mode.NONE, List.of()),
        Map.of("one", provider),
        Map.of(
            "route",
            new Config.Route(
                "route",
                List.of(new Config.Target("one", "model-a", 70, 0)),
                Config.Strategy.WEIGHTED,
                true,
                8_000,
                Config.MidStream.RESUME,
                Config.ContentFilter.ERROR,
                null,
                null,
                OwnTimeouts.NONE,
                cache)),
        List.of(),
        List.of(),
        new CacheConfig(
            null,
            usual.maxDiskBytes(),
            MAX_BYTES,
            usual.maxAnswerBytes(),
            usual.maxEntries(),
            usual.maxEntriesPerTenant(),
            false,
            null,
            RouteCache.OFF));
  }
}
