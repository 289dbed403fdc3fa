package fairlead.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fairlead cache}: what can be done with the memory for answers from outside. */
@Command(
    name = "cache",
    description = "Judges the memory for answers.",
    mixinStandardHelpOptions = true,
    subcommands = CacheTuneCommand.class)
final class CacheCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return Main.WRONG_USAGE;
  }
}
