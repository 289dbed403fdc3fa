package fairlead.providers.http;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a client, by endpoint, within two limits.
 *
 * <p>Thread-safe. One lock guards counters and lists; nothing is opened, closed, read or awaited
 * under it, so nobody holds it longer than some tens of nanoseconds (longer only while calls queue
 * at a limit). A call without waiting allocates nothing.
 *
 * <p>A place is an open connection or the permit to open one. {@link #acquire} hands out a place;
 * each place comes back exactly once, by {@link #release}, {@link #discard} or {@link #forfeit}.
 * Calls that find no place queue; one that comes back goes to the first it helps, of whatever host.
 * The queue is as long as the limit on connections at most, and the wait ends with the call's
 * connect clock.
 */
final class ConnectionPool {
  private final PoolPolicy policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<PooledHost> used = new LinkedHashSet<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private int open;
  private int idle;
  private final LongAdder created = new LongAdder();
  private long reused;
  private long evicted;
  private final LongAdder stale = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private boolean closed;

  ConnectionPool(PoolPolicy policy) {
    this.policy = policy;
  }

  /**
   * Takes the connection used last, or the permit to open one.
   *
   * @param waitUntilNanos how long to queue at a limit
   * @return null for the permit
   */
  @Nullable Connection acquire(
      PooledHost host, CallControl control, long nowNanos, long waitUntilNanos)
      throws UpstreamException {
    Waiter waiter;
    Connection victim = null;
    lock.lock();
    try {
      requireOpen();
      Connection found = host.idle.pollLast();
      if (found != null) {
        idle--;
        if (remaining(found, nowNanos) > 0) {
          reused++;
          found.acquiredNanos = nowNanos;
          return found;
        }
        evicted++;
        victim = found; // and its place is ours
        return null;
      }
      if (host.open < policy.maxConnectionsPerHost() && open >= policy.maxConnections()) {
        victim = takeLongestIdle();
      }
      if (tryPermit(host)) {
        return null;
      }
      if (waiters.size() >= policy.maxConnections()) {
        throw exhausted(host, "as many calls wait already");
      }
      waiter = new Waiter(host, Thread.currentThread());
      waiters.addLast(waiter);
    } finally {
      lock.unlock();
      if (victim != null) {
        victim.abort.run();
      }
    }
    return await(waiter, control, waitUntilNanos);
  }

  private @Nullable Connection await(Waiter waiter, CallControl control, long untilNanos)
      throws UpstreamException {
    control.clock(UpstreamException.Kind.POOL_EXHAUSTED, untilNanos);
    control.attach(waiter);
    boolean granted = false;
    try {
      while (!waiter.granted
          && control.failure() == null
          && !Thread.currentThread().isInterrupted()) {
        LockSupport.park(this);
      }
      granted = waiter.granted && control.failure() == null;
    } finally {
      control.detach();
      if (!granted) {
        abandon(waiter);
      }
    }
    if (!granted) {
      UpstreamException.Kind why = control.failure();
      if (why == UpstreamException.Kind.POOL_EXHAUSTED) {
        throw exhausted(waiter.host, "none became free in time");
      }
      throw new UpstreamException(
          why == null ? UpstreamException.Kind.CANCELLED : why,
          "the call ended while waiting for a connection to " + waiter.host.endpoint.authority());
    }
    if (waiter.poolClosed) {
      throw closed();
    }
    Connection handed = waiter.connection;
    if (handed != null) {
      handed.acquiredNanos = System.nanoTime();
    }
    return handed;
  }

  private void abandon(Waiter waiter) {
    Connection handed = null;
    lock.lock();
    try {
      if (!waiter.granted) {
        waiters.remove(waiter);
      } else if (!waiter.poolClosed) {
        handed = waiter.connection;
        if (handed != null) {
          // The waiter may be gone at a bad time for the connection too; a new one is safe.
          evicted++;
        }
        freePlace(waiter.host);
      }
    } finally {
      lock.unlock();
    }
    if (handed != null) {
      handed.abort.run();
    }
  }

  /** Gives back a connection that may serve again; closes it if it is too old for that. */
  void release(Connection connection, long nowNanos) {
    boolean keep = false;
    lock.lock();
    try {
      connection.idleSinceNanos = nowNanos;
      PooledHost host = connection.host;
      Waiter next = closed ? null : firstHelpedBy(host);
      if (closed || remaining(connection, nowNanos) <= 0) {
        freePlace(host);
      } else if (next == null) {
        keep = true;
        idle++;
        host.idle.addLast(connection);
      } else if (next.host == host) {
        keep = true;
        reused++;
        waiters.remove(next);
        next.grant(connection);
      } else {
        // Somebody waits for a place at another host: an idle connection must not hold it.
        evicted++;
        freePlace(host);
      }
    } finally {
      lock.unlock();
    }
    if (!keep) {
      connection.abort.run();
    }
  }

  /** Closes a connection and gives back its place. */
  void discard(Connection connection) {
    connection.abort.run();
    forfeit(connection.host);
  }

  /** Gives back a place without a connection. */
  void forfeit(PooledHost host) {
    lock.lock();
    try {
      freePlace(host);
    } finally {
      lock.unlock();
    }
  }

  /** Closes connections whose time is over; returns how long nothing will have to be done. */
  long cleanup(long nowNanos) {
    List<Connection> over = new ArrayList<>();
    long next = policy.maxIdleNanos();
    lock.lock();
    try {
      for (PooledHost host : List.copyOf(used)) {
        for (Iterator<Connection> each = host.idle.iterator(); each.hasNext(); ) {
          Connection connection = each.next();
          long left = remaining(connection, nowNanos);
          if (left > 0) {
            next = Math.min(next, left);
          } else {
            each.remove();
            idle--;
            evicted++;
            over.add(connection);
          }
        }
      }
      for (Connection connection : over) {
        freePlace(connection.host);
      }
    } finally {
      lock.unlock();
    }
    over.forEach(connection -> connection.abort.run());
    return next;
  }

  /** Closes what is idle; what is in use closes when it comes back, who waits is refused. */
  void close() {
    List<Connection> over = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      for (PooledHost host : List.copyOf(used)) {
        over.addAll(host.idle);
        idle -= host.idle.size();
        host.idle.clear();
      }
      for (Waiter waiter : waiters) {
        waiter.poolClosed = true;
        waiter.grant(null);
      }
      waiters.clear();
      for (Connection connection : over) {
        freePlace(connection.host);
      }
    } finally {
      lock.unlock();
    }
    over.forEach(connection -> connection.abort.run());
  }

  void countCreated() {
    created.increment();
  }

  void countStale() {
    stale.increment();
  }

  void countRetry() {
    retries.increment();
  }

  PoolStats stats() {
    lock.lock();
    try {
      return new PoolStats(
          open,
          idle,
          waiters.size(),
          created.sum(),
          reused - stale.sum(),
          evicted,
          stale.sum(),
          retries.sum());
    } finally {
      lock.unlock();
    }
  }

  private long remaining(Connection connection, long nowNanos) {
    return policy.remainingNanos(
        connection.createdNanos,
        connection.idleSinceNanos,
        connection.serverKeepAliveNanos(),
        nowNanos);
  }

  private boolean tryPermit(PooledHost host) {
    if (host.open >= policy.maxConnectionsPerHost() || open >= policy.maxConnections()) {
      return false;
    }
    if (host.open++ == 0) {
      used.add(host);
    }
    open++;
    return true;
  }

  private void freePlace(PooledHost host) {
    open--;
    if (--host.open == 0) {
      used.remove(host);
    }
    for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
      Waiter waiter = each.next();
      if (tryPermit(waiter.host)) {
        each.remove();
        waiter.grant(null);
        return;
      }
    }
  }

  private @Nullable Connection takeLongestIdle() {
    Connection longest = null;
    for (PooledHost host : used) {
      Connection candidate = host.idle.peekFirst();
      if (candidate != null
          && (longest == null || candidate.idleSinceNanos - longest.idleSinceNanos < 0)) {
        longest = candidate;
      }
    }
    if (longest != null) {
      longest.host.idle.removeFirst();
      idle--;
      evicted++;
      freePlace(longest.host);
    }
    return longest;
  }

  /** Who has waited longest of those that a place of {@code host} helps. */
  private @Nullable Waiter firstHelpedBy(PooledHost host) {
    if (open < policy.maxConnections() && host.open < policy.maxConnectionsPerHost()) {
      return null; // then all who wait do so at the limits of other hosts
    }
    for (Waiter waiter : waiters) {
      if (waiter.host == host || waiter.host.open < policy.maxConnectionsPerHost()) {
        return waiter;
      }
    }
    return null;
  }

  private void requireOpen() throws UpstreamException {
    if (closed) {
      throw closed();
    }
  }

  private static UpstreamException closed() {
    return new UpstreamException(
        UpstreamException.Kind.CANCELLED, "the HTTP client was closed; no new calls are made");
  }

  private UpstreamException exhausted(PooledHost host, String why) {
    return new UpstreamException(
        UpstreamException.Kind.POOL_EXHAUSTED,
        "no connection to "
            + host.endpoint.authority()
            + " is free (limits: "
            + policy.maxConnectionsPerHost()
            + " per host, "
            + policy.maxConnections()
            + " in all) and "
            + why);
  }

  /** A call in the queue; its fields are written under the lock, {@code granted} last. */
  private static final class Waiter implements Runnable {
    final PooledHost host;
    final Thread thread;
    @Nullable Connection connection;
    boolean poolClosed;
    volatile boolean granted;

    Waiter(PooledHost host, Thread thread) {
      this.host = host;
      this.thread = thread;
    }

    void grant(@Nullable Connection handed) {
      connection = handed;
      granted = true;
      LockSupport.unpark(thread);
    }

    @Override
    public void run() {
      LockSupport.unpark(thread);
    }
  }
}
