package fairlead.providers.dialect;

/**
 * What a request needs to know of the model it goes to and of the door it goes through; made once
 * when the configuration is loaded.
 *
 * @param model the provider's name of the model
 * @param defaultMaxTokens {@code max_tokens} where the caller gives none; the wire requires one
 * @param door whose form of the wire it is
 * @param sampling whether temperature, top_p and top_k are accepted
 * @param adaptiveThinking whether the model decides how long it thinks, by effort; else a budget is
 *     given in tokens
 * @param xhighEffort whether the effort between high and max exists
 */
public record AnthropicTarget(
    String model,
    int defaultMaxTokens,
    Door door,
    boolean sampling,
    boolean adaptiveThinking,
    boolean xhighEffort) {

  /** Where the Messages wire is served, with its small differences. */
  public enum Door {
    /** Anthropic itself, Azure Foundry and compatible servers. */
    DIRECT(""),
    /** rawPredict and streamRawPredict: the model stands in the address. */
    VERTEX("vertex-2023-10-16"),
    /** InvokeModel: model and stream stand in the address. */
    BEDROCK("bedrock-2023-05-31");

    private final String version;

    Door(String version) {
      this.version = version;
    }

    /** {@code anthropic_version} in the body; empty where it is a header. */
    String version() {
      return version;
    }
  }

  public AnthropicTarget {
    if (model.isEmpty()) {
      throw new IllegalArgumentException("model must not be empty");
    }
    if (defaultMaxTokens < 1) {
      throw new IllegalArgumentException(
          "defaultMaxTokens must be at least 1: " + defaultMaxTokens);
    }
  }

  /**
   * Derives the abilities from the model's name: {@code claude-opus-4-6}, {@code
   * claude-3-5-sonnet-20241022}, {@code us.anthropic.claude-sonnet-4-5-20250929-v1:0}. Up to
   * version 4.6 sampling is accepted; from 4.6 on thinking is adaptive. A name without a version is
   * taken for a new model: what new models refuse, old ones can do without.
   */
  public static AnthropicTarget of(String model, int defaultMaxTokens, Door door) {
    int version = version(model);
    return new AnthropicTarget(
        model, defaultMaxTokens, door, version <= 46, version >= 46, version > 46);
  }

  /** Ten times the version: 46 for 4.6, 50 for 5; {@link Integer#MAX_VALUE} if there is none. */
  static int version(String model) {
    int from = Math.max(0, model.indexOf("claude"));
    int major = -1;
    for (int i = from; i < model.length(); ) {
      int digits = 0;
      while (i + digits < model.length() && isDigit(model.charAt(i + digits))) {
        digits++;
      }
      boolean opensPart = i == 0 || "-. ".indexOf(model.charAt(i - 1)) >= 0;
      if (digits == 0) {
        if (major >= 0 && model.charAt(i) != '-' && model.charAt(i) != '.') {
          return major * 10; // a name or a suffix after the major version
        }
        i++;
      } else if (digits > 2 || !opensPart) { // a date, or a digit inside a word
        if (major >= 0) {
          return major * 10;
        }
        i += digits;
      } else {
        int number = Integer.parseInt(model.substring(i, i + digits));
        if (major >= 0) {
          return major * 10 + Math.min(number, 9);
        }
        major = number;
        i += digits;
      }
    }
    return major >= 0 ? major * 10 : Integer.MAX_VALUE;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
