package fairlead.server.cli;

import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import fairlead.server.config.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check FILE}: says everything that is wrong with a configuration, without starting. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Validates a configuration file without starting.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the configuration can be used", "2:it cannot, or wrong usage"})
public final class CheckCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Parameters(paramLabel = "FILE", description = "The configuration, YAML or JSON.")
  private Path file = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  public CheckCommand() {
    this(System.getenv());
  }

  /**
   * @param environment what references in the file are resolved in
   */
  CheckCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Loaded loaded = new ConfigLoader(environment).load(file);
    for (Problem problem : loaded.problems()) {
      out.println(problem);
    }
    Config config = loaded.config();
    if (config != null) {
      out.println(
          file
              + ": ok ("
              + counted(config.providers().size(), "provider")
              + ", "
              + counted(config.routes().size(), "route")
              + ")");
    }
    out.flush();
    return config == null ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.OK;
  }

  private static String counted(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
