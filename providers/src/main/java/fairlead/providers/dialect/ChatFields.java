package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;
import java.util.Arrays;
import java.util.Locale;

/**
 * The members of a chat request that some dialect cares about: where their values lie.
 *
 * <p>Not thread-safe, reusable. One pass that checks the whole body; a {@code null} counts as
 * absent, of members given twice the last counts, members that are not listed here are skipped.
 */
final class ChatFields {
  /** A member; its name on the wire is the constant's in lower case. */
  enum Field {
    AUDIO,
    CACHE_CONTROL,
    CONTAINER,
    CONTEXT_MANAGEMENT,
    FUNCTION_CALL,
    FUNCTIONS,
    INFERENCE_GEO,
    LOGPROBS,
    MAX_COMPLETION_TOKENS,
    MAX_TOKENS,
    MCP_SERVERS,
    MESSAGES,
    METADATA,
    MODALITIES,
    MODERATION,
    N,
    OUTPUT_CONFIG,
    PARALLEL_TOOL_CALLS,
    REASONING_EFFORT,
    RESPONSE_FORMAT,
    SAFETY_IDENTIFIER,
    SERVICE_TIER,
    SPEED,
    STOP,
    STREAM,
    TEMPERATURE,
    THINKING,
    TOOL_CHOICE,
    TOOLS,
    TOP_K,
    TOP_LOGPROBS,
    TOP_P,
    USER,
    WEB_SEARCH_OPTIONS;

    private final String wire = name().toLowerCase(Locale.ROOT);

    String wire() {
      return wire;
    }
  }

  private static final Field[] FIELDS = Field.values();

  private final JsonCursor json = new JsonCursor();
  private final ByteRange[] values = new ByteRange[FIELDS.length];

  ChatFields() {
    Arrays.setAll(values, i -> new ByteRange());
  }

  void read(byte[] body, int start, int end) throws RefusedRequestException {
    clear();
    try {
      json.over(body, start, end);
      json.enterObject();
      while (json.nextField()) {
        int i = 0;
        while (i < FIELDS.length && !json.keyIs(FIELDS[i].wire)) {
          i++;
        }
        if (i < FIELDS.length) {
          json.valueOrNull(values[i]);
        } else {
          json.skip();
        }
      }
      json.finish();
    } catch (JsonSyntaxException e) {
      throw new RefusedRequestException(
          "the body must be a JSON object, but " + e.getMessage(), null, "invalid_json");
    }
  }

  private void clear() {
    for (ByteRange value : values) {
      value.clear();
    }
  }

  /** Lets go of the body. */
  void forget() {
    clear();
    json.forget();
  }

  /** The member's value as JSON; empty if it is absent or null. */
  ByteRange get(Field field) {
    return values[field.ordinal()];
  }

  boolean has(Field field) {
    return !get(field).isEmpty();
  }

  boolean is(Field field, String literal) {
    return JsonCursor.equal(get(field), literal);
  }
}
