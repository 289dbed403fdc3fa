package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that runs out of descriptors serves again once it has some. */
@Timeout(60)
final class DescriptorExhaustionTest {
  private static final int LIMIT = 110;

  @TempDir private static Path directory;

  private static final Logger LISTENER_LOG = Logger.getLogger("io.helidon.webserver");

  /** Breaks the listener's thread where it reports its failure, so that its socket stays open. */
  private static final class Bomb extends Handler {
    @Override
    public void publish(LogRecord event) {
      System.out.println("bomb: " + event.getThrown());
      throw new AssertionError("planted");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** The process: allows itself more connections than it has descriptors. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      if (args[0].equals("dies")) {
        LISTENER_LOG.addHandler(new Bomb());
      }
      DeadlineSweeper sweeper = new DeadlineSweeper(5);
      try (HttpFront front =
          HttpFront.builder(EchoHandler::new, sweeper).maxConnections(1_000).build().start()) {
        System.out.println("port " + front.port());
        while (System.in.read() >= 0) {
          System.out.println("listening " + front.isListening());
        }
      }
      sweeper.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"closes", "dies"})
  void listensAgain(String listener) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
    Process child =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "ulimit -n " + LIMIT + " && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                packedClassPath(),
                Child.class.getName(),
                listener)
            .redirectErrorStream(true)
            .start();
    List<RawClient> clients = new ArrayList<>();
    try {
      BlockingQueue<String> output = new LinkedBlockingQueue<>();
      Thread.startVirtualThread(() -> read(child, output));
      int port = Integer.parseInt(awaitLine(output, "port ").substring(5));

      RawClient survivor = new RawClient(port);
      clients.add(survivor);
      serves(survivor);
      // refused connections are fine: the listener is then dead already
      try {
        for (int i = 0; i < LIMIT; i++) {
          clients.add(new RawClient(port));
        }
      } catch (IOException e) {
        assertThat(clients).hasSizeGreaterThan(10);
      }
      assertThat(awaitLine(output, "Too many open files")).isNotEmpty();
      serves(survivor);
      for (RawClient client : clients.subList(1, clients.size())) {
        client.close();
      }
      assertThat(awaitLine(output, "listening again on port " + port)).isNotEmpty();
      for (int i = 0; i < 3; i++) {
        try (RawClient late = new RawClient(port)) {
          serves(late);
        }
      }
      serves(survivor);
      survivor.close();
      child.getOutputStream().close();
      assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
      child.destroyForcibly();
    }
  }

  /** The class path with its directories in one jar, since a class file cannot be opened later. */
  private static String packedClassPath() throws IOException {
    Path jar = directory.resolve("classes.jar");
    StringBuilder path = new StringBuilder(jar.toString());
    Set<String> names = new HashSet<>();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        Path place = Path.of(entry);
        if (!Files.isDirectory(place)) {
          path.append(File.pathSeparator).append(entry);
          continue;
        }
        try (Stream<Path> files = Files.walk(place)) {
          for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
            String name = place.relativize(file).toString().replace(File.separatorChar, '/');
            if (name.endsWith(".class") && names.add(name)) {
              out.putNextEntry(new JarEntry(name));
              Files.copy(file, out);
            }
          }
        }
      }
    }
    return path.toString();
  }

  private static void serves(RawClient client) throws IOException {
    client.send("GET /d HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.response().body()).isEqualTo("GET /d|0|");
  }

  private static void read(Process child, BlockingQueue<String> lines) {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("output ended: " + e);
    }
  }

  private static String awaitLine(BlockingQueue<String> lines, String text)
      throws InterruptedException {
    List<String> seen = new ArrayList<>();
    while (true) {
      String line = lines.poll(20, TimeUnit.SECONDS);
      assertThat(line).as("waited for '%s' after %s", text, seen).isNotNull();
      if (line.contains(text)) {
        return line;
      }
      seen.add(line);
    }
  }

  @Test
  void halfOfWhatTheLimitLeavesIsForConnections() {
    assertThat(Descriptors.connections(1024)).isEqualTo(384);
    assertThat(Descriptors.connections(100_000)).isEqualTo(49_872);
    assertThat(Descriptors.connections(0)).isEqualTo(4096);
    assertThat(Descriptors.connections(10)).isEqualTo(8);
    assertThat(Descriptors.connections(Long.MAX_VALUE)).isEqualTo(1_000_000);
  }
}
