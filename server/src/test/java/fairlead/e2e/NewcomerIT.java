package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Somebody who has just built it: no configuration, no key, nothing but the jar and curl. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NewcomerIT {
  private final GatewayProcess gateway = GatewayProcess.start(null);

  @AfterAll
  void close() {
    gateway.close();
  }

  @Test
  void isAnsweredWithinTwoSeconds() throws IOException {
    long cpuMillis = gateway.startCpuMillis();
    System.out.println(
        "demo: ready after "
            + gateway.readyMillis()
            + " ms and "
            + cpuMillis
            + " ms of CPU time; it says:\n"
            + gateway.output());
    String model = firstModel();
    RawClient.Response answer =
        RawClient.post(gateway.port(), "/v1/chat/completions", question(model, false));

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(Answer.ofOpenAi(answer.body(), false).text()).isNotBlank();
    // On a machine that is busy with other things only the CPU time is the gateway's.
    assertThat(Math.min(gateway.readyMillis(), cpuMillis)).isLessThan(2_000);
  }

  @Test
  void streams() throws IOException {
    RawClient.Response answer =
        RawClient.post(gateway.port(), "/v1/chat/completions", question(firstModel(), true));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).startsWith("text/event-stream");
    assertThat(Answer.ofOpenAi(answer.body(), true).text()).isNotBlank();
    assertThat(answer.text()).endsWith("data: [DONE]\n\n");
  }

  @Test
  void theStartMessageSaysWhatIsServedAndWhere() throws IOException {
    assertThat(gateway.output()).contains("http://127.0.0.1:" + gateway.port());
    assertThat(commands()).as(gateway.output()).hasSize(3);
  }

  @Test
  void theCommandsOfTheStartMessageWork() throws Exception {
    Assumptions.assumeTrue(Shell.has("curl"), "skipped: there is no curl on this machine");
    for (String command : commands()) {
      Shell.Result result = Shell.run(command, 20);
      System.out.println(
          "$ "
              + command
              + "\n"
              + result.output().substring(0, Math.min(300, result.output().length())));
      assertThat(result.exitCode()).as(command + "\n" + result.output()).isZero();
      assertThat(result.output()).as(command).isNotBlank().doesNotContain("{\"error\"");
    }
  }

  @Test
  void stopsWithinSecondsWhenAsked() {
    try (GatewayProcess other = GatewayProcess.start(null)) {
      long asked = System.nanoTime();
      other.terminate();
      other.awaitExit(10);
      System.out.println(
          "demo: stopped "
              + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked)
              + " ms after SIGTERM");
    }
  }

  /** The commands in the start message: what begins with curl, with its continuation lines. */
  private List<String> commands() {
    List<String> commands = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String line : gateway.output().split("\n")) {
      String bare = line.strip();
      if (bare.startsWith("$ ")) {
        bare = bare.substring(2).strip();
      }
      if (open.length() > 0 || bare.startsWith("curl ")) {
        open.append(bare).append('\n');
        if (!bare.endsWith("\\")) {
          commands.add(open.toString().strip());
          open.setLength(0);
        }
      }
    }
    return commands;
  }

  private String firstModel() throws IOException {
    RawClient.Response list = RawClient.get(gateway.port(), "/v1/models");
    assertThat(list.status()).isEqualTo(200);
    Map<String, Object> models = Recordings.object(list.body());
    assertThat(models).containsEntry("object", "list");
    List<?> data = (List<?>) models.getOrDefault("data", List.of());
    assertThat(data).isNotEmpty();
    return String.valueOf(((Map<?, ?>) data.getFirst()).get("id"));
  }

  private static byte[] question(String model, boolean stream) {
    return ("{\"model\":\""
            + model
            + "\",\"stream\":"
            + stream
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"Why did the build fail?\"}]}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
