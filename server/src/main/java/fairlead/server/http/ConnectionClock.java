package fairlead.server.http;

import fairlead.providers.http.Deadline;
import fairlead.providers.http.DeadlineSweeper;

/**
 * The one deadline of a connection, which means something else in each phase.
 *
 * <p>Belongs to the connection's thread; it fires on the sweeper's. While a request is being read,
 * firing only ends the reading, so that the connection can still answer 408; otherwise it closes
 * the socket. Cost: a compare-and-set to start and one to stop.
 */
final class ConnectionClock {
  private enum Phase {
    QUIET,
    READING
  }

  private final Transport transport;
  private final Deadline deadline;
  private volatile Phase phase = Phase.QUIET;

  ConnectionClock(Transport transport, DeadlineSweeper sweeper) {
    this.transport = transport;
    deadline = sweeper.register(this::fire);
  }

  private void fire() {
    if (phase == Phase.READING) {
      transport.stopReading();
    } else {
      transport.close();
    }
  }

  /** From now on a miss ends the reading and leaves writing possible. */
  void startReading(long deadlineNanos) {
    phase = Phase.READING;
    boolean _ = deadline.arm(deadlineNanos);
  }

  /** From now on a miss closes the connection. */
  void start(long deadlineNanos) {
    if (phase != Phase.QUIET) {
      phase = Phase.QUIET;
    }
    if (!deadline.arm(deadlineNanos)) {
      // the phase before was missed and nobody asked; this one is another matter
      boolean _ = deadline.disarm();
      boolean _ = deadline.arm(deadlineNanos);
    }
  }

  /**
   * Ends the phase.
   *
   * @return false if its deadline was missed
   */
  boolean stop() {
    return deadline.disarm();
  }

  void close() {
    deadline.close();
  }
}
