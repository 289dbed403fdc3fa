package fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private int check(String... arguments) {
    return run(new CheckCommand(Map.of("KEY", "canary")), arguments);
  }

  @Test
  void aGoodFile(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("f.yaml"),
            """
            providers: { openai: { api_key: ${KEY} } }
            routing:
              a: { providers: [openai], cache: { ttl_seconds: 5 } }
              b: { providers: [openai] }
            """);
    assertThat(check(file.toString())).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            file + ":3:36: routing.a.cache: warning: turns nothing on; write 'exact: true' in it",
            file + ": ok (1 provider, 2 routes)");
  }

  @Test
  void aBadFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("f.json"), "{\"port\": 1}");
    assertThat(check(file.toString())).isEqualTo(2);
    assertThat(out.toString().lines())
        .containsExactly(
            file + ":1:1: providers: is missing; add 'providers: …' here",
            file + ":1:2: port: is not a setting here; write it under 'server'");
  }

  @Test
  void noFile(@TempDir Path directory) {
    Path file = directory.resolve("gone.yaml");
    assertThat(check(file.toString())).isEqualTo(2);
    assertThat(out.toString().lines()).containsExactly(file + ":1:1: file: there is no such file");
    assertThat(check()).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required parameter: 'FILE'");
  }

  @Test
  void help() {
    assertThat(check("--help")).isZero();
    assertThat(out.toString()).contains("FILE", "Exit codes:");
  }

  @Test
  void version() {
    assertThat(run(new VersionCommand())).isZero();
    assertThat(out.toString().lines()).hasSize(2);
    assertThat(out.toString()).startsWith("fairlead ").contains("Java " + Runtime.version());
  }
}
