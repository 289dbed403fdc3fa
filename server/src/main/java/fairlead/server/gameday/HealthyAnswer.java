package fairlead.server.gameday;

/** The answer of every healthy provider. Constants. */
final class HealthyAnswer {
  /** Each word is one token of the simulated providers. */
  static final int TOKENS = 60;

  static final String TEXT =
      "The harbour pilot reads the water before the chart. She knows where the tide turns, which"
          + " buoy has drifted, and how long a heavy ship needs to stop. When one channel closes"
          + " she takes another without a word to the passengers. Nobody on deck notices. The"
          + " cargo arrives whole, once, and on time, and the log says exactly what happened.";

  private HealthyAnswer() {}

  /** Whether the text is the whole answer, and nothing else, with white space folded. */
  static boolean is(String text) {
    return fold(text).equals(TEXT);
  }

  static int words(String text) {
    String folded = fold(text);
    return folded.isEmpty() ? 0 : folded.split(" ", -1).length;
  }

  private static String fold(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
