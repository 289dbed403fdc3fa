package fairlead.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the benchmarks of the budget file, shortly, and fails when one costs more than it may.
 *
 * <p>What decides, in this order of sharpness: bytes per operation, which repeat to a fraction of a
 * byte; locks per operation, counted where they are asked for; time, against a guard several times
 * as wide as the work, and wider still where the whole run is slower than the recorded one.
 * Whatever is over is measured again, longer and alone, before that counts.
 *
 * <p>Use: {@code .ci/budgets [--long] [--record] [BUDGETS [PART_OF_A_NAME]]}; exit code 0 within
 * budget, 1 over it, 2 wrong use. {@code --record} writes {@code recorded.txt} beside the budgets.
 */
public final class BudgetCheck {
  private static final String RECORDED = "recorded.txt";

  /** A starved compiler or a full queue shows once, a change of the code shows always. */
  private static final int SECOND_CHANCES = 2;

  private final List<Budget> budgets;
  private final Pace pace;
  private final Map<String, Measured> measured = new LinkedHashMap<>();

  private BudgetCheck(List<Budget> budgets, Pace pace) {
    this.budgets = budgets;
    this.pace = pace;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(args));
    Pace pace = words.remove("--long") ? Pace.LONG : Pace.SHORT;
    boolean record = words.remove("--record");
    Path file = Path.of(words.isEmpty() ? "jmh/budgets.txt" : words.get(0));
    String filter = words.size() > 1 ? words.get(1) : "";
    if (words.size() > 2 || !Files.isRegularFile(file)) {
      System.err.println(
          "no budget file at "
              + file
              + "; start in the repository root, or: .ci/budgets [--long] [--record] [BUDGETS"
              + " [PART_OF_A_NAME]]");
      System.exit(2);
    }
    List<Budget> budgets = Budget.read(file);
    budgets.removeIf(budget -> !budget.name().contains(filter));
    if (budgets.isEmpty() || (record && !filter.isEmpty())) {
      System.err.println(
          budgets.isEmpty() ? "no budget has " + filter : "a part of a run cannot be recorded");
      System.exit(2);
    }
    Path recordedFile = file.resolveSibling(RECORDED);
    Recorded recorded =
        Files.isRegularFile(recordedFile)
            ? Recorded.read(recordedFile)
            : Recorded.of("never", "", List.of());
    BudgetCheck check = new BudgetCheck(budgets, pace);
    boolean good = check.run(recorded);
    if (record && good) {
      Recorded.of(LocalDate.now(ZoneOffset.UTC).toString(), machine(), check.measured.values())
          .write(recordedFile);
    }
    System.exit(good ? 0 : 1);
  }

  private boolean run(Recorded recorded) throws IOException, InterruptedException {
    measureAll();
    double slowness = recorded.slowness(measured.values());
    List<Measured> again = measureAgain(slowness);
    Report report = new Report(recorded, slowness);
    boolean good = true;
    for (Budget budget : budgets) {
      good &= report.line(budget, measured.get(budget.name()));
    }
    System.out.print(report.text());
    for (Measured one : again) {
      System.out.println("measured again; before: " + one.toLine());
    }
    return good;
  }

  private void measureAll() throws IOException, InterruptedException {
    Map<String, List<String>> classes = new LinkedHashMap<>();
    for (Budget budget : budgets) {
      classes
          .computeIfAbsent(Measured.className(budget.name()), _ -> new ArrayList<>())
          .add(budget.name());
    }
    for (Map.Entry<String, List<String>> each : classes.entrySet()) {
      long began = System.nanoTime();
      for (Measured one : BenchmarkProcess.measure(each.getValue(), pace)) {
        measured.put(one.name(), one);
      }
      System.err.printf(
          "%s: %d in %.1f s%n",
          each.getKey(), each.getValue().size(), (System.nanoTime() - began) / 1e9);
    }
  }

  /** What is over budget is measured again before that counts; returns the figures that did not. */
  private List<Measured> measureAgain(double slowness) throws IOException, InterruptedException {
    List<Measured> discarded = new ArrayList<>();
    for (Budget budget : budgets) {
      for (int i = 0; i < SECOND_CHANCES; i++) {
        Measured one = measured.get(budget.name());
        if (one == null || budget.excess(one, slowness).isEmpty()) {
          break;
        }
        discarded.add(one);
        for (Measured two : BenchmarkProcess.measure(List.of(budget.name()), Pace.LONG)) {
          measured.put(two.name(), two);
        }
      }
    }
    return discarded;
  }

  private static String machine() throws IOException {
    Path cpus = Path.of("/proc/cpuinfo");
    String model =
        !Files.isReadable(cpus)
            ? System.getProperty("os.arch")
            : Files.readAllLines(cpus, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    return model
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors, Java "
        + Runtime.version();
  }
}
