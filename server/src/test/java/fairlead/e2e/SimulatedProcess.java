package fairlead.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.AssertionFailedError;

/**
 * The simulated provider as a process of its own, so that it can be killed; it comes out of the
 * packaged jar too.
 *
 * <p>Thread-safe.
 */
final class SimulatedProcess implements AutoCloseable {
  private static final String MAIN = "fairlead.providers.simulated.SimulatedServer";
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final int port;

  private SimulatedProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it on a free port with those knobs. */
  static SimulatedProcess start(Map<String, String> knobs) {
    return start(knobs, "128m");
  }

  /**
   * As {@link #start(Map)}.
   *
   * @param heap the most it may need, as for {@code -Xmx}: it holds every request that waits
   */
  static SimulatedProcess start(Map<String, String> knobs, String heap) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + heap));
    command.addAll(List.of("-cp", GatewayProcess.jar().toString(), MAIN));
    knobs.forEach((name, value) -> command.addAll(List.of("--knob", name + "=" + value)));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      StringBuilder said = new StringBuilder();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.append(line).append('\n');
        Matcher address = ADDRESS.matcher(line);
        if (address.find()) {
          return new SimulatedProcess(process, Integer.parseInt(address.group(1)));
        }
      }
      process.destroyForcibly();
      throw new AssertionFailedError("the simulated provider announced no address:\n" + said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String baseUrl() {
    return "http://127.0.0.1:" + port + "/v1";
  }

  /** Sends SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }
}
