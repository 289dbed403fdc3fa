package fairlead.providers.dialect;

import java.util.Locale;

/**
 * What providers say in words only, where no field tells.
 *
 * <p>Stateless. Phrases are chosen so that they do not fit what a caller may have written into the
 * request and the provider only repeats; they are asked last all the same.
 */
final class ErrorPhrases {
  private static final String[] KEY = {
    "api key not valid",
    "incorrect api key",
    "invalid api key",
    "api key expired",
    "api key is invalid",
    "invalid x-api-key",
    "security token included in the request",
    "missing authentication",
    "user location is not supported",
  };

  private static final String[] QUOTA = {
    "credit balance is too low",
    "insufficient balance",
    "insufficient credits",
    "insufficient quota",
    "requires more credits",
    "used all available credits",
    "doesn't have any credits",
    "spending limit",
    "spend limit",
    "exceeded your current quota",
    "api calls / month",
    "per-day",
    "billing details",
    "billing is not",
  };

  private static final String[] FILTER = {
    "content filtering policy",
    "content policy",
    "content management policy",
    "content exists risk",
    "violates usage guidelines",
    "violating our usage policy",
    "flagged as potentially",
    "rejected as a result of our safety system",
    "requires moderation",
  };

  private static final String[] NO_MODEL = {
    "provided model identifier is invalid",
    "is not a valid model id",
    "model not exist",
    "invalid model:",
    "invalid model name",
    "on-demand throughput isn",
    "no endpoints found",
  };

  private static final String[] CONTEXT = {
    "maximum context length",
    "max context length",
    "context length exceeded",
    "exceeds the context window",
    "exceed context limit",
    "exceeds the available context size",
    "longer than the model's context",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "input tokens exceeded",
    "too many input tokens",
    "exceeds the maximum number of tokens",
    "exceeds the maximum number of input tokens",
    "maximum prompt length",
    "token limit reached",
    "too many tokens",
    "all messages is too long",
  };

  private static final String[] CAPACITY = {
    "overloaded", "at capacity", "no capacity", "resource exhausted. please try again later",
  };

  private static final String[] RATE = {
    "rate limit", "rate-limit", "too many requests",
  };

  private static final String[] PREFILL = {
    "prefill", "conversation must end with a user message", "expected last role user",
  };

  private ErrorPhrases() {}

  /** The text as the questions here want it. */
  static String fold(String text) {
    return text.toLowerCase(Locale.ROOT).replace('’', '\'');
  }

  static boolean key(String folded) {
    return any(folded, KEY);
  }

  static boolean quota(String folded) {
    return any(folded, QUOTA);
  }

  static boolean filter(String folded) {
    return any(folded, FILTER);
  }

  /** The phrases, or a message about a model that is not there. */
  static boolean noModel(String folded) {
    boolean missing =
        folded.contains("does not exist")
            || folded.contains("not found")
            || folded.contains("do not have access");
    boolean subject =
        folded.startsWith("the model ")
            || folded.startsWith("model ")
            || folded.startsWith("model:");
    return any(folded, NO_MODEL) || (missing && subject);
  }

  /** Whether a refusal of access speaks of a model. */
  static boolean modelAccess(String folded) {
    return folded.contains("model")
        && (folded.contains("access")
            || folded.contains("permission")
            || folded.contains("not allowed"));
  }

  static boolean context(String folded) {
    return any(folded, CONTEXT);
  }

  static boolean capacity(String folded) {
    return any(folded, CAPACITY);
  }

  static boolean rate(String folded) {
    return any(folded, RATE);
  }

  static boolean prefill(String folded) {
    return any(folded, PREFILL);
  }

  private static boolean any(String folded, String[] phrases) {
    for (String phrase : phrases) {
      if (folded.contains(phrase)) {
        return true;
      }
    }
    return false;
  }
}
