package fairlead.server.cli;

import fairlead.loadtest.Bench;
import fairlead.loadtest.HtmlReport;
import fairlead.loadtest.JsonReport;
import fairlead.loadtest.Plan;
import fairlead.loadtest.Results;
import fairlead.loadtest.Target;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fairlead bench}. */
@Command(
    name = "bench",
    description = {
      "Loads gateways side by side in one run and compares them: any OpenAI-compatible URLs;"
          + " without one a simulated upstream by itself, nginx and HAProxy if installed, and"
          + " Fairlead, all started for this.",
      "Takes minutes: loads × contestants × (warm-up + rounds × seconds)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "[NAME=]URL",
      arity = "0..*",
      description = "What runs already: http://HOST:PORT/v1, up to the version segment.")
  private List<String> urls = new ArrayList<>();

  @Option(
      names = "--loads",
      split = ",",
      paramLabel = "LOAD",
      description =
          "KIND[-SIZEk][-CALLERS][@RATE] with KIND plain, stream, paced, mixed, invalid-keys or"
              + " churn, such as plain-64, plain-150k-16, plain@1000, mixed-64@500; or all."
              + " Default: plain-1,plain-16,plain-64,plain-20k-16,stream-16,paced-256,plain@1000.")
  private List<String> loads = new ArrayList<>();

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "An open loop for every load whose name has no rate: N requests per second leave on"
              + " schedule whatever the answers do, and latency counts from the schedule.")
  private double rate = Plan.CLOSED;

  @Option(
      names = "--arrivals",
      paramLabel = "HOW",
      defaultValue = "poisson",
      description = "How an open loop spreads its requests: constant, poisson (the default).")
  private String arrivals = "";

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Connections of an open loop, at most. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Each measures every contestant once, in turn. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "4",
      description = "Length of one measurement. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "6",
      description =
          "Seconds of each load for each contestant before round 1. Default: ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--settle",
      paramLabel = "S",
      defaultValue = "0.5",
      description = "Seconds of load before each measurement. Default: ${DEFAULT-VALUE}.")
  private double settle;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "What to start, also beside URLs: straight, nginx, haproxy, fairlead, memory-miss,"
              + " memory-hit. Default: the first four where no URL is given.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--key",
      paramLabel = "[NAME=]KEY",
      description = "A URL's bearer key, or env.VARIABLE that holds it; without NAME for all.")
  private List<String> keys = new ArrayList<>();

  @Option(
      names = "--header",
      paramLabel = "[NAME=]HEADER",
      description = "One more header, such as 'x-team: red'; without NAME for all URLs.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "[NAME=]MODEL",
      description = "What a URL is asked for; without NAME for all. Default: load.")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--pid",
      paramLabel = "NAME=PID",
      description = "A URL's process: its tree's processor time and memory are measured (Linux).")
  private List<String> pids = new ArrayList<>();

  @Option(
      names = "--upstream-port",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Where the simulated upstream is, so that URLs can have it behind them. Default: a free"
              + " port.")
  private int upstreamPort;

  @Option(
      names = "--upstream",
      paramLabel = "KNOB=VALUE;…",
      defaultValue = "",
      description = "How it answers, such as 'latency_ms=300;tokens_per_second=50'.")
  private String upstream = "";

  @Option(
      names = "--fairlead-config",
      paramLabel = "FILE",
      description =
          "Fairlead's, instead of a generated one: a route load (and load-long for mixed);"
              + " BENCH_UPSTREAM, BENCH_UPSTREAM_KEY and BENCH_KEY are in its environment.")
  private @Nullable Path fairleadConfig;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes every round there.")
  private @Nullable Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "Writes a page with charts there.")
  private @Nullable Path html;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (!Reports.hasFolder(json, err) || !Reports.hasFolder(html, err)) {
      return Main.WRONG_USAGE; // now, and not after minutes of measuring
    }
    Plan plan;
    try {
      plan =
          Plan.of(
              loads,
              new Target.Written(urls, keys, headers, models, pids),
              new Plan.Own(only, upstreamPort, upstream, fairleadConfig),
              new Plan.Timing(rounds, seconds, warmUp, settle),
              Plan.OpenLoop.of(rate, arrivals, connections));
    } catch (IllegalArgumentException e) {
      err.println("fairlead: " + e.getMessage());
      return Main.WRONG_USAGE;
    }
    Results results = Bench.run(plan, out, line -> err.println("fairlead: " + line));
    if (json != null) {
      Files.writeString(json, JsonReport.text(results));
    }
    if (html != null) {
      Files.writeString(html, HtmlReport.text(results));
      err.println("fairlead: charts: " + html.toAbsolutePath());
    }
    return results.hasErrors() ? Main.FAILED : Main.OK;
  }
}
