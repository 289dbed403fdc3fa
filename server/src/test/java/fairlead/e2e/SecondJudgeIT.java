package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** The packaged gateway with the packaged optional module as second judge. */
final class SecondJudgeIT {
  private static final String CONFIG =
      """
      providers:
        sim: { type: simulated }
      routing:
        usual: { targets: [sim/a] }
        sharp: { targets: [sim/a], cache: { similarity_threshold: 0.999 } }
      cache:
        semantic:
          mode: serve
          guards: balanced
          recheck_percent: 0
          judge: { type: onnx, %s, deadline_ms: 5000 }
      """;

  private static final String OPINIONS = "fairlead_cache_judge_total";
  private static final String STORED = "How can I reset my password?";
  private static final String NEAR = "How do I reset my password?";

  /** Beside the gateway's own module; built before it. */
  private static Path module() {
    Path file =
        GatewayProcess.jar()
            .resolve("../../../cache-onnx/target/fairlead-cache-onnx.jar")
            .normalize();
    Assumptions.assumeTrue(
        Files.exists(file),
        "skipped: there is no " + file + "; ./mvnw -pl cache-onnx -am package makes it");
    return file;
  }

  /** Stores one question, and asks for the other from memory until it was judged. */
  private static RawClient.Response ask(GatewayProcess gateway, String route) throws IOException {
    RawClient.Response first = ask(gateway, route, STORED, "");
    assertThat(first.status()).as(first.text()).isEqualTo(200);
    assertThat(first.header("x-fairlead-cache")).isEqualTo("miss");
    // What is stored is found by similar requests some milliseconds later.
    double before = gateway.metric(OPINIONS);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    RawClient.Response near;
    do {
      near = ask(gateway, route, NEAR, "x-fairlead-cache: only\r\n");
    } while (gateway.metric(OPINIONS) == before && System.nanoTime() - end < 0);
    return near;
  }

  private static RawClient.Response ask(
      GatewayProcess gateway, String route, String text, String header) throws IOException {
    String body =
        "{\"model\":\""
            + route
            + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + text
            + "\"}]}";
    try (RawClient client = new RawClient(gateway.port())) {
      client.send(
          "POST",
          "/v1/chat/completions",
          "Content-Type: application/json\r\n" + header,
          body.getBytes(StandardCharsets.UTF_8));
      return client.response();
    }
  }

  @Test
  void nearMatchesAreServedWhereItAgreesAndOnlyThere() throws IOException {
    String jar = "jar: \"" + module() + "\"";
    try (GatewayProcess gateway = GatewayProcess.start(CONFIG.formatted(jar))) {
      RawClient.Response near = ask(gateway, "usual");
      assertThat(near.status()).as(near.text()).isEqualTo(200);
      assertThat(near.header("x-fairlead-cache")).startsWith("semantic;score=0.9");
      assertThat(gateway.metric(OPINIONS, "agreed")).isEqualTo(1);
      assertThat(gateway.metric(OPINIONS, "refused")).isZero();

      assertThat(ask(gateway, "sharp").status()).isEqualTo(504);
      assertThat(gateway.metric(OPINIONS, "agreed")).isEqualTo(1);
      assertThat(gateway.metric(OPINIONS, "refused")).isPositive();
      assertThat(gateway.metric(OPINIONS, "silent")).isZero();
      assertThat(RawClient.get(gateway.port(), "/admin/v1/cache").text())
          .contains("\"name\":\"minilm-l6-v2-int8\"");
      // The JDK warns of native code that nobody has allowed.
      assertThat(gateway.output()).doesNotContain("WARNING");
    }
  }

  @Test
  void aWrongJarStopsTheStartWithItsPlace() {
    String wrong = "jar: \"" + GatewayProcess.jar() + "\"";
    assertThatThrownBy(() -> GatewayProcess.start(CONFIG.formatted(wrong)).close())
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("fairlead-test.yaml:11:")
        .hasMessageContaining("cache.semantic.judge.jar: is no jar with a judge");
  }

  @Test
  void aModuleThatIsNowhereStopsTheStartWithItsPlace() {
    assertThatThrownBy(() -> GatewayProcess.start(CONFIG.formatted("threshold: 0.9")).close())
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("fairlead-test.yaml:11:")
        .hasMessageContaining("cache.semantic.judge.type: needs the optional module");
  }
}
