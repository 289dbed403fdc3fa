package fairlead.loadtest;

import fairlead.providers.simulated.SimulatedServer;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The simulated upstream and the contestants that this machine can start, each a process of its
 * own, with their generated configurations in a temporary folder.
 *
 * <p>Not thread-safe. Closing ends all processes and deletes the folder, and so does the end of
 * this process.
 */
final class Setup implements AutoCloseable {
  static final String STRAIGHT = "straight";
  static final String FAIRLEAD = "fairlead";
  static final String MEMORY_MISS = "memory-miss";
  static final String MEMORY_HIT = "memory-hit";

  /** All that can be started here; those without memory unless others are asked for. */
  static final List<String> NAMES =
      List.of(STRAIGHT, Proxies.NGINX, Proxies.HAPROXY, FAIRLEAD, MEMORY_MISS, MEMORY_HIT);

  static final String MODEL = "load";
  private static final String LONG_MODEL = "load-long";
  private static final String JAR_PROPERTY = "fairlead.jar";
  private static final String CALLER_KEY = "sk-bench-caller";
  private static final String UPSTREAM_KEY = "sk-up";
  private static final long START_SECONDS = 30;

  private final Path folder;
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final Thread onExit = Thread.ofPlatform().unstarted(this::end);
  private final int upstreamPort;

  /**
   * Starts the upstream.
   *
   * @param port where; 0 for any that is free
   */
  Setup(int port) throws IOException {
    folder = Files.createTempDirectory("fairlead-bench");
    upstreamPort = port == 0 ? Child.freePort() : port;
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      Child upstream =
          start(
              "upstream",
              List.of(
                  java(),
                  "-XX:+UseSerialGC",
                  "-Xmx1g",
                  "-XX:+UseCompactObjectHeaders",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SimulatedServer.class.getName(),
                  "--port",
                  Integer.toString(upstreamPort)),
              Map.of());
      upstream.awaitPort(upstreamPort, START_SECONDS);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** The upstream's address up to the version segment. */
  private String upstreamUrl() {
    return "http://127.0.0.1:" + upstreamPort + "/v1";
  }

  /** Makes the upstream answer as a load wants it. */
  void upstream(String knobs) throws IOException {
    String request =
        "POST /_behaviour HTTP/1.1\r\nConnection: close\r\nContent-Length: "
            + knobs.length()
            + "\r\n\r\n"
            + knobs;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), upstreamPort)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (!answer.startsWith("HTTP/1.1 200")) {
        throw new IOException("the upstream refused \"" + knobs + "\": " + answer);
      }
    }
  }

  /**
   * Starts a contestant, or says why there is none.
   *
   * @param name one of {@link #NAMES}
   * @param configuration Fairlead's, instead of the generated one
   * @return null when it cannot be started here
   */
  @Nullable Contestant contestant(String name, @Nullable Path configuration) throws IOException {
    return switch (name) {
      case STRAIGHT -> plain(name, upstreamPort, upstreamPort, null);
      case Proxies.NGINX -> nginx();
      case Proxies.HAPROXY -> haproxy();
      case FAIRLEAD -> fairlead(name, configuration, "");
      case MEMORY_MISS, MEMORY_HIT -> fairlead(name, null, "cache: { exact: true }\n");
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Something that passes on what it is sent. */
  private static Contestant plain(String name, int port, int streamPort, @Nullable Child child) {
    return new Contestant(
        name,
        URI.create("http://127.0.0.1:" + port + "/v1"),
        URI.create("http://127.0.0.1:" + streamPort + "/v1"),
        List.of("Authorization: Bearer " + UPSTREAM_KEY),
        MODEL,
        MODEL + LoadKind.LONG_STREAM_KNOBS,
        true,
        false,
        child == null ? null : child.tree());
  }

  private @Nullable Contestant nginx() throws IOException {
    Path binary = Proxies.find(Proxies.NGINX);
    if (binary == null) {
      return null;
    }
    int port = Child.freePort();
    int streamPort = Child.freePort();
    Path home = Files.createDirectories(folder.resolve(Proxies.NGINX));
    Path config = home.resolve("nginx.conf");
    Files.writeString(config, Proxies.nginxConfig(upstreamPort, port, streamPort));
    Child nginx = start(Proxies.NGINX, Proxies.nginxCommand(binary, home, config), Map.of());
    nginx.awaitPort(port, START_SECONDS);
    return plain(Proxies.NGINX, port, streamPort, nginx);
  }

  private @Nullable Contestant haproxy() throws IOException {
    Path binary = Proxies.find(Proxies.HAPROXY);
    if (binary == null) {
      return null;
    }
    int port = Child.freePort();
    Path config = folder.resolve("haproxy.cfg");
    Files.writeString(config, Proxies.haproxyConfig(upstreamPort, port));
    Child haproxy = start(Proxies.HAPROXY, Proxies.haproxyCommand(binary, config), Map.of());
    haproxy.awaitPort(port, START_SECONDS);
    return plain(Proxies.HAPROXY, port, port, haproxy);
  }

  /** Fairlead from the jar this runs from, with this process's JVM options; null without a jar. */
  private @Nullable Contestant fairlead(String name, @Nullable Path configuration, String more)
      throws IOException {
    Path jar = jar();
    if (jar == null) {
      return null;
    }
    int port = Child.freePort();
    Path config = configuration == null ? folder.resolve(name + ".yaml") : configuration;
    if (configuration == null) {
      Files.writeString(config, fairleadConfig() + more);
    }
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-jar", jar.toString(), "serve"));
    command.addAll(List.of("--config", config.toString(), "--port", Integer.toString(port)));
    Child fairlead =
        start(
            name,
            command,
            Map.of(
                "BENCH_KEY",
                CALLER_KEY,
                "BENCH_UPSTREAM",
                upstreamUrl(),
                "BENCH_UPSTREAM_KEY",
                UPSTREAM_KEY));
    fairlead.awaitPort(port, START_SECONDS);
    URI base = URI.create("http://127.0.0.1:" + port + "/v1");
    boolean remembers = name.equals(MEMORY_HIT);
    return new Contestant(
        name,
        base,
        base,
        List.of("Authorization: Bearer " + CALLER_KEY),
        MODEL,
        LONG_MODEL,
        !remembers, // memory cuts an answer into other pieces
        remembers,
        fairlead.tree());
  }

  private static String fairleadConfig() {
    return """
    auth:
      keys:
        - { name: bench, value: env.BENCH_KEY, routes: ["*"] }
    providers:
      upstream:
        type: openai-compatible
        base_url: ${BENCH_UPSTREAM}
        keys: [ env.BENCH_UPSTREAM_KEY ]
    routing:
      %s:
        targets: [ { provider: upstream, model: gpt-4o-mini } ]
      %s:
        targets: [ { provider: upstream, model: "gpt-4o-mini%s" } ]
    """
        .formatted(MODEL, LONG_MODEL, LoadKind.LONG_STREAM_KNOBS);
  }

  /** The one jar this process runs from; null when it runs from classes. */
  private static @Nullable Path jar() throws IOException {
    String named = System.getProperty(JAR_PROPERTY);
    if (named != null) {
      return Path.of(named).toAbsolutePath();
    }
    CodeSource source = Setup.class.getProtectionDomain().getCodeSource();
    Path started = Path.of(System.getProperty("java.class.path").split(File.pathSeparator)[0]);
    try {
      Path mine = source == null ? null : Path.of(source.getLocation().toURI());
      return mine != null && Files.isRegularFile(mine) && Files.isSameFile(mine, started)
          ? mine
          : null;
    } catch (URISyntaxException e) {
      throw new IOException("where the jar is cannot be told: " + e.getMessage(), e);
    }
  }

  private Child start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    Child child = Child.start(name, folder, command, environment);
    children.add(child);
    return child;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private void end() {
    for (Child child : children.reversed()) {
      child.close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException _) {
      folder.toFile().deleteOnExit(); // it is in the system's place for such folders
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
      end();
    } catch (IllegalStateException _) {
      // this process is ending, and the hook does the same
    }
  }
}
