package fairlead.server.cli;

import fairlead.server.Gateway;
import fairlead.server.config.Config;
import fairlead.server.config.Discovery;
import fairlead.server.config.Exposure;
import fairlead.server.config.Loaded;
import fairlead.server.gameday.RehearsedConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * What {@code fairlead} and {@code fairlead serve} both do: start the gateway and stay until it is
 * asked to stop.
 */
final class Serving {
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration, YAML or JSON. Default: $FAIRLEAD_CONFIG, fairlead.yaml, fairlead.yml or"
              + " config.json here, then well-known environment keys, then the demo.")
  private @Nullable Path config;

  @Option(
      names = "--host",
      paramLabel = "H",
      description = "Address to bind instead of server.host.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port instead of server.port; 0 chooses a free one.")
  private @Nullable Integer port;

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description = "Port of the administration; this version has none yet and says so.")
  private @Nullable Integer adminPort;

  @Option(
      names = "--rehearse",
      hidden = true,
      paramLabel = "[RUN:]NAME=URL",
      description = "For the game day: a simulated provider in the place of a real one.")
  private List<String> rehearsed = new ArrayList<>();

  /** Serves; returns the exit code. */
  int run(CommandSpec spec) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Map<String, String> environment = System.getenv();
    if (!rehearsed.isEmpty() && config != null) {
      environment = RehearsedConfig.environment(config, environment);
    }
    Loaded loaded = new Discovery(environment, Path.of("")).find(config);
    loaded.problems().forEach(err::println);
    if (adminPort != null) {
      err.println("fairlead: warning: --admin-port has no effect in this version");
    }
    Config settings = loaded.config();
    if (settings == null) {
      err.println("fairlead: not started, because the configuration has errors.");
      return Main.WRONG_USAGE;
    }
    if (!rehearsed.isEmpty()) {
      try {
        settings = RehearsedConfig.of(settings, rehearsed);
      } catch (IllegalArgumentException e) {
        err.println("fairlead: " + e.getMessage());
        return Main.WRONG_USAGE;
      }
    }
    settings = settings.withServer(settings.server().at(host, port));
    String refusal = Exposure.refusal(settings.server().host(), settings.auth());
    if (refusal != null) {
      err.println("fairlead: --host " + refusal);
      return Main.WRONG_USAGE;
    }
    if (settings.server().port() < 0 || settings.server().port() > MAX_PORT) {
      err.println("fairlead: --port must be 0 to " + MAX_PORT + ": " + settings.server().port());
      return Main.WRONG_USAGE;
    }
    Gateway gateway = Gateway.start(settings);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("fairlead-stop").unstarted(() -> stop(gateway, stopped)));
    out.print(new StartPage(settings, gateway.port()).text());
    out.flush();
    stopped.await();
    return Main.OK;
  }

  /** A stop that was asked for and went well is no failure: the process ends with 0. */
  private static void stop(Gateway gateway, CountDownLatch stopped) {
    gateway.close();
    stopped.countDown();
    Runtime.getRuntime().halt(Main.OK);
  }
}
