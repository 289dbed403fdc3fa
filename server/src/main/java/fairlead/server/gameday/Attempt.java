package fairlead.server.gameday;

import fairlead.providers.simulated.SimulatedServer;
import java.util.ArrayList;
import java.util.List;

/**
 * One request as a simulated provider saw it. Immutable.
 *
 * @param key position of the credential in order of first use
 * @param startMs since the run began
 * @param status 0 when there was no response
 * @param outcome complete, closed, reset (both by the provider), cancelled (by the gateway), open
 */
record Attempt(
    String target, int key, double startMs, int status, String outcome, double durationMs) {
  private static final double NANOS_PER_MS = 1e6;

  /**
   * What the server has seen.
   *
   * @param offsetNanos from the run's begin to the server's
   */
  static List<Attempt> of(SimulatedServer server, String target, long offsetNanos) {
    List<Attempt> attempts = new ArrayList<>();
    for (SimulatedServer.Seen seen : server.requests()) {
      attempts.add(
          new Attempt(
              target,
              seen.key(),
              (offsetNanos + seen.arrivalNanos()) / NANOS_PER_MS,
              seen.status(),
              seen.outcome(),
              seen.durationNanos() / NANOS_PER_MS));
    }
    return attempts;
  }
}
