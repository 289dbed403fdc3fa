package fairlead.providers.http;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Reads the short rest of bodies whose callers have seen enough: after the last event of a stream
 * its last chunk is still to come, often in a packet of its own, and a new TLS connection costs
 * more than waiting for it.
 *
 * <p>Thread-safe. What has arrived is read at once; only if the end is missing then, a virtual
 * thread waits for it, {@value #MAX_WAIT_MILLIS} ms at most, and the caller does not. A server that
 * goes on sending loses its connection after that, or after 64 KiB.
 */
final class BodyDrainer {
  /** Less than the 100 ms within which an abandoned call must be off the wire. */
  private static final long MAX_WAIT_MILLIS = 50;

  private final DeadlineSweeper sweeper;

  BodyDrainer(DeadlineSweeper sweeper) {
    this.sweeper = sweeper;
  }

  /** Takes over a connection from its caller, and its place in the pool. */
  void drain(Connection connection, HttpUpstream upstream) {
    if (attempt(connection, false)
        || connection.body().remainingAtLeast() > Connection.MAX_DRAIN_BYTES) {
      upstream.giveBack(connection);
    } else {
      Thread _ = Thread.ofVirtual().name("drain").start(() -> await(connection, upstream));
    }
  }

  private void await(Connection connection, HttpUpstream upstream) {
    Deadline deadline = sweeper.register(connection.abort);
    try {
      boolean _ = deadline.arm(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS));
      boolean _ = attempt(connection, true);
    } finally {
      deadline.close();
      // Either whole, or not reusable, or closed already.
      upstream.giveBack(connection);
    }
  }

  /** True if nothing more is to be read, for good or bad. */
  private static boolean attempt(Connection connection, boolean waiting) {
    try {
      connection.drain(waiting);
      return connection.body().isEnded();
    } catch (IOException e) {
      return true;
    }
  }
}
