package fairlead.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares ways to one upstream side by side: straight, through nginx, through Fairlead, through
 * others.
 *
 * <p>The contestants take turns in each round (A B C A B C), so that a change of the machine's mood
 * meets all of them; medians of the rounds are reported, as ratios to nginx of the same run.
 */
@Command(
    name = "loadtest",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compares gateways side by side in one run, in front of a simulated provider.")
public final class Main implements Callable<Integer> {
  private static final int WRONG_USAGE = 2;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds (${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Length of one measurement (${DEFAULT-VALUE}).")
  private double seconds = 4;

  @Option(
      names = "--warm-up",
      defaultValue = "6",
      description = "Seconds of each load for each contestant before round 1 (${DEFAULT-VALUE}).")
  private double warmUp = 6;

  @Option(
      names = "--settle",
      defaultValue = "0.5",
      description = "Seconds before each measurement (${DEFAULT-VALUE}).")
  private double settle = 0.5;

  @Option(
      names = "--loads",
      split = ",",
      description =
          "Which loads (all): plain-1, plain-16, " + "plain-64, body-16, stream-16, paced-256.")
  private List<String> loads = Load.ALL.stream().map(Load::name).toList();

  @Option(
      names = "--only",
      split = ",",
      description =
          "Which of straight, nginx, fairlead (all that are here), memory-miss, memory-hit.")
  private List<String> only = List.of("straight", "nginx", "fairlead");

  @Option(
      names = "--other",
      description =
          "Another contestant that runs already: NAME=URL[,PID[,KEY]], URL up to /v1, "
              + "with the upstream of --upstream-port behind it.")
  private List<String> others = List.of();

  @Option(
      names = "--fairlead-config",
      description =
          "Instead of the generated configuration; "
              + "LOADTEST_UPSTREAM, LOADTEST_UPSTREAM_KEY and LOADTEST_KEY are in its environment.")
  private @Nullable Path fairleadConfig;

  @Option(
      names = "--upstream-port",
      defaultValue = "0",
      description = "Port of the simulated upstream; 0: any that is free.")
  private int upstreamPort;

  @Option(names = "--json", description = "Also writes every round to this file.")
  private @Nullable Path json;

  private final PrintStream out;

  Main(PrintStream out) {
    this.out = out;
  }

  /** Runs the command. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.exit(run(out, arguments));
  }

  static int run(PrintStream out, String... arguments) {
    return new CommandLine(new Main(out))
        .setExecutionExceptionHandler(
            (problem, command, parsed) -> {
              command.getErr().println("loadtest: " + problem.getMessage());
              return 1;
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    List<Load> chosen = new ArrayList<>();
    for (String name : loads) {
      Load load = Load.byName(name);
      if (load == null) {
        out.println(
            "loadtest: unknown load \""
                + name
                + "\"; known: "
                + String.join(", ", Load.ALL.stream().map(Load::name).toList()));
        return WRONG_USAGE;
      }
      chosen.add(load);
    }
    try (Setup setup = new Setup(upstreamPort)) {
      List<Contestant> contestants = contestants(setup);
      out.println(machine());
      out.printf(
          "%d rounds of %.1f s, contestants in turn; %.1f s warm-up of each load before, %.1f s"
              + " before each measurement%n",
          rounds, seconds, warmUp, settle);
      Map<Load, Map<String, List<Sample>>> results = new LinkedHashMap<>();
      for (Load load : chosen) {
        Map<String, List<Sample>> samples = measure(setup, load, contestants);
        results.put(load, samples);
        Map<String, Sample> medians = new LinkedHashMap<>();
        samples.forEach((name, list) -> medians.put(name, Sample.median(list)));
        out.print(Report.table(load, medians));
      }
      if (json != null) {
        Files.writeString(json, Report.json(results, machine()));
      }
      return 0;
    }
  }

  private Map<String, List<Sample>> measure(Setup setup, Load load, List<Contestant> contestants)
      throws IOException {
    setup.upstream(load.upstream());
    for (Contestant contestant : contestants) {
      Sample _ = sample(contestant, load, warmUp / 2, warmUp / 2);
    }
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Contestant contestant : contestants) {
        samples
            .computeIfAbsent(contestant.name(), n -> new ArrayList<>())
            .add(sample(contestant, load, settle, seconds));
      }
    }
    return samples;
  }

  private static Sample sample(Contestant contestant, Load load, double before, double measured)
      throws IOException {
    double second = TimeUnit.SECONDS.toNanos(1);
    try (Driver driver = new Driver(contestant, load)) {
      return driver.run((long) (before * second), (long) (measured * second));
    }
  }

  private List<Contestant> contestants(Setup setup) throws IOException {
    List<Contestant> contestants = new ArrayList<>();
    if (only.contains("straight")) {
      contestants.add(setup.straight());
    }
    if (only.contains("nginx")) {
      add(contestants, setup.nginx(), "nginx is not installed here: no ratios to it");
    }
    if (only.contains("fairlead")) {
      add(
          contestants,
          setup.fairlead(Path.of(""), fairleadConfig),
          "server/target/fairlead.jar is not there: run ./mvnw package, and this from the root");
    }
    for (String memory : List.of("memory-miss", "memory-hit")) {
      if (only.contains(memory)) {
        add(
            contestants,
            setup.remembering(Path.of(""), memory.equals("memory-hit")),
            "server/target/fairlead.jar is not there: run ./mvnw package, and this from the root");
      }
    }
    for (String other : others) {
      int equals = other.indexOf('=');
      if (equals < 1) {
        throw new IOException("--other must be NAME=URL[,PID[,KEY]]: \"" + other + "\"");
      }
      String[] parts = other.substring(equals + 1).split(",");
      ProcessTree process =
          parts.length > 1 && !parts[1].isEmpty()
              ? ProcessHandle.of(Long.parseLong(parts[1])).map(ProcessTree::new).orElse(null)
              : null;
      List<String> headers =
          parts.length > 2 ? List.of("Authorization: Bearer " + parts[2]) : List.of();
      URI base = URI.create(parts[0]);
      contestants.add(
          new Contestant(other.substring(0, equals), base, base, headers, false, process));
    }
    return contestants;
  }

  private void add(List<Contestant> contestants, @Nullable Contestant contestant, String absent) {
    if (contestant == null) {
      out.println(absent);
    } else {
      contestants.add(contestant);
    }
  }

  private static String machine() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors, Java "
        + Runtime.version();
  }
}
