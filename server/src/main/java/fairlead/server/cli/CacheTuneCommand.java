package fairlead.server.cli;

import fairlead.server.config.Config;
import fairlead.server.config.Discovery;
import fairlead.server.config.Loaded;
import fairlead.server.config.RouteCache;
import fairlead.server.tune.CacheReplay;
import fairlead.server.tune.TuneReport;
import fairlead.server.tune.Tuning;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairlead cache tune}. */
@Command(
    name = "tune",
    description =
        "Prints what each similarity threshold would have done: hits, and wrong answers with a 99 %%"
            + " bound. Reads the built-in log, or replays recorded calls.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:printed", "1:a file could not be read", "2:wrong usage, or nothing usable"})
final class CacheTuneCommand implements Callable<Integer> {
  /** What recorded calls of a model belong to that is no route's name. */
  private static final String RECORDED = "recorded";

  private static final double MAX_BUDGET = 50;

  private final Map<String, String> environment;
  private final Path workingDirectory;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "A log of near answers or its folder, or JSON lines with recorded calls: {\"request\":…,"
              + " \"response\":…}, {\"messages\":…}, or OpenAI batch input and output. May be"
              + " repeated. Default: the log in the configured cache.directory.")
  private List<Path> from = new ArrayList<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration, for directory, routes, budgets and floors; found as by serve.")
  private @Nullable Path config;

  @Option(names = "--route", paramLabel = "NAME", description = "Only this route.")
  private @Nullable String route;

  @Option(
      names = "--budget",
      paramLabel = "PERCENT",
      description = "Wrong answers that are accepted, instead of the routes' own budgets.")
  private @Nullable Double budget;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  CacheTuneCommand() {
    this(System.getenv(), Path.of(""));
  }

  CacheTuneCommand(Map<String, String> environment, Path workingDirectory) {
    this.environment = environment;
    this.workingDirectory = workingDirectory;
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (budget != null && !(budget > 0 && budget <= MAX_BUDGET)) {
      err.println("fairlead: --budget must be above 0 and at most 50: " + budget);
      return Main.WRONG_USAGE;
    }
    Loaded loaded = new Discovery(environment, workingDirectory).find(config);
    Config settings = loaded.config();
    if (settings == null && (config != null || from.isEmpty())) {
      loaded.errors().forEach(err::println);
      return Main.WRONG_USAGE;
    }
    List<Path> files = from;
    if (files.isEmpty() && settings != null) {
      String directory = settings.cache().directory();
      if (directory == null) {
        err.println(
            "fairlead: "
                + settings.source()
                + " has no cache.directory, so there is no log; give recorded calls with --from");
        return Main.WRONG_USAGE;
      }
      files = List.of(Path.of(directory));
    }
    try {
      TuneReport report = tuning(settings, err).run(files);
      spec.commandLine().getOut().print(json ? report.json() + "\n" : report.text());
      spec.commandLine().getOut().flush();
      return Main.OK;
    } catch (Tuning.UnusableException e) {
      err.println("fairlead: " + e.getMessage());
      return Main.WRONG_USAGE;
    } catch (IOException e) {
      err.println("fairlead: cannot read: " + e.getMessage());
      return Main.FAILED;
    }
  }

  private Tuning tuning(@Nullable Config settings, PrintWriter err) {
    Map<String, RouteCache> routes = new HashMap<>();
    RouteCache direct = RouteCache.OFF;
    if (settings != null) {
      settings.routes().forEach((name, its) -> routes.put(name, its.cache()));
      direct = settings.cache().direct();
    }
    RouteCache others = direct;
    return new Tuning(
        name -> routes.getOrDefault(name, others),
        () ->
            new CacheReplay(
                model -> routes.containsKey(model) ? model : RECORDED,
                name -> routes.getOrDefault(name, others)),
        budget,
        route,
        message -> err.println("fairlead: " + message));
  }
}
