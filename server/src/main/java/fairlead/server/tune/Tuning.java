package fairlead.server.tune;

import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.Observation;
import fairlead.cache.earn.ObservationLog;
import fairlead.cache.earn.ThresholdTable;
import fairlead.server.config.RouteCache;
import fairlead.server.tune.ReplayTarget.Found;
import fairlead.server.tune.ReplayTarget.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what thresholds would have done, from the built-in log or from recorded calls.
 *
 * <p>Not thread-safe. Calls are replayed at some thousands per second.
 */
public final class Tuning {
  /** Files that nothing can be found out from. */
  public static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableException(String message) {
      super(message);
    }
  }

  private final Function<String, RouteCache> settings;
  private final Supplier<ReplayTarget> target;
  private final @Nullable Double budgetPercent;
  private final @Nullable String onlyRoute;
  private final Consumer<String> messages;
  private final ThresholdTable table = new ThresholdTable();

  /**
   * @param settings of a route, by its name
   * @param target where recorded calls are replayed
   * @param budgetPercent in place of the routes' own budgets; null for those
   * @param onlyRoute the one route to report; null for all
   * @param messages hears of what could not be used
   */
  public Tuning(
      Function<String, RouteCache> settings,
      Supplier<ReplayTarget> target,
      @Nullable Double budgetPercent,
      @Nullable String onlyRoute,
      Consumer<String> messages) {
    this.settings = settings;
    this.target = target;
    this.budgetPercent = budgetPercent;
    this.onlyRoute = onlyRoute;
    this.messages = messages;
  }

  /** Reads files or folders of the built-in log, or recorded calls, not both. */
  public TuneReport run(List<Path> from) throws IOException, UnusableException {
    List<Path> logs = new ArrayList<>();
    List<Path> calls = new ArrayList<>();
    for (Path path : from) {
      if (!Files.exists(path)) {
        throw new UnusableException("there is no file " + path);
      }
      if (Files.isDirectory(path) && !ObservationLog.isIn(path)) {
        throw new UnusableException("there is no log of near answers in " + path);
      }
      (isLog(path) ? logs : calls).add(path);
    }
    if (!logs.isEmpty() && !calls.isEmpty()) {
      throw new UnusableException(
          calls.getFirst() + " holds calls and " + logs.getFirst() + " is a log: give one kind");
    }
    return logs.isEmpty() ? replayed(calls) : logged(logs);
  }

  /** By the first line. */
  private static boolean isLog(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return true;
    }
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8))) {
      String line = in.readLine();
      while (line != null && line.isBlank()) {
        line = in.readLine();
      }
      return line != null && line.startsWith("{\"t\":") && line.contains("\"tier\":");
    }
  }

  private TuneReport logged(List<Path> logs) throws IOException, UnusableException {
    long lines = 0;
    long unreadable = 0;
    for (Path log : logs) {
      ObservationLog.Reading reading = ObservationLog.read(log, this::add);
      lines += reading.lines();
      unreadable += reading.unreadable();
    }
    if (unreadable > 0) {
      messages.accept(unreadable + " of " + lines + " lines could not be read");
    }
    return report("from the log: " + named(logs) + ", " + lines + " lines", Map.of(), 0);
  }

  private TuneReport replayed(List<Path> files) throws IOException, UnusableException {
    RecordedTraffic traffic = new RecordedTraffic(messages);
    for (Path file : files) {
      traffic.read(file);
    }
    List<RecordedCall> calls = traffic.calls();
    if (traffic.bad() > 0) {
      messages.accept(traffic.bad() + " lines could not be used");
    }
    if (calls.isEmpty()) {
      throw new UnusableException("no call in " + named(files) + " could be used");
    }
    Map<Found, Long> found = new EnumMap<>(Found.class);
    long canonicalWrong = 0;
    try (ReplayTarget to = target.get()) {
      for (RecordedCall call : calls) {
        Outcome outcome = to.replay(call, this::add);
        found.merge(outcome.found(), 1L, Long::sum);
        boolean wrong = outcome.verdict() != null && outcome.verdict().wrong();
        canonicalWrong += outcome.found() == Found.CANONICAL && wrong ? 1 : 0;
      }
      to.finish(this::add);
    }
    String source = "replayed: " + named(files) + ", " + calls.size() + " calls";
    return report(source, found, canonicalWrong);
  }

  private static String named(List<Path> paths) {
    return String.join(", ", paths.stream().map(Path::toString).toList());
  }

  private void add(Observation seen) {
    if (onlyRoute == null || seen.route().equals(onlyRoute)) {
      table.add(seen);
    }
  }

  private TuneReport report(String source, Map<Found, Long> calls, long canonicalWrong)
      throws UnusableException {
    if (table.parts().isEmpty() && calls.isEmpty()) {
      throw new UnusableException(
          onlyRoute == null
              ? "nothing was observed yet (" + source + ")"
              : "nothing was observed of route " + onlyRoute + " (" + source + ")");
    }
    List<TuneReport.Part> parts = new ArrayList<>();
    for (ThresholdTable.Part part : table.parts()) {
      RouteCache its = settings.apply(part.route());
      double budget = budgetPercent == null ? its.errorBudgetPercent() : budgetPercent;
      double floor =
          part.tier() == NearTier.LINES ? its.logSimilarity() : its.similarityThreshold();
      parts.add(
          new TuneReport.Part(
              table.table(part, budget / 100, (float) floor), budget, (float) floor));
    }
    return new TuneReport(source, calls, canonicalWrong, parts);
  }
}
