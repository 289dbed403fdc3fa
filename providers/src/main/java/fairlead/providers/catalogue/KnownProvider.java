package fairlead.providers.catalogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is publicly known of one provider: immutable.
 *
 * @param name what configurations and addresses ({@code name/model}) call it
 * @param aliases other spellings people use for the same provider
 * @param baseUrl without a trailing slash, with whatever version segment the wire needs
 * @param environment variables that hold its key by convention, most usual first; may be empty
 * @param modelPrefixes bare model names that start so belong to this provider; only prefixes that
 *     no other provider uses
 * @param defaultModel for calls that name only the provider; null where none is a sensible choice
 * @param streamUsage whether streams must be asked for usage ({@code stream_options.include_usage})
 * @param keyless whether it commonly runs without a key (servers on one's own machine)
 */
public record KnownProvider(
    String name,
    List<String> aliases,
    Wire wire,
    String baseUrl,
    List<String> environment,
    List<String> modelPrefixes,
    @Nullable String defaultModel,
    boolean streamUsage,
    boolean keyless) {

  /** Which wire the provider speaks. */
  public enum Wire {
    /** OpenAI itself. */
    OPENAI,
    /** Somebody else's server with OpenAI's chat completions. */
    OPENAI_COMPATIBLE,
    /** Anthropic's messages. */
    ANTHROPIC
  }

  /** Whether a bare model name belongs to this provider. */
  public boolean servesByPrefix(String model) {
    for (String prefix : modelPrefixes) {
      if (model.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
