package fairlead.providers.dialect;

import fairlead.providers.catalogue.KnownProvider;

/**
 * Knows which targets go on from the beginning of an answer when it is given to them as last
 * message.
 *
 * <p>Stateless, pure. Careful on purpose: a target that takes such a message for an old turn would
 * start over, or answer something else, and the caller would read both. What is not known to go on
 * does not.
 *
 * <p>Anthropic took the ability away with version 4.6. A request with thinking cannot be prefilled
 * either; that is for the caller to know.
 */
public final class Prefill {
  /** Ten times the last version of Claude that accepts it. */
  private static final int LAST_CLAUDE_VERSION = 45;

  private static final String[] MISTRAL_MODELS = {
    "mistral-", "ministral-", "codestral-", "devstral-", "pixtral-", "open-mi"
  };

  private Prefill() {}

  /** As the method with an address, for a provider whose address says nothing. */
  public static boolean supported(KnownProvider.Wire wire, String model) {
    return supported(wire, "", model);
  }

  /**
   * Whether the target goes on from a last message of the assistant's.
   *
   * @param baseUrl the provider's address; of the providers with OpenAI's wire only Mistral itself
   *     is known to go on, whoever else serves its models
   */
  public static boolean supported(KnownProvider.Wire wire, String baseUrl, String model) {
    return switch (wire) {
      case ANTHROPIC ->
          model.contains("claude") && AnthropicTarget.version(model) <= LAST_CLAUDE_VERSION;
      case OPENAI -> false;
      case OPENAI_COMPATIBLE -> mistral(baseUrl) && mistralModel(model);
    };
  }

  /** Whether the message must carry {@code prefix: true}, because the provider is Mistral. */
  public static boolean mistral(String baseUrl) {
    int scheme = baseUrl.indexOf("://");
    int host = scheme < 0 ? 0 : scheme + 3;
    int end = host;
    while (end < baseUrl.length() && "/:?".indexOf(baseUrl.charAt(end)) < 0) {
      end++;
    }
    return baseUrl.regionMatches(true, host, "api.mistral.ai", 0, end - host)
        && end - host == "api.mistral.ai".length();
  }

  /** Magistral is not among them: it thinks first. */
  private static boolean mistralModel(String model) {
    for (String prefix : MISTRAL_MODELS) {
      if (model.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
