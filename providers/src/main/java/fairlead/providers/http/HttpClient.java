package fairlead.providers.http;

import fairlead.providers.Upstream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 client for providers: blocking calls on virtual threads over pooled connections.
 *
 * <p>Thread-safe; one per process is enough. Redirects are never followed: a credential goes only
 * where the configuration sends it. A call on a pooled connection allocates one small object of
 * ours besides what the JDK does; a connection costs about 10 KB of heap, and long requests share
 * 0.25 to 4 MiB of direct memory.
 */
public final class HttpClient implements AutoCloseable {
  private static final long MIN_CLEANUP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MAX_CLEANUP_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ConnectionPool pool;
  private final Connector connector;
  private final BodyDrainer drainer;
  private final SendBuffers sendBuffers = new SendBuffers();
  private final Resolver resolver;
  private final TlsContexts tls = new TlsContexts();
  private final ConcurrentHashMap<Endpoint, WeakReference<HttpUpstream>> upstreams =
      new ConcurrentHashMap<>();
  private final Thread cleaner;
  private volatile boolean closed;

  private HttpClient(Builder builder) {
    pool =
        new ConnectionPool(
            new PoolPolicy(
                builder.maxConnections,
                builder.connectionsPerHost(),
                builder.maxAge.toNanos(),
                builder.maxIdle.toNanos()));
    resolver = new Resolver(builder.lookup);
    connector = new Connector(resolver, tls);
    drainer = new BodyDrainer(builder.sweeper);
    cleaner = Thread.ofVirtual().name("fairlead-pool").start(this::clean);
  }

  public static Builder builder(DeadlineSweeper sweeper) {
    return new Builder(sweeper);
  }

  /**
   * Where calls to {@code endpoint} go; equal endpoints share their connections.
   *
   * @throws IllegalArgumentException if its CA file cannot be used
   */
  public Upstream endpoint(Endpoint endpoint) {
    tls.check(endpoint.caFile());
    HttpUpstream[] found = new HttpUpstream[1];
    upstreams.compute(
        endpoint,
        (key, known) -> {
          HttpUpstream upstream = known == null ? null : known.get();
          if (upstream == null) {
            upstream = new HttpUpstream(endpoint, pool, connector, drainer, sendBuffers);
            known = new WeakReference<>(upstream);
          }
          found[0] = upstream;
          return known;
        });
    return found[0];
  }

  public PoolStats stats() {
    return pool.stats();
  }

  private void clean() {
    while (!closed) {
      long wait = pool.cleanup(System.nanoTime());
      upstreams.values().removeIf(known -> known.get() == null);
      LockSupport.parkNanos(this, Math.clamp(wait, MIN_CLEANUP_NANOS, MAX_CLEANUP_NANOS));
    }
  }

  /** Closes idle connections and refuses new calls; calls in flight end as they would. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(cleaner);
    pool.close();
    resolver.close();
  }

  /** Not thread-safe. */
  public static final class Builder {
    /** See {@link #maxConnections}. */
    public static final int DEFAULT_MAX_CONNECTIONS = 4_096;

    /** See {@link #maxConnectionsPerHost}. */
    public static final int DEFAULT_MAX_CONNECTIONS_PER_HOST = 1_024;

    private static final String DESCRIPTOR_LIMIT = "Max open files";

    private final DeadlineSweeper sweeper;
    private int maxConnections = defaultMaxConnections();
    private @Nullable Integer maxConnectionsPerHost;
    private Duration maxAge = Duration.ofMinutes(5);
    private Duration maxIdle = Duration.ofSeconds(30);
    private Resolver.Lookup lookup = InetAddress::getAllByName;

    private Builder(DeadlineSweeper sweeper) {
      this.sweeper = sweeper;
    }

    /**
     * All connections, of all hosts. Default: 4,096 (40 MB of buffers), but at most half of the
     * process's file descriptors, because each call has a second one towards its caller.
     */
    public Builder maxConnections(int count) {
      maxConnections = count;
      return this;
    }

    /**
     * Connections per endpoint. Default: half of all, so that one slow provider leaves places to
     * others, but at most 1,024, so that this machine does not look like an attack; also the usual
     * descriptor limit of a server.
     */
    public Builder maxConnectionsPerHost(int count) {
      maxConnectionsPerHost = count;
      return this;
    }

    /**
     * How long a connection serves. Default: 5 minutes: long enough to make handshakes rare, short
     * enough to follow a provider's changes of address and to spread over its machines.
     */
    public Builder maxAge(Duration age) {
      maxAge = age;
      return this;
    }

    /**
     * How long a connection may lie idle. Default: 30 seconds, below what servers and address
     * translators usually allow (60 to 350 s), so that this side closes first. Servers that close
     * earlier are noticed on reuse; what they announce in Keep-Alive is obeyed.
     */
    public Builder maxIdle(Duration idle) {
      maxIdle = idle;
      return this;
    }

    /** Replaces the name look-up. */
    Builder lookup(Resolver.Lookup newLookup) {
      lookup = newLookup;
      return this;
    }

    private int connectionsPerHost() {
      return maxConnectionsPerHost == null
          ? Math.min(DEFAULT_MAX_CONNECTIONS_PER_HOST, Math.max(1, maxConnections / 2))
          : Math.min(maxConnectionsPerHost, maxConnections);
    }

    public HttpClient build() {
      return new HttpClient(this);
    }

    private static int defaultMaxConnections() {
      try {
        for (String line :
            Files.readAllLines(Path.of("/proc/self/limits"), StandardCharsets.US_ASCII)) {
          if (line.startsWith(DESCRIPTOR_LIMIT)) {
            long soft = leadingNumber(line.substring(DESCRIPTOR_LIMIT.length()).strip());
            return soft < 0
                ? DEFAULT_MAX_CONNECTIONS
                : Math.clamp(soft / 2, 64, DEFAULT_MAX_CONNECTIONS);
          }
        }
      } catch (IOException e) {
        // Another operating system: the plain default.
        return DEFAULT_MAX_CONNECTIONS;
      }
      return DEFAULT_MAX_CONNECTIONS;
    }

    /** -1 for a word such as "unlimited". */
    private static long leadingNumber(String text) {
      long number = -1;
      for (int i = 0; i < text.length() && Character.isDigit(text.charAt(i)) && i < 18; i++) {
        number = Math.max(number, 0) * 10 + Character.digit(text.charAt(i), 10);
      }
      return number;
    }
  }
}
