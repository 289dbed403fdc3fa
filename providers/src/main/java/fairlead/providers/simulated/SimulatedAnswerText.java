package fairlead.providers.simulated;

import java.util.List;

/**
 * The words of a simulated answer; each word is one token.
 *
 * <p>Immutable.
 */
final class SimulatedAnswerText {
  /** Sixty words, a few of them with characters of several bytes. */
  static final String DEFAULT =
      "This answer was simulated by Fairlead: no network, no key and no language model had"
          + " a part in it. It always has the same sixty words, so that streams, failover, caches"
          + " and accounts can be watched at work. Even the naïve reader in a café notices"
          + " when a word goes missing. Configure a real provider, and this voice falls silent.";

  private final String[] words;
  private final int length;

  /**
   * @param length how many words an answer has; 0: as many as the text
   */
  SimulatedAnswerText(String text, int length) {
    String[] split = text.strip().split("\\s+");
    this.words = split;
    this.length = length == 0 ? split.length : length;
  }

  int length() {
    return length;
  }

  /** The {@code i}th token: a word, with a space before all but the first. */
  String token(long i) {
    String word = words[(int) (i % words.length)];
    return i == 0 ? word : " " + word;
  }

  /** The first {@code count} tokens. */
  List<String> tokens(int count) {
    String[] tokens = new String[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = token(i);
    }
    return List.of(tokens);
  }
}
