package fairlead.providers.wire;

import java.util.List;

/**
 * The headers that tell of one limit.
 *
 * <p>Immutable. OpenAI and those who follow it; xAI the same without resets; Anthropic with one
 * more pair for tokens in and out; Mistral for each minute; OpenRouter and others without a name
 * for what is counted.
 */
record RateHeader(String remaining, String limit, String reset) {
  static final List<RateHeader> ALL =
      List.of(
          openAi("requests"),
          openAi("tokens"),
          anthropic("requests"),
          anthropic("tokens"),
          anthropic("input-tokens"),
          anthropic("output-tokens"),
          openAi("req-minute"),
          openAi("tokens-minute"),
          new RateHeader("x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset"));

  private static RateHeader openAi(String what) {
    return new RateHeader(
        "x-ratelimit-remaining-" + what, "x-ratelimit-limit-" + what, "x-ratelimit-reset-" + what);
  }

  private static RateHeader anthropic(String what) {
    String start = "anthropic-ratelimit-" + what;
    return new RateHeader(start + "-remaining", start + "-limit", start + "-reset");
  }
}
