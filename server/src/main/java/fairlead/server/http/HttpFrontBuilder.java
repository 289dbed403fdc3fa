package fairlead.server.http;

import fairlead.providers.http.DeadlineSweeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link HttpFront}, with their defaults.
 *
 * <p>Not thread-safe. Each setter refuses values out of range, with the range.
 */
public final class HttpFrontBuilder {
  private final HttpHandler.Factory handlers;
  private final DeadlineSweeper sweeper;
  private String host = "127.0.0.1";
  private int port;
  private int backlog = 1024;
  private int maxConnections;
  private int maxLineBytes = 8 * 1024;
  private int maxHeaders = 100;
  private int maxHeaderBytes = 32 * 1024;
  private int maxBodyBytes = 50 * 1024 * 1024;
  private long maxBufferedBytes = 256L * 1024 * 1024;
  private long headTimeout = Duration.ofSeconds(10).toNanos();
  private long bodyGap = Duration.ofSeconds(10).toNanos();
  private long bodyGrace = Duration.ofSeconds(30).toNanos();
  private long bodyBytesPerSecond = 1024;
  private long idleTimeout = Duration.ofSeconds(75).toNanos();
  private long writeStall = Duration.ofSeconds(60).toNanos();
  private long linger = Duration.ofSeconds(1).toNanos();
  private long watchDelay = Duration.ofMillis(25).toNanos();
  private long drain = Duration.ofSeconds(30).toNanos();
  private @Nullable Path certificates;
  private @Nullable Path privateKey;
  private List<String> knownPaths = List.of();
  private FailureBody failureBody = FailureBody.OPENAI;

  HttpFrontBuilder(HttpHandler.Factory handlers, DeadlineSweeper sweeper) {
    this.handlers = handlers;
    this.sweeper = sweeper;
  }

  /** Name or address to listen on; default 127.0.0.1. */
  public HttpFrontBuilder host(String newHost) {
    host = newHost;
    return this;
  }

  /** Port to listen on; default 0, any free one. */
  public HttpFrontBuilder port(int newPort) {
    port = (int) between("port", newPort, 0, 65_535);
    return this;
  }

  /** How many connections the kernel may hold before they are accepted; default 1024. */
  public HttpFrontBuilder backlog(int connections) {
    backlog = (int) between("backlog", connections, 1, 65_535);
    return this;
  }

  /**
   * How many connections are open at once; default 0: half of what the process's descriptor limit
   * leaves after a reserve, so that each may have one upstream.
   */
  public HttpFrontBuilder maxConnections(int connections) {
    maxConnections = (int) between("maxConnections", connections, 0, 10_000_000);
    return this;
  }

  /** Longest request line; default 8 KiB. */
  public HttpFrontBuilder maxLineBytes(int bytes) {
    maxLineBytes = (int) between("maxLineBytes", bytes, 64, 16 * 1024);
    return this;
  }

  /** Most headers of a request and their total size; default 100 and 32 KiB. */
  public HttpFrontBuilder maxHeaders(int count, int bytes) {
    maxHeaders = (int) between("maxHeaders", count, 1, 1_000);
    maxHeaderBytes = (int) between("maxHeaderBytes", bytes, 64, 40 * 1024);
    return this;
  }

  /** Longest request body; default 50 MiB. */
  public HttpFrontBuilder maxBodyBytes(int bytes) {
    maxBodyBytes = (int) between("maxBodyBytes", bytes, 0, 1 << 30);
    return this;
  }

  /** Most bytes borrowed by all requests together; default 256 MiB. */
  public HttpFrontBuilder maxBufferedBytes(long bytes) {
    maxBufferedBytes = between("maxBufferedBytes", bytes, 64 * 1024, Long.MAX_VALUE);
    return this;
  }

  /** Time from the first byte of a request to the end of its headers; default 10 s. */
  public HttpFrontBuilder headTimeout(Duration time) {
    headTimeout = nanos("headTimeout", time);
    return this;
  }

  /**
   * How slowly a body may come.
   *
   * @param gap longest time between two reads; default 10 s
   * @param grace what is allowed beside the time at the lowest rate; default 30 s
   * @param bytesPerSecond the lowest rate; default 1024
   */
  public HttpFrontBuilder bodyTimeout(Duration gap, Duration grace, int bytesPerSecond) {
    bodyGap = nanos("body gap", gap);
    bodyGrace = nanos("body grace", grace);
    bodyBytesPerSecond = between("bytesPerSecond", bytesPerSecond, 1, Integer.MAX_VALUE);
    return this;
  }

  /** How long a connection may wait for its next request; default 75 s. */
  public HttpFrontBuilder idleTimeout(Duration time) {
    idleTimeout = nanos("idleTimeout", time);
    return this;
  }

  /** How long a caller may read nothing of its response; default 60 s. */
  public HttpFrontBuilder writeStallTimeout(Duration time) {
    writeStall = nanos("writeStallTimeout", time);
    return this;
  }

  /** How long the rest of a refused request is read after the answer; default 1 s. */
  public HttpFrontBuilder lingerTimeout(Duration time) {
    linger = nanos("lingerTimeout", time);
    return this;
  }

  /** How long after {@link HttpExchange#watchCaller} the watch begins; default 25 ms. */
  public HttpFrontBuilder watchDelay(Duration time) {
    watchDelay = nanos("watchDelay", time);
    return this;
  }

  /** How long {@link HttpFront#stop} lets exchanges go on; default 30 s. */
  public HttpFrontBuilder drainTimeout(Duration time) {
    drain = nanos("drainTimeout", time);
    return this;
  }

  /** Serves TLS with a PEM certificate chain and an unencrypted PKCS #8 key; default plain. */
  public HttpFrontBuilder tls(Path certificateChain, Path key) {
    certificates = certificateChain;
    privateKey = key;
    return this;
  }

  /** Paths that {@link HttpExchange#path} gives without allocating. */
  public HttpFrontBuilder knownPaths(List<String> paths) {
    knownPaths = List.copyOf(paths);
    return this;
  }

  /** What error answers look like; default {@link FailureBody#OPENAI}. */
  public HttpFrontBuilder failureBody(FailureBody body) {
    failureBody = body;
    return this;
  }

  /** The front, not yet started. */
  public HttpFront build() {
    return new HttpFront(state());
  }

  FrontState state() {
    return new FrontState(
        new FrontSettings(
            host,
            port,
            backlog,
            maxConnections == 0 ? Descriptors.connections() : maxConnections,
            maxLineBytes,
            maxHeaders,
            maxHeaderBytes,
            maxBodyBytes,
            maxBufferedBytes,
            headTimeout,
            bodyGap,
            bodyGrace,
            bodyBytesPerSecond,
            idleTimeout,
            writeStall,
            linger,
            watchDelay,
            drain,
            certificates,
            privateKey,
            knownPaths,
            failureBody),
        sweeper,
        handlers);
  }

  private static long nanos(String name, Duration time) {
    return between(name + " in ns", time.toNanos(), 1, Duration.ofDays(1).toNanos());
  }

  private static long between(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " must be " + least + " to " + most + ": " + value);
    }
    return value;
  }
}
