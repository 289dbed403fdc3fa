package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.e2e.RealClients.Sdk;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The official libraries repeat a failed call by themselves, on top of what the gateway has tried:
 * they must not when that is useless, and must when the provider said how long to wait.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientRetriesIT {
  private static final int LIBRARY_RETRIES = 2; // their default
  private static final int GATEWAY_RETRIES = 1;
  private static final long TOLD_SECONDS = 1;

  private final RealClients clients = RealClients.start();
  private final SimulatedServer fails =
      SimulatedServer.start(SimulatedBehaviour.parse("status=500"));
  private final SimulatedServer limited = SimulatedServer.start(SimulatedBehaviour.plain());
  private final GatewayProcess gateway =
      GatewayProcess.start(
          "providers:\n"
              + GatewayProcess.provider(
                  "fails",
                  fails.baseUrl(),
                  Map.of(
                      "health",
                      GatewayProcess.NEVER_OUT,
                      "retries",
                      "{ max: " + GATEWAY_RETRIES + ", backoff_ms: 1 }"))
              + GatewayProcess.provider(
                  "limited", limited.baseUrl(), Map.of("retries", "{ max: 0 }")));

  ClientRetriesIT() throws IOException {}

  @AfterAll
  void close() throws IOException {
    clients.close();
    gateway.close();
    fails.close();
    limited.close();
  }

  @ParameterizedTest
  @CsvSource({
    "OPENAI_JAVA,false",
    "OPENAI_JAVA,true",
    "OPENAI_NODE,false",
    "OPENAI_NODE,true",
    "OPENAI_PYTHON,false",
    "OPENAI_PYTHON,true"
  })
  void afterTheGatewaysOwnAttemptsNothingIsRepeated(Sdk sdk, boolean stream) throws IOException {
    RealClient client = clients.client(sdk);
    long before = fails.requestCount();
    double callsBefore = gateway.metric("fairlead_requests_total");

    RealClient.Seen seen = ask(client, "fails/m", stream);

    assertThat(seen.ok()).as(seen.text()).isFalse();
    assertThat(gateway.metric("fairlead_requests_total") - callsBefore)
        .as("calls of the library")
        .isEqualTo(1);
    assertThat(fails.requestCount() - before)
        .as("upstream attempts")
        .isEqualTo(1L + GATEWAY_RETRIES);
  }

  @ParameterizedTest
  @EnumSource(names = {"OPENAI_JAVA", "OPENAI_NODE", "OPENAI_PYTHON"})
  void whereTheProviderSaysHowLongTheLibraryWaitsAndIsCounted(Sdk sdk) throws IOException {
    RealClient client = clients.client(sdk);
    limited.behaviour(
        SimulatedBehaviour.parse(
            "fail_first=1;error=rate_limit;answer="
                + Ending.TEXT
                + ";retry_after="
                + TOLD_SECONDS));
    limited.reset();
    double countedBefore = gateway.metric("fairlead_client_retries_total");

    RealClient.Seen seen = ask(client, "limited/m", false);

    assertThat(seen).isEqualTo(new RealClient.Seen(true, Ending.TEXT));
    List<SimulatedServer.Seen> requests = limited.requests();
    assertThat(requests).hasSize(2);
    assertThat(requests.getLast().arrivalNanos() - requests.getFirst().arrivalNanos())
        .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(TOLD_SECONDS));
    assertThat(gateway.metric("fairlead_client_retries_total") - countedBefore)
        .as("calls that a library said it repeated")
        .isEqualTo(1);
  }

  private RealClient.Seen ask(RealClient client, String model, boolean stream) {
    return RealClients.ask(
        client, new RealClient.Call(gateway.baseUrl(), model, stream, LIBRARY_RETRIES), () -> {});
  }
}
