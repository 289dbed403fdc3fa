package fairlead.server.cli;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import fairlead.server.Gateway;
import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code fairlead train}: runs a gateway of its own through what a gateway does, so that the JVM
 * can record in an ahead-of-time cache which classes that takes and which methods are hot.
 *
 * <p>For the launcher, which starts it with {@code -XX:AOTCacheOutput}. Touches no configuration,
 * no key and no network but loopback.
 */
@Command(
    name = "train",
    hidden = true,
    description = "Serves itself for some seconds; the launcher makes an AOT cache of it.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  private static final String KEY = "sk-training";

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "4",
      description = "How long calls are made. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    SimulatedBehaviour behaviour = SimulatedBehaviour.of(Map.of("answer_words", "40"));
    long calls;
    try (SimulatedServer upstream = SimulatedServer.start("127.0.0.1", 0, behaviour, 0);
        Gateway gateway = Gateway.start(config(upstream.port()));
        TrainingCalls caller = new TrainingCalls(gateway.port(), KEY)) {
      Objects.requireNonNull(new StartPage(config(upstream.port()), gateway.port()).text());
      calls = caller.make((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }
    spec.commandLine().getOut().println("trained with " + calls + " calls");
    return Main.OK;
  }

  private static Config config(int upstreamPort) {
    String yaml =
        """
        server: { port: 0 }
        auth: { keys: [ { name: training, value: %s, routes: ["*"] } ] }
        providers:
          chat: { type: openai-compatible, base_url: "http://127.0.0.1:%d/v1", keys: [sk-a, sk-b] }
          messages: { type: anthropic, base_url: "http://127.0.0.1:%d", keys: [sk-c] }
          down: { type: openai-compatible, base_url: "http://127.0.0.1:1/v1", keys: [sk-d] }
        routing:
          same: { targets: [ { provider: chat, model: gpt-4o-mini } ], cache: false }
          other: { targets: [ { provider: messages, model: claude-sonnet-4-5 } ], cache: false }
          failover:
            targets: [ { provider: down, model: a }, { provider: chat, model: gpt-4o-mini } ]
            cache: false
          remembered: { targets: [ { provider: chat, model: gpt-4o-mini } ] }
        cache: { semantic: { mode: serve, guards: balanced } }
        """
            .formatted(KEY, upstreamPort, upstreamPort);
    return Objects.requireNonNull(
        new ConfigLoader(Map.of()).load("training", yaml).config(), "the training's configuration");
  }
}
