package fairlead.server.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code fairlead} command; without a subcommand it serves. */
@Command(
    name = "fairlead",
    description = "An LLM gateway. Without a command it serves.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    subcommands = {
      ServeCommand.class,
      CheckCommand.class,
      CacheCommand.class,
      GamedayCommand.class,
      BenchCommand.class,
      SimulateCommand.class,
      TrainCommand.class,
      VersionCommand.class
    })
public final class Main implements Callable<Integer> {
  /** Worked, failed while running, wrong usage or configuration. */
  static final int OK = 0;

  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  @Mixin private Serving serving = new Serving();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    return serving.run(spec);
  }

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    settle("jdk.readPollers", "1");
    settle("jdk.writePollers", "1");
    System.exit(run(args));
  }

  /** Runs the command line; returns its exit code. */
  static int run(String... args) {
    CommandLine line = new CommandLine(new Main());
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(
        (failure, commandLine, parsed) -> {
          commandLine.getErr().println("fairlead: " + failure.getMessage());
          return FAILED;
        });
    return line.execute(args);
  }

  /**
   * Poller settings are read when the first virtual thread waits; one read poller was measured
   * best. What the user set stays.
   */
  private static void settle(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
