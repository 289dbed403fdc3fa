package fairlead.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * The packaged jar as a process of its own, in an empty folder and without any provider's key in
 * its environment.
 *
 * <p>Thread-safe. Lifecycle: 1. {@link #start} returns when {@code /readyz} says ready; 2. use; 3.
 * {@link #close}, which asks the process to stop and kills it if it does not.
 */
final class GatewayProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");
  private static final long START_SECONDS = 20;

  /** The {@code health} of a provider whose failures are the point: no circuit ever opens. */
  static final String NEVER_OUT =
      "{ consecutive_failures: 1000, failure_rate: 1, min_calls: 10000 }";

  private final Process process;
  private final Path folder;
  private final List<String> output = new ArrayList<>();
  private final CompletableFuture<Integer> announced = new CompletableFuture<>();
  private final long startedNanos = System.nanoTime();
  private int port;
  private long readyMillis;
  private long startCpuMillis;

  private GatewayProcess(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /**
   * Starts the gateway on a free port.
   *
   * @param config YAML, or null: no file, no keys, which is the demo
   * @param jvmArgs before {@code -jar}
   */
  static GatewayProcess start(@Nullable String config, String... jvmArgs) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(jvmArgs));
    command.addAll(List.of("-jar", jar().toString()));
    return start(config, command, Map.of());
  }

  /**
   * Starts it as users do, with {@code ./fairlead} and what that chooses for memory; the process is
   * the gateway's own, since the launcher becomes it.
   *
   * @param environment more variables, such as {@code FAIRLEAD_AOT}, which is {@code off} otherwise
   */
  static GatewayProcess launch(@Nullable String config, Map<String, String> environment) {
    Path launcher = launcher();
    Map<String, String> variables = new HashMap<>(environment);
    variables.putIfAbsent("FAIRLEAD_AOT", "off");
    variables.put("FAIRLEAD_JAR", jar().toString());
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    return start(config, new ArrayList<>(List.of(launcher.toString())), variables);
  }

  private static Path launcher() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("fairlead"))) {
        return at.resolve("fairlead");
      }
    }
    throw new AssertionFailedError("no launcher above " + Path.of("").toAbsolutePath());
  }

  private static GatewayProcess start(
      @Nullable String config, List<String> command, Map<String, String> environment) {
    try {
      Path folder = Files.createTempDirectory("fairlead-e2e");
      command.addAll(List.of("serve", "--port", "0"));
      if (config != null) {
        Path file = folder.resolve("fairlead-test.yaml");
        Files.writeString(file, config);
        command.addAll(List.of("--config", file.toString()));
      }
      ProcessBuilder builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
      builder.environment().keySet().removeIf(GatewayProcess::couldConfigure);
      builder.environment().putAll(environment);
      GatewayProcess gateway = new GatewayProcess(builder.start(), folder);
      Thread.ofVirtual().start(gateway::readOutput);
      gateway.awaitReady();
      return gateway;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jar under test. */
  static Path jar() {
    String named = System.getProperty("fairlead.jar");
    if (named != null) {
      return Path.of(named).toAbsolutePath();
    }
    Path here = Path.of("target", "fairlead.jar");
    return (Files.exists(here) ? here : Path.of("server").resolve(here)).toAbsolutePath();
  }

  private static boolean couldConfigure(String variable) {
    return variable.endsWith("_KEY")
        || variable.endsWith("_TOKEN")
        || variable.endsWith("_BASE_URL")
        || variable.startsWith("FAIRLEAD_")
        || variable.equals("JAVA_TOOL_OPTIONS");
  }

  private void readOutput() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (output) {
          output.add(line);
        }
        Matcher address = ADDRESS.matcher(line);
        if (address.find()) {
          announced.complete(Integer.parseInt(address.group(1)));
        }
      }
    } catch (IOException e) {
      announced.completeExceptionally(e);
    }
    announced.completeExceptionally(new IOException("the process ended"));
  }

  private void awaitReady() throws IOException {
    try {
      port = announced.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      process.destroyForcibly();
      throw new AssertionFailedError("the gateway announced no address:\n" + output(), e);
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      RawClient.Response ready = RawClient.get(port, "/readyz");
      if (ready.status() == 200) {
        readyMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
        startCpuMillis =
            process.info().totalCpuDuration().map(Duration::toMillis).orElse(readyMillis);
        return;
      }
      if (System.nanoTime() - deadline > 0) {
        close();
        throw new AssertionFailedError("never ready: " + ready.text() + "\n" + output());
      }
      LockSupport.parkNanos(
          5_000_000); // the interval of the poll, not a guess at how long it takes
    }
  }

  int port() {
    return port;
  }

  /** From the start of the process to the first ready answer. */
  long readyMillis() {
    return readyMillis;
  }

  /** CPU time of the process until it was ready. */
  long startCpuMillis() {
    return startCpuMillis;
  }

  /** What an OpenAI client is given as its base address. */
  String baseUrl() {
    return "http://127.0.0.1:" + port + "/v1";
  }

  /** Everything the process has printed so far. */
  String output() {
    synchronized (output) {
      return String.join("\n", output);
    }
  }

  /** Resident memory in KiB, or -1 where the system does not tell. */
  long residentKib() {
    return Processes.residentKib(process.pid());
  }

  /** The most memory that was ever resident in KiB, or -1 where the system does not tell. */
  long mostResidentKib() {
    return Processes.mostResidentKib(process.pid());
  }

  /** The value of all series of a metric whose labels contain each of the given texts, summed. */
  double metric(String name, String... labels) throws IOException {
    double sum = 0;
    for (String line : RawClient.get(port, "/metrics").text().split("\n")) {
      boolean named = line.startsWith(name + "{") || line.startsWith(name + " ");
      if (named && Stream.of(labels).allMatch(line::contains)) {
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return sum;
  }

  /** Sends SIGTERM and returns at once. */
  void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL and returns at once. */
  void kill() {
    process.destroyForcibly();
  }

  /** Waits for the end and returns the exit code. */
  int awaitExit(long seconds) {
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionFailedError("still running after " + seconds + " s:\n" + output());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> left = Files.walk(folder)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.out.println("left behind: " + folder + ": " + e);
    }
  }

  /** A configuration's provider in the OpenAI wire, in YAML, two spaces deep. */
  static String provider(String name, String baseUrl, Map<String, String> more) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("  ").append(name).append(":\n");
    yaml.append("    type: ").append(more.getOrDefault("type", "openai-compatible")).append('\n');
    yaml.append("    base_url: ").append(baseUrl).append('\n');
    more.forEach(
        (key, value) -> {
          if (!key.equals("type")) {
            yaml.append("    ").append(key).append(": ").append(value).append('\n');
          }
        });
    return yaml.toString();
  }
}
