package fairlead.providers.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up on a few platform threads: the look-up is native code that would hold a carrier of
 * virtual threads for as long as a dead name server likes, and that nobody can interrupt.
 *
 * <p>Thread-safe. Calls for the same name share one look-up, so the queue is no longer than the
 * number of configured hosts. Answers are cached by the JDK ({@code networkaddress.cache.ttl}).
 */
final class Resolver implements AutoCloseable {
  /** So many dead names may be looked up before a live one has to wait. */
  private static final int THREADS = 4;

  /** The look-up itself. */
  interface Lookup {
    InetAddress[] all(String host) throws UnknownHostException;
  }

  private final Lookup lookup;
  private final ConcurrentHashMap<String, CompletableFuture<InetAddress[]>> running =
      new ConcurrentHashMap<>();
  private final ThreadPoolExecutor threads;

  Resolver(Lookup lookup) {
    this.lookup = lookup;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("fairlead-names-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** The addresses of a name; may be given up by completing the returned future. */
  CompletableFuture<InetAddress[]> resolve(String host) {
    try {
      return CompletableFuture.completedFuture(new InetAddress[] {InetAddress.ofLiteral(host)});
    } catch (IllegalArgumentException e) {
      // Not an address: a name.
    }
    return running.computeIfAbsent(host, this::start).copy();
  }

  private CompletableFuture<InetAddress[]> start(String host) {
    CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            InetAddress[] found = lookup.all(host);
            running.remove(host);
            answer.complete(found);
          } catch (Throwable e) {
            // An Error, too: otherwise all later calls would wait for this answer.
            running.remove(host);
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
