package fairlead.server;

import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.SecondJudge;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.http.HttpClient;
import fairlead.server.admin.CacheView;
import fairlead.server.caching.CacheOpening;
import fairlead.server.config.Config;
import fairlead.server.exchange.CacheState;
import fairlead.server.exchange.JudgeOpening;
import fairlead.server.exchange.SharedCache;
import fairlead.server.exchange.Snapshot;
import fairlead.server.exchange.SnapshotBuilder;
import fairlead.server.exchange.TargetStates;
import fairlead.server.exchange.Upstreams;
import fairlead.server.http.HttpFront;
import fairlead.server.http.HttpFrontBuilder;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Health;
import fairlead.server.observe.MemoryReturn;
import fairlead.server.observe.MetricsRegistry;
import fairlead.server.observe.OwnCertificate;
import fairlead.server.observe.SelfProbe;
import fairlead.server.surface.Surfaces;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The whole gateway in one process: puts the rooms together, starts and stops them.
 *
 * <p>Thread-safe. Lifecycle: 1. {@link #start}; 2. it serves; 3. {@link #close} fails readiness,
 * lets what runs finish up to the drain timeout, and returns.
 */
public final class Gateway implements AutoCloseable {
  /** How often deadlines are looked at: they fire at most this late. */
  private static final long SWEEP_MILLIS = 5;

  /** The most the gateway itself may add to a call before it calls itself not ready. */
  private static final long SLOW_MILLIS = 250;

  /** Slower than this a caller is not uploading but holding on. */
  private static final int MIN_BODY_BYTES_PER_SECOND = 1024;

  private final AtomicReference<Snapshot> snapshot;
  private final DeadlineSweeper sweeper;
  private final HttpClient client;
  private final Health health;
  private final GatewayMetrics metrics;
  private final HttpFront front;
  private final MemoryReturn memoryReturn;
  private final String probeToken = Long.toHexString(new SecureRandom().nextLong());
  private @Nullable SelfProbe probe;

  private final @Nullable SecondJudge judge;
  private final @Nullable AnswerCache cache;
  private final @Nullable SharedCache shared;

  private Gateway(Config config) throws IOException {
    metrics = new GatewayMetrics(new MetricsRegistry());
    sweeper = new DeadlineSweeper(SWEEP_MILLIS);
    front = front(config.server());
    client = upstreamClient(front.maxConnections());
    health = new Health(SLOW_MILLIS);
    TargetStates states = new TargetStates(metrics);
    Upstreams upstreams = new Upstreams(client);
    judge = JudgeOpening.open(config, upstreams, metrics, states, sweeper);
    cache =
        CacheOpening.wanted(config)
            ? CacheOpening.open(config.cache(), judge, metrics.cache())
            : null;
    shared = cache == null ? null : new SharedCache(cache, metrics.cache());
    AnswerCache remembering = cache;
    memoryReturn =
        new MemoryReturn(
            front::inFlight, () -> remembering == null ? 0 : remembering.bytes(), front::trim);
    snapshot =
        new AtomicReference<>(new SnapshotBuilder(upstreams, metrics, states, cache).build(config));
    health.usable(() -> snapshot.get().usable());
    publish();
  }

  /** Starts a gateway; when this returns, it serves. */
  public static Gateway start(Config config) throws IOException {
    Gateway gateway = new Gateway(config);
    gateway.listen(config.server());
    return gateway;
  }

  /** Every caller's connection may need one of ours. */
  private HttpClient upstreamClient(int callers) {
    int connections = Math.max(callers, HttpClient.Builder.DEFAULT_MAX_CONNECTIONS_PER_HOST);
    return HttpClient.builder(sweeper)
        .maxConnections(connections)
        .maxConnectionsPerHost(connections)
        .build();
  }

  private void listen(Config.Server server) throws IOException {
    if (cache != null) {
      cache.restore();
    }
    front.start();
    health.started();
    Config.Tls tls = server.tls();
    SelfProbe prober =
        new SelfProbe(
            tls == null
                ? SocketFactory.getDefault()
                : OwnCertificate.trusting(Path.of(tls.certificateFile())),
            server.host(),
            front.port(),
            probeToken,
            health);
    prober.start();
    probe = prober;
    memoryReturn.start();
  }

  private HttpFront front(Config.Server server) {
    HttpFrontBuilder builder =
        HttpFront.builder(
                () ->
                    new Surfaces(
                        snapshot::get, metrics, sweeper, health, probeToken, shared, cacheView()),
                sweeper)
            .host(server.host())
            .port(server.port())
            .maxBodyBytes(Math.toIntExact(server.maxBodyBytes()))
            .maxBufferedBytes(server.maxBufferedBytes())
            .headTimeout(Duration.ofMillis(server.headerTimeoutMs()))
            .bodyTimeout(
                Duration.ofMillis(server.bodyTimeoutMs()),
                Duration.ofMillis(server.bodyTimeoutMs()),
                MIN_BODY_BYTES_PER_SECOND)
            .idleTimeout(Duration.ofMillis(server.idleTimeoutMs()))
            .drainTimeout(Duration.ofMillis(server.drainTimeoutMs()))
            .maxConnections(server.maxConnections())
            .knownPaths(Surfaces.PATHS);
    Config.Tls tls = server.tls();
    if (tls != null) {
      builder.tls(Path.of(tls.certificateFile()), Path.of(tls.keyFile()));
    }
    return builder.build();
  }

  private CacheView cacheView() {
    return cache == null ? CacheView.OFF : new CacheState(cache, snapshot::get);
  }

  private void publish() {
    MetricsRegistry registry = metrics.registry();
    registry.gauge(
        "fairlead_buffered_bytes",
        "Bytes of request bodies in memory.",
        List.of(),
        front::bufferedBytes);
    registry.gauge(
        "fairlead_self_probe_seconds",
        "How long the last probe through the whole gateway took.",
        List.of(),
        () -> health.lastProbeNanos() / 1e9);
    registry.gauge(
        "fairlead_upstream_connections",
        "Open connections to providers.",
        List.of(),
        () -> client.stats().open());
    registry.gauge(
        "fairlead_connections", "Open connections of callers.", List.of(), front::openConnections);
  }

  /** The port that is listened on, also where 0 was configured. */
  public int port() {
    return front.port();
  }

  /** Fails readiness, lets running calls finish up to the drain timeout, then closes everything. */
  @Override
  public void close() {
    health.draining();
    SelfProbe prober = probe;
    if (prober != null) {
      prober.close();
    }
    memoryReturn.close();
    front.stop();
    client.close();
    sweeper.close();
    if (cache != null) {
      cache.close();
    }
    if (judge != null) {
      judge.close();
    }
  }
}
