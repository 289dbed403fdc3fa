package fairlead.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fairlead serve}. */
@Command(name = "serve", description = "Starts the gateway.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Mixin private Serving serving = new Serving();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    return serving.run(spec);
  }
}
