package fairlead.loadtest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plain reverse proxies, the floor that any hop pays: their names, places and configurations. */
final class Proxies {
  static final String NGINX = "nginx";
  static final String HAPROXY = "haproxy";
  static final Set<String> NAMES = Set.of(NGINX, HAPROXY);

  private Proxies() {}

  /** A program on the path, or where servers usually are; null if it is not installed. */
  static @Nullable Path find(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(":")),
            Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /** How nginx is started in its folder. */
  static List<String> nginxCommand(Path binary, Path home, Path config) {
    return List.of(
        binary.toString(), "-p", home.toString(), "-c", config.toString(), "-e", "stderr");
  }

  /** Buffered for plain answers, as it comes; unbuffered for streams, as everybody sets it. */
  static String nginxConfig(int upstreamPort, int port, int streamPort) {
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

  /** How HAProxy is started. */
  static List<String> haproxyCommand(Path binary, Path config) {
    return List.of(binary.toString(), "-db", "-q", "-f", config.toString());
  }

  static String haproxyConfig(int upstreamPort, int port) {
    return """
    global
      maxconn 8192
    defaults
      mode http
      no log
      option http-no-delay
      http-reuse always
      timeout connect 5s
      timeout client 1h
      timeout server 10m
    frontend callers
      bind 127.0.0.1:%2$d backlog 4096
      default_backend simulated
    backend simulated
      server upstream 127.0.0.1:%1$d
    """
        .formatted(upstreamPort, port);
  }
}
