package fairlead.server.gameday;

import java.util.List;

/**
 * How a user story ended. Immutable.
 *
 * @param skipped why it could not be played here, or empty
 * @param calls how many were made
 * @param failures what callers saw go wrong, a few examples
 * @param evidence what the metrics tell
 */
record StoryResult(
    String id,
    String title,
    String skipped,
    int calls,
    int failed,
    List<String> failures,
    List<String> evidence,
    long tookMs) {

  /** A story that could not even begin, which is a failure: nothing was shown. */
  static StoryResult notPlayed(String id, String title, Throwable why) {
    String reason = why.getMessage() == null ? why.toString() : why.getMessage();
    return new StoryResult(
        id, title, "", 0, 0, List.of("could not be played: " + reason), List.of(), 0);
  }

  boolean passed() {
    return failed == 0 && failures.isEmpty();
  }
}
