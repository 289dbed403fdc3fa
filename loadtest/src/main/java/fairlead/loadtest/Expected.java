package fairlead.loadtest;

import org.jspecify.annotations.Nullable;

/**
 * What a right answer is: anything else is an error, never a fast answer.
 *
 * @param refused whether the key is wrong and must be found so
 * @param stream whether events must come, and an end mark
 * @param events exactly how many; 0 for some
 */
record Expected(boolean refused, boolean stream, int events) {
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /** One with content, and the end mark. */
  private static final int MIN_EVENTS = 2;

  /** What is wrong with a complete answer, or null. */
  @Nullable String problem(ResponseParser answer) {
    int status = answer.status();
    if (refused) {
      return status == UNAUTHORIZED || status == FORBIDDEN
          ? null
          : "status " + status + " for a wrong key";
    }
    if (status != OK) {
      return "status " + status;
    }
    if (!stream) {
      return answer.looksLikeJson() ? null : "the answer is not a JSON object";
    }
    if (events > 0 && answer.events() != events) {
      return answer.events() + " events instead of " + events;
    }
    if (answer.events() < MIN_EVENTS || !answer.endsWithDone()) {
      return "a stream of " + answer.events() + " events without [DONE] at its end";
    }
    return null;
  }
}
