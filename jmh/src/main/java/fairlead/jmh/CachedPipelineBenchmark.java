package fairlead.jmh;

import fairlead.cache.tiers.AnswerCache;
import fairlead.providers.Upstream;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.admin.CacheView;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.Threads;

/**
 * A whole call in the process, without sockets, as the cache sees it: off, with a request that was
 * never asked before, and with one that was.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CachedPipelineBenchmark {
  /** What {@link Asked#nextCall} writes over. */
  private static final String PLACE = "aaaaaaaa";

  /** Answers of a kilobyte that fill the small memory. */
  private static final int FILLING = 5_000;

  private static final String LONG = "The build failed. ".repeat(50) + PLACE;
  private static final String SHORT =
      "How do I rerun job " + PLACE + " of the nightly build on Linux?";

  /** What all connections share. */
  @State(Scope.Benchmark)
  public static class Gateway {
    private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
    private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
    private final AnswerCache exact = GatewayConfigs.open();
    private final AnswerCache full = GatewayConfigs.openSmall();
    private final AnswerCache near = GatewayConfigs.open();

    private final Route plainOff = new Route(this, false, null, false);
    private final Route plain = new Route(this, false, exact, false);
    private final Route plainFull = new Route(this, false, full, false);
    private final Route streamOff = new Route(this, true, null, false);
    private final Route stream = new Route(this, true, exact, false);
    private final Route nearPlain = new Route(this, false, near, true);

    @TearDown
    public void close() {
      exact.close();
      full.close();
      near.close();
      sweeper.close();
    }
  }

  /** The connections of one thread, one per question. */
  @State(Scope.Thread)
  public static class Connections {
    private final List<Asked> all = new ArrayList<>();
    private @Nullable Asked plainOff;
    private @Nullable Asked plainMiss;
    private @Nullable Asked plainMissFull;
    private @Nullable Asked plainHit;
    private @Nullable Asked streamOff;
    private @Nullable Asked streamMiss;
    private @Nullable Asked streamHit;
    private @Nullable Asked shortOff;
    private @Nullable Asked shortExact;
    private @Nullable Asked shortNear;

    @Setup
    public void connect(Gateway gateway) throws IOException {
      plainOff = asked(gateway, gateway.plainOff, LONG);
      plainMiss = asked(gateway, gateway.plain, LONG);
      plainMissFull = asked(gateway, gateway.plainFull, LONG);
      plainHit = asked(gateway, gateway.plain, LONG);
      streamOff = asked(gateway, gateway.streamOff, LONG);
      streamMiss = asked(gateway, gateway.stream, LONG);
      streamHit = asked(gateway, gateway.stream, LONG);
      shortOff = asked(gateway, gateway.plainOff, SHORT);
      shortExact = asked(gateway, gateway.plain, SHORT);
      shortNear = asked(gateway, gateway.nearPlain, SHORT);
      plainHit.call();
      streamHit.call();
      for (int i = 0; i < FILLING; i++) {
        plainMissFull.nextCall();
      }
    }

    private Asked asked(Gateway gateway, Route route, String text) {
      Asked made = new Asked(gateway, route, text);
      all.add(made);
      return made;
    }

    @TearDown
    public void close() {
      all.forEach(Asked::close);
    }
  }

  private static Asked of(@Nullable Asked connected) {
    return Objects.requireNonNull(connected);
  }

  @Benchmark
  @Threads(1)
  public long plainOff(Connections connections) throws IOException {
    return of(connections.plainOff).nextCall();
  }

  @Benchmark
  @Threads(1)
  public long plainMiss(Connections connections) throws IOException {
    return of(connections.plainMiss).nextCall();
  }

  /** Memory is full: an answer that was not asked for before is mostly not taken in. */
  @Benchmark
  @Threads(1)
  public long plainMissFull(Connections connections) throws IOException {
    return of(connections.plainMissFull).nextCall();
  }

  @Benchmark
  @Threads(1)
  public long plainHit(Connections connections) throws IOException {
    return of(connections.plainHit).call();
  }

  @Benchmark
  @Threads(2)
  public long plainHitTwoThreads(Connections connections) throws IOException {
    return of(connections.plainHit).call();
  }

  @Benchmark
  @Threads(1)
  public long stream100Off(Connections connections) throws IOException {
    return of(connections.streamOff).nextCall();
  }

  @Benchmark
  @Threads(1)
  public long stream100Miss(Connections connections) throws IOException {
    return of(connections.streamMiss).nextCall();
  }

  @Benchmark
  @Threads(1)
  public long stream100Hit(Connections connections) throws IOException {
    return of(connections.streamHit).call();
  }

  @Benchmark
  @Threads(1)
  public long shortOff(Connections connections) throws IOException {
    return of(connections.shortOff).nextCall();
  }

  @Benchmark
  @Threads(1)
  public long shortMiss(Connections connections) throws IOException {
    return of(connections.shortExact).nextCall();
  }

  /** A sentence is looked for by what it means too. */
  @Benchmark
  @Threads(1)
  public long shortNearMiss(Connections connections) throws IOException {
    return of(connections.shortNear).nextCall();
  }

  /** A configuration with one route, whose provider gives each thread its answer at once. */
  private static final class Route {
    private final boolean stream;
    private final @Nullable SharedCache shared;
    private final Snapshot snapshot;

    Route(Gateway gateway, boolean stream, @Nullable AnswerCache cache, boolean semantic) {
      this.stream = stream;
      Upstream upstream =
          new CannedUpstream.PerThread(
              () ->
                  stream
                      ? new CannedUpstream("text/event-stream", Bodies.stream(100))
                      : new CannedUpstream("application/json", Bodies.answer()));
      GatewayMetrics metrics = gateway.metrics;
      snapshot =
          new SnapshotBuilder(_ -> upstream, metrics, new TargetStates(metrics), cache)
              .build(
                  GatewayConfigs.cached(
                      cache == null ? RouteCache.OFF : GatewayConfigs.cache(semantic)));
      shared = cache == null ? null : new SharedCache(cache, metrics.cache());
    }
  }

  /** One connection that asks about one thing after another. */
  private static final class Asked implements AutoCloseable {
    private final byte[] body;
    private final int place;
    private final CannedExchange http;
    private final Surfaces surfaces;
    private int number;

    Asked(Gateway gateway, Route route, String text) {
      String asked =
          "{\"model\":\"route\",\"temperature\":0.2,\"max_tokens\":512,"
              + (route.stream ? "\"stream\":true," : "")
              + "\"messages\":[{\"role\":\"system\",\"content\":\"You explain failed builds in two"
              + " sentences.\"},{\"role\":\"user\",\"content\":\""
              + text
              + "\"}]}";
      body = asked.getBytes(StandardCharsets.UTF_8);
      place = asked.indexOf(PLACE);
      http = new CannedExchange(body, "any");
      surfaces =
          new Surfaces(
              () -> route.snapshot,
              gateway.metrics,
              gateway.sweeper,
              new Health(250),
              "unused",
              route.shared,
              CacheView.OFF);
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
}
