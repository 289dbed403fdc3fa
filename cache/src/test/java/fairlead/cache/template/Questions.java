package fairlead.cache.template;

import java.util.SplittableRandom;

/** Makes questions that begin and end as those of people do: many alike. */
final class Questions {
  private static final String[] STARTS = {
    "What is the", "What is the best", "What are", "How do I", "How can I", "How does the",
        "Why is",
    "Why does my", "Is it possible to", "Can you", "Which", "Where can I find a", "Please",
        "I need a",
    "Tell me about", "\"Quoted\"", "3 ways to", "who invented the", "Should"
  };
  private static final String[] WORDS = {
    "server", "garden", "paint", "Paris", "restart", "a", "the", "of", "with", "cheap", "train",
    "cake", "running", "database", "in", "for", "blue", "python", "without", "two", "repair", "old",
    "music", "café", "bicycle", "window", "learn", "travel", "v2.1", "config.yaml", "tax", "river"
  };
  private static final String[] ENDS = {
    "?", "?", "?", "?", "?", "?", "?", ".", "", "!", " ?", "???"
  };

  private final SplittableRandom random;

  Questions(SplittableRandom random) {
    this.random = random;
  }

  String next() {
    StringBuilder out = new StringBuilder(pick(STARTS));
    for (int i = random.nextInt(2, 12); i > 0; i--) {
      out.append(' ').append(pick(WORDS));
    }
    return out.append(pick(ENDS)).toString();
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }

  /** Instructions of so many words, which end with a colon and a space. */
  static String template(int words) {
    SplittableRandom random = new SplittableRandom(words);
    StringBuilder out = new StringBuilder("Answer as a careful assistant");
    for (int i = 5; i < words - 1; i++) {
      out.append(i % 12 == 0 ? ". " : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return out.append(". Message: ").toString();
  }
}
