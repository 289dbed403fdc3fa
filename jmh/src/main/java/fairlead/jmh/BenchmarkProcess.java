package fairlead.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of one class one after another in a process of their own.
 *
 * <p>{@link #measure} starts the process and waits for it; {@link #main} is what runs there. One
 * process per class, not per benchmark as JMH's own forks: what a class has to build before it can
 * be measured, which may be an index of a million entries, is built once, in static holders; and
 * starting and warming a machine costs more than the few thousand operations that bytes per
 * operation need. The price is that the benchmarks of a class share what the compiler has learnt
 * about their common code, as the calls of a gateway do.
 */
public final class BenchmarkProcess {
  private static final List<String> JVM_ARGUMENTS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-Xbatch", // compiled is what is measured, however little the compiler's threads get to
          // run
          "-Djmh.ignoreLock=true", // processor time is compared: another run beside this one may be
          "-Xms256m",
          "-Xmx1g",
          "--sun-misc-unsafe-memory-access=allow");

  private BenchmarkProcess() {}

  /**
   * Measures benchmarks of one class.
   *
   * @param names {@code CLASS.METHOD}
   * @return what was found: fewer than names if there are no such benchmarks
   * @throws IOException if the process failed; it has said why
   */
  static List<Measured> measure(List<String> names, Pace pace)
      throws IOException, InterruptedException {
    Path results = Files.createTempFile("benchmarks", ".txt");
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(JVM_ARGUMENTS);
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(BenchmarkProcess.class.getName(), results.toString(), pace.name()));
      command.addAll(names);
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IOException("exit code " + code + " of the process that ran " + names);
      }
      return Fields.read(results).stream().map(Measured::parse).toList();
    } finally {
      Files.deleteIfExists(results);
    }
  }

  /** Use: {@code RESULT_FILE PACE NAME...}. */
  public static void main(String[] args) throws Exception {
    CountingLoader loader = CountingLoader.ofClassPath();
    Thread.currentThread().setContextClassLoader(loader);
    loader
        .loadClass(BenchmarkProcess.class.getName())
        .getMethod("run", String[].class)
        .invoke(null, (Object) args);
    System.exit(0); // threads of what was measured may be left
  }

  /** The same, once locks are counted. */
  public static void run(String[] args) throws IOException, RunnerException {
    Pace pace = Pace.valueOf(args[1]);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .forks(0)
            .warmupIterations(pace.warmUps())
            .warmupTime(TimeValue.milliseconds(pace.millis()))
            .measurementIterations(pace.iterations())
            .measurementTime(TimeValue.milliseconds(pace.millis()))
            .addProfiler(OperationProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    for (String name : List.of(args).subList(2, args.length)) {
      options.include("\\." + name.replace(".", "\\.") + "$");
    }
    StringBuilder lines = new StringBuilder();
    for (RunResult result : new Runner(options.build()).run()) {
      String name = result.getParams().getBenchmark();
      int method = name.lastIndexOf('.');
      Measured measured =
          new Measured(
              name.substring(name.lastIndexOf('.', method - 1) + 1),
              secondary(result, OperationProfiler.BYTES),
              secondary(result, OperationProfiler.CPU),
              secondary(result, OperationProfiler.LOCKS));
      lines.append(measured.toLine()).append('\n');
    }
    Files.writeString(Path.of(args[0]), lines, StandardCharsets.UTF_8);
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // JMH hands out raw results
  private static double secondary(RunResult result, String name) {
    for (Map.Entry<String, Result<?>> entry :
        ((Map<String, Result<?>>) (Map) result.getSecondaryResults()).entrySet()) {
      if (entry.getKey().endsWith(name)) {
        return entry.getValue().getScore();
      }
    }
    throw new IllegalStateException("no " + name + " of " + result.getParams().getBenchmark());
  }
}
