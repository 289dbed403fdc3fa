package fairlead.server.gameday;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gateway as a process of its own, from the jar that this class is in.
 *
 * <p>Thread-safe. Lifecycle: 1. {@link #start} returns when {@code /readyz} says ready; 2. use; 3.
 * {@link #close}. The end of this process ends it too, also on Ctrl-C.
 */
final class GatewayUnderTest implements AutoCloseable {
  private static final String JAR_PROPERTY = "fairlead.jar";
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 3;
  private static final long READY_PATIENCE_MS = 1_000;
  private static final long POLL_MS = 10;
  private static final int KEPT_LINES = 50;
  private static final String CONFIG = "gameday.yaml";

  private final Process process;
  private final Path folder;
  private final Thread onExit;
  private final Deque<String> output = new ArrayDeque<>();
  private final CompletableFuture<Integer> announced = new CompletableFuture<>();
  private int port;

  private GatewayUnderTest(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
    onExit = Thread.ofPlatform().unstarted(this::endAtOnce);
  }

  /**
   * Starts a gateway on a free port.
   *
   * @param yaml its configuration
   * @param more arguments of {@code serve}
   * @throws IOException if it does not become ready, with what it printed
   */
  static GatewayUnderTest start(String yaml, List<String> more) throws IOException {
    Path folder = Files.createTempDirectory("fairlead-gameday");
    Path file = Files.writeString(folder.resolve(CONFIG), yaml);
    return start(folder, file, more);
  }

  /** Starts a gateway with a file that exists. */
  static GatewayUnderTest start(Path config, List<String> more) throws IOException {
    return start(Files.createTempDirectory("fairlead-gameday"), config.toAbsolutePath(), more);
  }

  private static GatewayUnderTest start(Path folder, Path config, List<String> more)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xms64m", "-Xmx192m"));
    command.addAll(List.of("-jar", jar().toString(), "serve", "--port", "0"));
    command.addAll(List.of("--config", config.toString()));
    command.addAll(more);
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    GatewayUnderTest gateway = new GatewayUnderTest(process, folder);
    Runtime.getRuntime().addShutdownHook(gateway.onExit);
    Thread.ofVirtual().start(gateway::readOutput);
    try {
      gateway.awaitReady();
      return gateway;
    } catch (IOException e) {
      gateway.close();
      throw e;
    }
  }

  /** The jar to start: the one that this class was loaded from. */
  static Path jar() throws IOException {
    String named = System.getProperty(JAR_PROPERTY);
    if (named != null) {
      return Path.of(named).toAbsolutePath();
    }
    CodeSource source = GatewayUnderTest.class.getProtectionDomain().getCodeSource();
    try {
      Path path = source == null ? null : Path.of(source.getLocation().toURI());
      if (path != null && Files.isRegularFile(path)) {
        return path;
      }
      throw new IOException(
          "the game day starts the gateway from its jar, and runs from " + path + " instead");
    } catch (URISyntaxException e) {
      throw new IOException("where the jar is cannot be told: " + e.getMessage(), e);
    }
  }

  private void endAtOnce() {
    process.destroyForcibly();
    deleteFolder();
  }

  private void readOutput() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (output) {
          output.add(line);
          if (output.size() > KEPT_LINES) {
            output.remove();
          }
        }
        Matcher address = ADDRESS.matcher(line);
        if (address.find()) {
          announced.complete(Integer.parseInt(address.group(1)));
        }
      }
      announced.completeExceptionally(new IOException("the process ended"));
    } catch (IOException e) {
      announced.completeExceptionally(e);
    }
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    try {
      port = announced.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the gateway did not start:\n" + output(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    while (!isReady(READY_PATIENCE_MS)) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("the gateway did not become ready:\n" + output());
      }
      Pause.ms(POLL_MS);
    }
  }

  /** What a balancer asks. */
  boolean isReady(long patienceMs) {
    return RawAnswer.call(port, "/readyz", null, patienceMs).status() == 200;
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The last lines it printed. */
  String output() {
    synchronized (output) {
      return String.join("\n", output);
    }
  }

  /** Kills the process; nothing is said to its callers. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      process.destroyForcibly(); // this process is ending
    }
    deleteFolder();
  }

  private void deleteFolder() {
    try {
      Files.deleteIfExists(folder.resolve(CONFIG));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit(); // it is in the system's place for such folders
    }
  }
}
