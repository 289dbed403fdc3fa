package fairlead.loadtest;

import fairlead.providers.simulated.SimulatedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The upstream and the contestants that this machine can start, each a process of its own, with
 * their generated configurations in a temporary folder.
 *
 * <p>Not thread-safe. Closing ends all processes and deletes the folder.
 */
final class Setup implements AutoCloseable {
  private static final String CALLER_KEY = "sk-loadtest-caller";
  private static final long START_SECONDS = 30;

  private final Path folder;
  private final List<Child> children = new ArrayList<>();
  private final int upstreamPort;

  /**
   * Starts the upstream.
   *
   * @param port where; 0 for any that is free
   */
  Setup(int port) throws IOException {
    folder = Files.createTempDirectory("fairlead-loadtest");
    upstreamPort = port == 0 ? Child.freePort() : port;
    Child upstream =
        start(
            "upstream",
            List.of(
                java(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:+UseCompactObjectHeaders",
                "-cp",
                System.getProperty("java.class.path"),
                SimulatedServer.class.getName(),
                "--port",
                Integer.toString(upstreamPort)),
            Map.of());
    upstream.awaitPort(upstreamPort, START_SECONDS);
  }

  /** Straight to the upstream. */
  Contestant straight() {
    URI base = URI.create("http://127.0.0.1:" + upstreamPort + "/v1");
    return new Contestant(
        "straight", base, base, List.of("Authorization: Bearer sk-up"), false, null);
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

  /** nginx as a plain reverse proxy, or null when there is none here. */
  @Nullable Contestant nginx() throws IOException {
    Path binary = find("nginx");
    if (binary == null) {
      return null;
    }
    int port = Child.freePort();
    int streamPort = Child.freePort();
    Path home = Files.createDirectories(folder.resolve("nginx"));
    Path config = home.resolve("nginx.conf");
    Files.writeString(config, nginxConfig(port, streamPort));
    Child nginx =
        start(
            "nginx",
            List.of(
                binary.toString(), "-p", home.toString(), "-c", config.toString(), "-e", "stderr"),
            Map.of());
    nginx.awaitPort(port, START_SECONDS);
    return new Contestant(
        "nginx",
        URI.create("http://127.0.0.1:" + port + "/v1"),
        URI.create("http://127.0.0.1:" + streamPort + "/v1"),
        List.of("Authorization: Bearer sk-up"),
        false,
        nginx.tree());
  }

  /**
   * Fairlead from its jar with one provider, one route and one key.
   *
   * @param root the repository
   */
  @Nullable Contestant fairlead(Path root, @Nullable Path configuration) throws IOException {
    return fairlead(root, configuration, "fairlead", "");
  }

  /**
   * Fairlead with answers from memory.
   *
   * @param repeats whether it is asked the same again and again, or never the same twice
   */
  @Nullable Contestant remembering(Path root, boolean repeats) throws IOException {
    return fairlead(root, null, repeats ? "memory-hit" : "memory-miss", "cache: { exact: true }\n");
  }

  private @Nullable Contestant fairlead(
      Path root, @Nullable Path configuration, String name, String more) throws IOException {
    Path jar = root.resolve("server/target/fairlead.jar");
    if (!Files.exists(jar)) {
      return null;
    }
    int port = Child.freePort();
    Path config = configuration == null ? folder.resolve(name + ".yaml") : configuration;
    if (configuration == null) {
      Files.writeString(config, fairleadConfig() + more);
    }
    List<String> command = new ArrayList<>();
    Path launcher = root.resolve("fairlead");
    if (Files.isExecutable(launcher)) {
      command.add(launcher.toAbsolutePath().toString());
    } else {
      command.addAll(List.of(java(), "-jar", jar.toAbsolutePath().toString()));
    }
    command.addAll(
        List.of("serve", "--config", config.toString(), "--port", Integer.toString(port)));
    Child fairlead =
        start(
            name,
            command,
            Map.of(
                "FAIRLEAD_JAR",
                jar.toAbsolutePath().toString(),
                "LOADTEST_KEY",
                CALLER_KEY,
                "LOADTEST_UPSTREAM",
                "http://127.0.0.1:" + upstreamPort + "/v1",
                "LOADTEST_UPSTREAM_KEY",
                "sk-up"));
    fairlead.awaitPort(port, START_SECONDS);
    URI base = URI.create("http://127.0.0.1:" + port + "/v1");
    return new Contestant(
        name,
        base,
        base,
        List.of("Authorization: Bearer " + CALLER_KEY),
        name.equals("memory-hit"),
        fairlead.tree());
  }

  private Child start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    Child child = Child.start(name, folder, command, environment);
    children.add(child);
    return child;
  }

  private String fairleadConfig() {
    return """
    auth:
      keys:
        - { name: loadtest, value: env.LOADTEST_KEY, routes: ["*"] }
    providers:
      upstream:
        type: openai-compatible
        base_url: ${LOADTEST_UPSTREAM}
        keys: [ env.LOADTEST_UPSTREAM_KEY ]
    routing:
      load:
        targets: [ { provider: upstream, model: gpt-4o-mini } ]
    """;
  }

  /** Buffered for plain answers, as it comes; unbuffered for streams, as everybody sets it. */
  private String nginxConfig(int port, int streamPort) {
    return """
    worker_processes auto;
    worker_rlimit_nofile 65536;
    daemon off;
    error_log stderr crit;
    pid nginx.pid;
    events { worker_connections 8192; }
    http {
      access_log off;
      keepalive_requests 1000000000;
      keepalive_timeout 1h;
      tcp_nodelay on;
      client_body_buffer_size 1m;
      client_max_body_size 64m;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      upstream simulated {
        server 127.0.0.1:%1$d;
        keepalive 512;
        keepalive_requests 1000000000;
      }
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      server {
        listen 127.0.0.1:%2$d backlog=4096;
        location / { proxy_pass http://simulated; }
      }
      server {
        listen 127.0.0.1:%3$d backlog=4096;
        location / { proxy_pass http://simulated; proxy_buffering off; }
      }
    }
    """
        .formatted(upstreamPort, port, streamPort);
  }

  private static @Nullable Path find(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(":")),
            Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  @Override
  public void close() throws IOException {
    for (Child child : children.reversed()) {
      child.close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
