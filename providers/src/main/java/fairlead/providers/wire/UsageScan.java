package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import fairlead.providers.Usage;

/**
 * Reads a {@code usage} object of the OpenAI wire with the additions of its relatives.
 *
 * <p>Stateless, allocates nothing. Counts that are no numbers are passed over; negative ones count
 * as 0.
 */
final class UsageScan {
  private static final byte[] PROMPT_TOKENS = name("prompt_tokens");
  private static final byte[] COMPLETION_TOKENS = name("completion_tokens");
  private static final byte[] TOTAL_TOKENS = name("total_tokens");
  private static final byte[] PROMPT_DETAILS = name("prompt_tokens_details");
  private static final byte[] COMPLETION_DETAILS = name("completion_tokens_details");
  private static final byte[] CACHED_TOKENS = name("cached_tokens");
  private static final byte[] CACHE_WRITE_TOKENS = name("cache_write_tokens");
  private static final byte[] REASONING_TOKENS = name("reasoning_tokens");
  private static final byte[] CACHE_HIT_TOKENS = name("prompt_cache_hit_tokens");

  private UsageScan() {}

  /**
   * Takes the value at the cursor; true if it was an object with at least one of the two counts.
   */
  static boolean scan(JsonScan json, Usage usage) {
    if (json.peek() != '{') {
      json.skip();
      return false;
    }
    long prompt = -1;
    long completion = -1;
    long total = -1;
    long cached = -1;
    long written = -1;
    long reasoning = -1;
    json.enterObject();
    while (json.nextMember()) {
      boolean object = json.peek() == '{';
      if (object && json.keyIs(PROMPT_DETAILS)) {
        json.enterObject();
        while (json.nextMember()) {
          if (json.keyIs(CACHED_TOKENS)) {
            cached = number(json, cached);
          } else if (json.keyIs(CACHE_WRITE_TOKENS)) {
            written = number(json, written);
          } else {
            json.skip();
          }
        }
      } else if (object && json.keyIs(COMPLETION_DETAILS)) {
        json.enterObject();
        while (json.nextMember()) {
          if (json.keyIs(REASONING_TOKENS)) {
            reasoning = number(json, reasoning);
          } else {
            json.skip();
          }
        }
      } else if (json.keyIs(PROMPT_TOKENS)) {
        prompt = number(json, prompt);
      } else if (json.keyIs(COMPLETION_TOKENS)) {
        completion = number(json, completion);
      } else if (json.keyIs(TOTAL_TOKENS)) {
        total = number(json, total);
      } else if (json.keyIs(CACHE_HIT_TOKENS) || json.keyIs(CACHED_TOKENS)) {
        // DeepSeek, and Moonshot: beside the counts instead of in the details.
        cached = Math.max(cached, number(json, cached));
      } else if (json.keyIs(REASONING_TOKENS)) {
        reasoning = Math.max(reasoning, number(json, reasoning));
      } else {
        json.skip();
      }
    }
    if (json.failed() || (prompt < 0 && completion < 0)) {
      return false;
    }
    if (reasoning > 0 && completion >= 0 && total == prompt + completion + reasoning) {
      // xAI counts reasoning beside the completion; the sum gives it away.
      completion += reasoning;
    }
    usage.prompt(Math.max(prompt, 0));
    usage.completion(Math.max(completion, 0));
    usage.cached(Math.max(cached, 0));
    usage.cacheWrite(Math.max(written, 0));
    usage.reasoning(Math.max(reasoning, 0));
    return true;
  }

  private static long number(JsonScan json, long otherwise) {
    if (!json.skip()) {
      return otherwise;
    }
    long value = json.valueAsLong();
    return value < 0 ? otherwise : value;
  }
}
