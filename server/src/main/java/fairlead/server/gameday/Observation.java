package fairlead.server.gameday;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was seen from outside of the gateway in one run. Immutable.
 *
 * @param streamed whether the callers asked for streams
 * @param calls in the order they were made
 * @param after a call made when all was well again, or null
 * @param primary what reached the primary
 * @param fallback what reached the others
 * @param primaryName its provider's name in the gateway's configuration
 * @param primaryModel the model it is asked for
 * @param primaryTokens tokens that the gateway's metrics put on the primary; -1: not looked at
 */
record Observation(
    boolean streamed,
    List<CallView> calls,
    @Nullable CallView after,
    List<Attempt> primary,
    List<Attempt> fallback,
    String primaryName,
    String primaryModel,
    String fallbackName,
    String fallbackModel,
    double primaryTokens) {

  /** All attempts, by start. */
  List<Attempt> attempts() {
    List<Attempt> all = new ArrayList<>(primary);
    all.addAll(fallback);
    all.sort(Comparator.comparingDouble(Attempt::startMs));
    return all;
  }

  CallView first() {
    return calls.getFirst();
  }

  boolean allWhole() {
    for (CallView call : calls) {
      if (!call.isWhole()) {
        return false;
      }
    }
    return true;
  }
}
