package fairlead.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of the budget file, shortly, and fails when one allocates more than it may.
 *
 * <p>Allocation per operation hardly moves from run to run, so it decides. Times on shared machines
 * do move: they are printed beside their guard and decide nothing.
 *
 * <p>Use: {@code .ci/budgets [BUDGETS [PART_OF_A_NAME]]}; exit code 0 within budget, 1 over it, 2
 * wrong use.
 */
public final class BudgetCheck {
  /** What counts as the same: the harness itself allocates a little per iteration. */
  private static final double TOLERANCE_BYTES = 4;

  private static final int WARM_UP_ITERATIONS = 3;
  private static final int ITERATIONS = 3;
  private static final TimeValue ITERATION = TimeValue.milliseconds(400);

  private record Budget(String name, double bytes, double nanos) {}

  private BudgetCheck() {}

  public static void main(String[] args) throws IOException, RunnerException {
    Path file = Path.of(args.length > 0 ? args[0] : "jmh/budgets.txt");
    String filter = args.length > 1 ? args[1] : "";
    if (!Files.isRegularFile(file)) {
      System.err.println(
          "no budget file at " + file + "; give its path, or start in the repository root");
      System.exit(2);
    }
    List<Budget> budgets = read(file);
    budgets.removeIf(budget -> !budget.name().contains(filter));
    Map<String, RunResult> results = run(budgets);
    System.exit(report(budgets, results) ? 0 : 1);
  }

  private static List<Budget> read(Path file) throws IOException {
    List<Budget> budgets = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String[] fields = text.split("\\s+");
      if (fields.length != 3) {
        throw new IllegalArgumentException(
            file + ":" + number + ": expected NAME BYTES NANOS, found: " + text);
      }
      budgets.add(
          new Budget(fields[0], Double.parseDouble(fields[1]), Double.parseDouble(fields[2])));
    }
    return budgets;
  }

  private static Map<String, RunResult> run(List<Budget> budgets) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .forks(1)
            .warmupIterations(WARM_UP_ITERATIONS)
            .warmupTime(ITERATION)
            .measurementIterations(ITERATIONS)
            .measurementTime(ITERATION)
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .jvmArgs(
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:+UseCompactObjectHeaders",
                "--sun-misc-unsafe-memory-access=allow");
    for (Budget budget : budgets) {
      options.include("\\." + budget.name().replace(".", "\\.") + "$");
    }
    Map<String, RunResult> results = new LinkedHashMap<>();
    Collection<RunResult> all = new Runner(options.build()).run();
    for (RunResult result : all) {
      String name = result.getParams().getBenchmark();
      int method = name.lastIndexOf('.');
      results.put(name.substring(name.lastIndexOf('.', method - 1) + 1), result);
    }
    return results;
  }

  private static boolean report(List<Budget> budgets, Map<String, RunResult> results) {
    boolean good = true;
    System.out.printf(
        Locale.ROOT,
        "%-52s %10s %10s %12s %12s%n",
        "benchmark",
        "B/op",
        "budget",
        "ns/op",
        "guard");
    for (Budget budget : budgets) {
      RunResult result = results.get(budget.name());
      if (result == null) {
        System.out.printf(Locale.ROOT, "%-52s no such benchmark%n", budget.name());
        good = false;
        continue;
      }
      double bytes = bytes(result);
      double nanos = result.getPrimaryResult().getScore();
      boolean over = !(bytes <= budget.bytes() + TOLERANCE_BYTES);
      good &= !over;
      System.out.printf(
          Locale.ROOT,
          "%-52s %10.2f %10.0f %12.1f %12.0f%s%s%n",
          budget.name(),
          bytes,
          budget.bytes(),
          nanos,
          budget.nanos(),
          over ? "  OVER BUDGET" : "",
          nanos > budget.nanos() ? "  slow (recorded only)" : "");
    }
    return good;
  }

  private static double bytes(RunResult result) {
    for (Map.Entry<String, ? extends Result<?>> entry : secondary(result).entrySet()) {
      if (entry.getKey().endsWith("gc.alloc.rate.norm")) {
        return entry.getValue().getScore();
      }
    }
    return Double.NaN;
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // JMH hands out raw results
  private static Map<String, ? extends Result<?>> secondary(RunResult result) {
    return (Map) result.getSecondaryResults();
  }
}
