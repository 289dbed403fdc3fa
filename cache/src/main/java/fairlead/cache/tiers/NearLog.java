package fairlead.cache.tiers;

import fairlead.cache.earn.AnswerAgreement;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.Observation;
import fairlead.cache.earn.ObservationLog;
import fairlead.cache.earn.RouteTrust;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what near answers did into the log of observations, if there is one.
 *
 * <p>{@link #to} and {@link #recordsTexts} from any thread; the rest belongs to the writer's
 * thread.
 */
final class NearLog {
  /** How often counts are written; checks are written with the next of them. */
  private static final long INTERVAL_MILLIS = 10_000;

  private volatile @Nullable ObservationLog log;
  private long writtenAtMillis;

  void to(ObservationLog newLog) {
    log = newLog;
  }

  boolean recordsTexts() {
    ObservationLog current = log;
    return current != null && current.recordsTexts();
  }

  void checked(Change.Check check, AnswerAgreement.Verdict verdict, long nowMillis) {
    ObservationLog current = log;
    if (current == null) {
      return;
    }
    Observation seen =
        Observation.decided(
            nowMillis,
            check.route().name(),
            check.tier(),
            check.score(),
            RouteTrust.Decision.CHECK,
            verdict);
    byte[] asked = check.asked();
    current.add(
        asked == null
            ? seen
            : seen.withTexts(
                new String(asked, StandardCharsets.UTF_8),
                new String(check.candidate().payload(), StandardCharsets.UTF_8)));
  }

  /** Writes what was counted, if the last time is long enough ago. */
  void tick(Iterable<RouteMemory> routes, long nowMillis) {
    if (log != null
        && (nowMillis - writtenAtMillis >= INTERVAL_MILLIS || nowMillis < writtenAtMillis)) {
      write(routes, nowMillis);
    }
  }

  void write(Iterable<RouteMemory> routes, long nowMillis) {
    ObservationLog current = log;
    if (current == null) {
      return;
    }
    writtenAtMillis = nowMillis;
    Consumer<Observation> to = current::add;
    for (RouteMemory route : routes) {
      NearTier prose = route.prose().settings().tier();
      route.tally(prose).drain(route.name(), nowMillis, to);
      route.tally(NearTier.LINES).drain(route.name(), nowMillis, to);
      route.drainRefusals(
          (reason, count) ->
              to.accept(
                  Observation.refused(nowMillis, route.name(), prose, 0, reason.name())
                      .times(count)));
    }
    current.flush();
  }

  void close() {
    ObservationLog current = log;
    if (current != null) {
      current.close();
    }
  }
}
