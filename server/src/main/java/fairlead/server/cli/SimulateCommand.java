package fairlead.server.cli;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairlead simulate}: the simulated provider as a server of its own. */
@Command(
    name = "simulate",
    description = "Starts the simulated provider as a server, for tests and game days.",
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "9000",
      description = "Port on 127.0.0.1; 0 chooses a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--knob",
      paramLabel = "NAME=VALUE",
      description = "Latency, speed and faults, such as latency_ms=200; may be repeated.")
  private Map<String, String> knobs = new LinkedHashMap<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    SimulatedBehaviour behaviour;
    try {
      behaviour = SimulatedBehaviour.of(knobs);
    } catch (IllegalArgumentException e) {
      spec.commandLine().getErr().println("fairlead: " + e.getMessage());
      return Main.WRONG_USAGE;
    }
    try (SimulatedServer server = SimulatedServer.start("127.0.0.1", port, behaviour, 0)) {
      spec.commandLine()
          .getOut()
          .println("The simulated provider answers on http://127.0.0.1:" + server.port() + "/v1");
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
    }
    return Main.OK;
  }
}
