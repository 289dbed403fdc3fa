package fairlead.server;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slow is not down, but it is failed: the clocks of a route against real sockets. */
class GatewayClocksTest {
  private final SimulatedServer slow = SimulatedServer.start(SimulatedBehaviour.plain());
  private final SimulatedServer good = SimulatedServer.start(SimulatedBehaviour.plain());

  @AfterEach
  void stop() {
    slow.close();
    good.close();
  }

  private Gateway gateway(String slowType, String clocks) throws IOException {
    Loaded loaded =
        new ConfigLoader(Map.of())
            .load(
                "test.yaml",
                """
                server: { port: 0 }
                providers:
                  slow: { type: %s, base_url: "http://127.0.0.1:%d%s", %s }
                  good: { type: openai-compatible, base_url: "http://127.0.0.1:%d/v1" }
                routing:
                  r:
                    strategy: priority
                    timeout_ms: 300
                    targets:
                      - { provider: slow, model: a }
                      - { provider: good, model: b }
                """
                    .formatted(
                        slowType,
                        slow.port(),
                        slowType.equals("anthropic") ? "" : "/v1",
                        clocks,
                        good.port()));
    assertThat(loaded.errors()).isEmpty();
    return Gateway.start(Objects.requireNonNull(loaded.config()));
  }

  private static String ask(Gateway gateway, boolean stream, String header) throws IOException {
    return ask(gateway, "r", stream, header);
  }

  private static String ask(Gateway gateway, String model, boolean stream, String header)
      throws IOException {
    String body =
        "{\"model\":\""
            + model
            + "\",\"stream\":"
            + stream
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(20_000);
      String request =
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
              + header
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "openai-compatible, silent=true, false",
    "openai-compatible, silent=true, true",
    "openai-compatible, headers_then_silent=true, true",
    "openai-compatible, role_only=true;stall_after_tokens=0, true",
    "openai-compatible, keep_alive_comments=forever, true",
    "openai-compatible, empty_deltas=forever, true",
    "anthropic, silent=true, false",
    "anthropic, silent=true, true",
    "anthropic, headers_then_silent=true, true",
  })
  void whoDoesNotBeginInTimeHasFailed(String type, String knobs, boolean stream)
      throws IOException {
    slow.behaviour(SimulatedBehaviour.parse(knobs));
    try (Gateway gateway = gateway(type, "api_key: unused-key-of-a-test")) {
      long began = System.nanoTime();
      String answer = ask(gateway, stream, "");
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("x-fairlead-provider: good");
      assertThat(millis).isBetween(290L, 5_000L);
      assertThat(slow.requestCount()).as("a silent target is not asked again").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void theCallersOwnLimitEndsTheWholeCall(boolean stream) throws IOException {
    slow.behaviour(SimulatedBehaviour.parse("silent=true"));
    good.behaviour(SimulatedBehaviour.parse("silent=true"));
    try (Gateway gateway = gateway("openai-compatible", "api_key: unused-key-of-a-test")) {
      String answer = ask(gateway, stream, "x-fairlead-timeout-ms: 200\r\n");
      assertThat(answer).startsWith("HTTP/1.1 504 ").contains("call_timeout");
      assertThat(good.requestCount()).as("one attempt may not use up the call").isEqualTo(1);
    }
  }

  /**
   * The connections are the provider's; how long to wait for an answer is for the target to say.
   */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aTargetMayBeMorePatientThanItsProvider(boolean stream) throws IOException {
    slow.behaviour(SimulatedBehaviour.parse("latency_ms=150"));
    Loaded loaded =
        new ConfigLoader(Map.of())
            .load(
                "test.yaml",
                """
                server: { port: 0 }
                providers:
                  slow:
                    type: openai-compatible
                    base_url: "http://127.0.0.1:%d/v1"
                    retries: { max: 0 }
                    timeouts: { head_ms: 30, first_token_ms: 30, first_token_per_kb_ms: 0 }
                routing:
                  r:
                    targets:
                      - { provider: slow, model: a, timeouts: { head_ms: 15000, first_token_ms: 15000 } }
                  s: { targets: [slow/b] }
                """
                    .formatted(slow.port()));
    assertThat(loaded.errors()).isEmpty();
    try (Gateway gateway = Gateway.start(Objects.requireNonNull(loaded.config()))) {
      assertThat(ask(gateway, "r", stream, "")).startsWith("HTTP/1.1 200 ");
      assertThat(ask(gateway, "s", stream, "")).startsWith("HTTP/1.1 504 ");
    }
  }

  @Test
  void aPlainAnswerThatStallsIsAskedForElsewhere() throws IOException {
    slow.behaviour(SimulatedBehaviour.parse("headers_then_silent=true"));
    try (Gateway gateway =
        gateway("openai-compatible", "api_key: unused-key-of-a-test, timeouts: { idle_ms: 200 }")) {
      String answer = ask(gateway, false, "");
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("x-fairlead-provider: good");
    }
  }
}
