package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What a provider that refuses connections costs its callers, next to the same call straight to the
 * fallback: the first time, every time while it is still believed to be there, and once its circuit
 * is open.
 */
final class FailoverCostIT {
  private static final int ROUTES = 40;
  private static final int PAIRS = 400;
  private static final int WARM_UP = 600;
  private static final double FIRST_LIMIT_MS = 5;
  private static final double OPEN_LIMIT_MS = 1;

  // One ejection lasts for the whole measurement.
  private static final String STAYS_OPEN = "{ min_ejection_ms: 300000, max_ejection_ms: 300000 }";

  @Test
  void aRefusedConnectionCostsLittleAndAnOpenCircuitNothing() throws Exception {
    StringBuilder providers = new StringBuilder("providers:\n");
    StringBuilder routes = new StringBuilder("routing:\n");
    try (SimulatedServer down = SimulatedServer.start(SimulatedBehaviour.parse("refuse=true"));
        SimulatedServer up = SimulatedServer.start(SimulatedBehaviour.plain())) {
      providers.append(GatewayProcess.provider("up", up.baseUrl(), Map.of()));
      route(providers, routes, down, "believed", GatewayProcess.NEVER_OUT);
      route(providers, routes, down, "open", STAYS_OPEN);
      for (int i = 0; i < ROUTES; i++) {
        route(providers, routes, down, "new" + i, STAYS_OPEN);
      }
      routes.append("  direct:\n    targets: [ { provider: up, model: m } ]\n");
      try (GatewayProcess gateway = GatewayProcess.start(providers.toString() + routes);
          Load.Kept caller = new Load.Kept(gateway.port())) {
        for (int i = 0; i < WARM_UP; i++) {
          long _ = nanos(caller, i % 3 == 0 ? "believed" : "direct");
        }
        for (int i = 0; i < 20; i++) {
          long _ = nanos(caller, "open");
        }
        assertThat(gateway.metric("fairlead_circuit_state", "down_open"))
            .as("the circuit is open")
            .isEqualTo(2);
        System.out.println(
            "ms                         with the primary down | the fallback itself");
        double first = added("first call of a route", caller, ROUTES, i -> "new" + i);
        double believed = added("while believed to be there", caller, PAIRS, _ -> "believed");
        double open = added("once the circuit is open", caller, PAIRS, _ -> "open");
        assertThat(first).as("added the first time, ms").isLessThanOrEqualTo(FIRST_LIMIT_MS);
        assertThat(believed).as("added while believed, ms").isLessThanOrEqualTo(FIRST_LIMIT_MS);
        assertThat(open).as("added once open, ms").isLessThanOrEqualTo(OPEN_LIMIT_MS);
      }
    }
  }

  private interface Name {
    String of(int pair);
  }

  /** Calls both by turns and returns by how much the medians differ, in milliseconds. */
  private double added(String what, Load.Kept caller, int pairs, Name model) throws IOException {
    long[] with = new long[pairs];
    long[] without = new long[pairs];
    for (int i = 0; i < pairs; i++) {
      if (i % 2 == 0) {
        with[i] = nanos(caller, model.of(i));
        without[i] = nanos(caller, "direct");
      } else {
        without[i] = nanos(caller, "direct");
        with[i] = nanos(caller, model.of(i));
      }
    }
    Arrays.sort(with);
    Arrays.sort(without);
    System.out.printf(
        "%-26s p50 %6.3f p95 %6.3f   | p50 %6.3f p95 %6.3f%n",
        what,
        Load.millis(with, 50),
        Load.millis(with, 95),
        Load.millis(without, 50),
        Load.millis(without, 95));
    return Load.millis(with, 50) - Load.millis(without, 50);
  }

  private static long nanos(Load.Kept caller, String model) throws IOException {
    long from = System.nanoTime();
    RawClient.Response response =
        caller.post(
            "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
    long nanos = System.nanoTime() - from;
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(response.header("x-fairlead-provider")).isEqualTo("up");
    return nanos;
  }

  private static void route(
      StringBuilder providers,
      StringBuilder routes,
      SimulatedServer down,
      String name,
      String health) {
    providers.append(
        GatewayProcess.provider("down_" + name, down.baseUrl(), Map.of("health", health)));
    routes
        .append("  ")
        .append(name)
        .append(":\n    strategy: priority\n    targets:\n")
        .append("      - { provider: down_" + name + ", model: m, priority: 1 }\n")
        .append("      - { provider: up, model: m, priority: 2 }\n");
  }
}
