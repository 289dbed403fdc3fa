package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.admin.RouterView;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import fairlead.server.governance.CallerKeys;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** A gateway's exchange without sockets, from a configuration and an upstream per provider. */
final class Rig implements AutoCloseable {
  final DeadlineSweeper sweeper = new DeadlineSweeper(1);
  final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
  final Snapshot snapshot;
  private final ModelExchange exchange = new ModelExchange(metrics, sweeper);

  Rig(String yaml, Map<String, ? extends Upstream> upstreams) {
    Loaded loaded = new ConfigLoader(Map.of()).load("test.yaml", yaml);
    assertThat(loaded.errors()).isEmpty();
    snapshot =
        new SnapshotBuilder(
                settings -> Objects.requireNonNull(upstreams.get(settings.name())), metrics)
            .build(Objects.requireNonNull(loaded.config()));
  }

  /** One call on the connection that all calls of this thread share. */
  FakeExchange call(FakeExchange http) throws IOException {
    exchange.handle(http, Operation.CHAT, snapshot, CallerKeys.Caller.ANYONE);
    return http;
  }

  /** One call on a connection of its own. */
  FakeExchange callApart(FakeExchange http) throws IOException {
    try (ModelExchange apart = new ModelExchange(metrics, sweeper)) {
      apart.handle(http, Operation.CHAT, snapshot, CallerKeys.Caller.ANYONE);
    }
    return http;
  }

  RouterView.TargetView target(String provider) {
    return snapshot.router().view().routes().stream()
        .flatMap(route -> route.targets().stream())
        .filter(target -> target.provider().equals(provider))
        .findFirst()
        .orElseThrow();
  }

  long total(String metric) {
    return metrics.registry().total(metric);
  }

  /** Whether a series with that text is in the exposition. */
  String series(String start) {
    return metrics
        .registry()
        .expose(null)
        .text()
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() {
    exchange.close();
    sweeper.close();
  }
}
