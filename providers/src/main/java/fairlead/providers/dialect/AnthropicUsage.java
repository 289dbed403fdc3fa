package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;

/**
 * The counts of a Messages answer, brought to OpenAI's meaning.
 *
 * <p>Not thread-safe, reusable after {@link #clear}. Anthropic's {@code input_tokens} leaves out
 * what was read from and written to the cache, so the prompt is the sum of the three; {@code
 * output_tokens} includes thinking. Counts in a stream are cumulative: a later one replaces an
 * earlier one, an absent or null one leaves it.
 */
final class AnthropicUsage {
  private final JsonCursor json = new JsonCursor();
  private final Usage usage = new Usage();
  private final ByteRange tierName = new ByteRange();
  private long input;
  private long cacheRead;
  private long cacheWrite;
  private long output;
  private long thinking;
  private String tier = "";

  void clear() {
    usage.clear();
    input = 0;
    cacheRead = 0;
    cacheWrite = 0;
    output = 0;
    thinking = 0;
    tier = "";
  }

  /**
   * Takes the counts of a checked usage object.
   *
   * @return whether there were any
   */
  boolean take(ByteRange object) {
    json.over(object);
    if (!json.peekObject()) {
      return false;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("input_tokens")) {
        input = json.longOr(input);
      } else if (json.keyIs("cache_read_input_tokens")) {
        cacheRead = json.longOr(cacheRead);
      } else if (json.keyIs("cache_creation_input_tokens")) {
        cacheWrite = json.longOr(cacheWrite);
      } else if (json.keyIs("output_tokens")) {
        output = json.longOr(output);
      } else if (json.keyIs("output_tokens_details") && json.peekObject()) {
        details();
      } else if (json.keyIs("service_tier")) {
        json.stringOrSkip(tierName);
        tier = chatTier();
      } else {
        json.skip();
      }
    }
    usage.prompt(input + cacheRead + cacheWrite);
    usage.cached(cacheRead);
    usage.cacheWrite(cacheWrite);
    usage.completion(output);
    usage.reasoning(thinking);
    return true;
  }

  private void details() {
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("thinking_tokens")) {
        thinking = json.longOr(thinking);
      } else {
        json.skip();
      }
    }
  }

  /** Only the tiers that the chat wire knows too; batch is none of them. */
  private String chatTier() {
    if (JsonCursor.equal(tierName, "standard")) {
      return "default";
    }
    return JsonCursor.equal(tierName, "priority") ? "priority" : "";
  }

  /** The service tier in the words of the chat wire; empty if unknown. */
  String tier() {
    return tier;
  }

  Usage usage() {
    return usage;
  }
}
