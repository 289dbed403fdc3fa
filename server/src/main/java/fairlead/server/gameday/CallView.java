package fairlead.server.gameday;

import java.util.Map;

/**
 * What one caller got. Immutable.
 *
 * @param startMs since the run began; the other times too
 * @param firstByteMs of the body, or -1
 * @param status 0 when there was no answer
 * @param text all content, as the caller would join it
 * @param finish the finish reason, empty if there was none
 * @param done whether a stream ended with {@code [DONE]}
 * @param model in the body; in a stream, of its last chunk
 * @param completionTokens -1 when no usage was reported
 * @param error message of the error, empty if there was none
 * @param malformed events that are not JSON
 * @param headers by lower-case name
 */
record CallView(
    double startMs,
    double firstByteMs,
    double endMs,
    int status,
    Ending ending,
    String text,
    String finish,
    boolean done,
    String model,
    long promptTokens,
    long completionTokens,
    String error,
    int malformed,
    Map<String, String> headers) {

  /** How an answer ended, as a careful client sees it. */
  enum Ending {
    /** A whole answer, as far as its form goes. */
    FINISHED,
    /** An error status, or an error event. */
    ERROR,
    /** The end of a stream that says neither that it is finished nor that it failed. */
    UNFINISHED,
    /** The connection closed before the end of the body or of the head. */
    CUT,
    /** No connection. */
    REFUSED,
    /** Nothing more came until the caller gave up. */
    HUNG
  }

  /** The same with another error message. */
  CallView withError(String message) {
    return new CallView(
        startMs,
        firstByteMs,
        endMs,
        status,
        ending,
        text,
        finish,
        done,
        model,
        promptTokens,
        completionTokens,
        message,
        malformed,
        headers);
  }

  double tookMs() {
    return endMs - startMs;
  }

  String header(String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, "");
  }

  /** Whether the text is the healthy answer, white space folded. */
  boolean isWhole() {
    return ending == Ending.FINISHED && HealthyAnswer.is(text);
  }
}
