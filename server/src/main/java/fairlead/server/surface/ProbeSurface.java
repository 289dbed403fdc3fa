package fairlead.server.surface;

import fairlead.providers.Operation;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.server.config.Config;
import fairlead.server.exchange.ModelExchange;
import fairlead.server.exchange.Snapshot;
import fairlead.server.exchange.SnapshotBuilder;
import fairlead.server.governance.CallerKeys;
import fairlead.server.http.HttpExchange;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import fairlead.server.observe.SelfProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers the self-probe: a whole model call against a provider inside the process that answers at
 * once.
 *
 * <p>Not thread-safe: one per connection; what it needs is made at the first probe. Probes have
 * metrics of their own that nobody sees, so that they do not look like calls. Whoever does not know
 * the token, which is new in every process, is told that nothing is here.
 */
final class ProbeSurface implements AutoCloseable {
  private final DeadlineSweeper sweeper;
  private final byte[] token;
  private @Nullable ModelExchange exchange;

  ProbeSurface(DeadlineSweeper sweeper, String token) {
    this.sweeper = sweeper;
    this.token = token.getBytes(StandardCharsets.US_ASCII);
  }

  /** Answers a probe; false if the request is none. */
  boolean answers(HttpExchange http) throws IOException {
    String presented = http.header(SelfProbe.TOKEN_HEADER);
    if (presented == null
        || !http.method().equals("POST")
        || !MessageDigest.isEqual(presented.getBytes(StandardCharsets.US_ASCII), token)) {
      return false;
    }
    ModelExchange made = exchange;
    if (made == null) {
      made = new ModelExchange(Probe.METRICS, sweeper);
      exchange = made;
    }
    made.handle(http, Operation.CHAT, Probe.SNAPSHOT, CallerKeys.Caller.ANYONE);
    return true;
  }

  @Override
  public void close() {
    ModelExchange made = exchange;
    if (made != null) {
      made.close();
    }
  }

  /** The configuration of the probe's own small gateway; made at the first probe. */
  private static final class Probe {
    static final GatewayMetrics METRICS = new GatewayMetrics(new MetricsRegistry());
    static final Snapshot SNAPSHOT =
        new SnapshotBuilder(
                settings -> new SimulatedProvider(SimulatedBehaviour.of(settings.simulated())),
                METRICS)
            .build(config());

    private static Config config() {
      Config.Provider provider =
          new Config.Provider(
              "probe",
              Config.ProviderType.SIMULATED,
              "",
              List.of(),
              1,
              List.of("probe"),
              null,
              false,
              0,
              Map.of(),
              null,
              new Config.Timeouts(1_000, 5_000, 5_000, 5_000, 5_000),
              new Config.Retries(0, 1, 1),
              Map.of());
      return new Config(
          "probe",
          new Config.Server("127.0.0.1", 0, 1 << 16, 1 << 16, 1, 1, 1, 1, 1, null),
          new Config.Auth(Config.Auth.Mode.NONE, List.of()),
          Map.of("probe", provider),
          Map.of());
    }
  }
}
