package fairlead.providers.simulated;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set about a simulated provider; the name of a knob is the constant's in
 * lower case.
 *
 * <p>The first group shapes every answer. The second chooses which requests get a fault: with none
 * of them set, all do; with several, any match is enough. The rest are the faults; each applies
 * only to chosen requests, several may be combined.
 */
public enum Knob {
  // The shape of every answer.
  SEED(Kind.COUNT, 0, Integer.MAX_VALUE, "start of everything that looks random"),
  LATENCY_MS(Kind.COUNT, 0, 600_000, "wait before the response head"),
  JITTER_MS(Kind.COUNT, 0, 600_000, "up to this much more latency, by seed and request number"),
  TOKENS_PER_SECOND(
      Kind.DECIMAL, 0.001, 1_000_000, "pace of a stream; a plain answer takes as long in all"),
  ANSWER(Kind.TEXT, "text of the answer; each word is one token"),
  ANSWER_WORDS(Kind.COUNT, 1, 1_000_000, "length of the answer: the text is cut or repeated"),
  EMBEDDING_DIMENSIONS(Kind.COUNT, 1, 8_192, "length of embeddings whose request names none"),
  MODELS(Kind.TEXT, "comma-separated names that the model list shows"),
  USAGE(
      "asked: as the request says; always; none; with_choices: inside the finish chunk; every:"
          + " in each chunk",
      "asked",
      "always",
      "none",
      "with_choices",
      "every"),
  REFUSE_PREFILL(Kind.FLAG, "400 when the last message is the assistant's"),
  CONTINUE_PREFILL(
      Kind.FLAG,
      "a last message of the assistant that begins the answer is continued, not repeated"),
  CONTEXT_WINDOW(Kind.COUNT, 1, 100_000_000, "400 for longer prompts, in tokens of our count"),
  RATE_LIMIT_HEADERS("headers that tell what is left of the limits", "openai", "anthropic"),
  RATE_LIMIT_REMAINING(Kind.COUNT, 0, 100, "what they say is left, in percent; 100 unless set"),

  // Which requests get a fault.
  FAIL_FIRST(Kind.COUNT, 0, 1_000_000_000, "the first N requests"),
  FAIL_AFTER(Kind.COUNT, 0, 1_000_000_000, "all requests after the first N"),
  FAIL_EVERY(Kind.COUNT, 1, 1_000_000_000, "each Nth request"),
  FAIL_RATE(Kind.DECIMAL, 0, 1, "this share of requests, by seed and request number"),
  FAIL_FOR_MS(Kind.COUNT, 0, 86_400_000, "requests in the first D ms of this behaviour"),
  FLAP_MS(Kind.COUNT, 1, 86_400_000, "D ms with faults, D ms without, and so on"),

  // Faults of keys; not subject to the choice above.
  REVOKED_KEYS(Kind.TEXT, "401 for these: comma-separated positions in order of first use, or odd"),
  LIMITED_KEYS(Kind.TEXT, "429 for these: comma-separated positions in order of first use, or odd"),
  KEY_LIMIT(Kind.COUNT, 1, 1_000_000_000, "429 beyond N requests of one key per window"),
  KEY_LIMIT_WINDOW_MS(Kind.COUNT, 1, 86_400_000, "length of that window, 60000 unless set"),

  // Faults before the head.
  REFUSE(Kind.FLAG, "the listener is closed: connection refused"),
  SILENT(Kind.FLAG, "reads the request and says nothing"),
  SILENCE_MS(Kind.COUNT, 0, 86_400_000, "how long every silence lasts, 600000 unless set"),
  RESET(Kind.FLAG, "resets the connection before any byte"),
  GARBAGE(Kind.FLAG, "answers bytes that are not HTTP"),
  LATENCY_MULTIPLIER(Kind.DECIMAL, 0, 10_000, "multiplies latency, jitter and every token's gap"),

  // Error answers.
  STATUS(Kind.COUNT, 400, 599, "answers this status with an error body"),
  ERROR(
      "a well-known error answer",
      "server_error",
      "unavailable",
      "overloaded",
      "rate_limit",
      "insufficient_quota",
      "invalid_key",
      "model_not_found",
      "context_length_exceeded",
      "content_policy_violation"),
  ERROR_MESSAGE(Kind.TEXT, "message of the error answer"),
  ERROR_BODY(Kind.TEXT, "the whole body of the error answer, or html for a proxy's page"),
  RETRY_AFTER(
      Kind.TEXT, "header: 2, 1.5, 31536000, or date:S for the HTTP date in S seconds (date:-60)"),
  RETRY_AFTER_MS(Kind.COUNT, 0, 1_000_000_000, "header retry-after-ms"),

  // Faults of the head.
  HEADERS_THEN_SILENT(Kind.FLAG, "the head at once, then nothing"),
  CONTENT_TYPE(Kind.TEXT, "this Content-Type, or none"),
  GZIP(Kind.FLAG, "compresses the body"),
  FRAMING("how the body is delimited", "length", "chunked", "close"),

  // Faults of the stream.
  FIRST_TOKEN_MS(Kind.COUNT, 0, 600_000, "wait between the head and the first token"),
  ERROR_EVENT_AFTER_TOKENS(Kind.COUNT, 0, 1_000_000_000, "200, N tokens, then an error event"),
  KEEP_ALIVE_COMMENTS(Kind.COUNT_OR_FOREVER, 0, 1_000_000_000, "comments before the first event"),
  EMPTY_DELTAS(Kind.COUNT_OR_FOREVER, 0, 1_000_000_000, "empty deltas after the role"),
  KEEP_ALIVE_MS(Kind.COUNT, 0, 600_000, "gap between those comments and deltas, 100 unless set"),
  ROLE_ONLY(Kind.FLAG, "the role, then silence"),
  STALL_AFTER_TOKENS(Kind.COUNT, 0, 1_000_000_000, "N tokens, then silence"),
  AFTER_SILENCE("what follows any silence", "close", "reset", "continue"),
  RESET_AFTER_TOKENS(Kind.COUNT, 0, 1_000_000_000, "N tokens, then a reset"),
  CLOSE_AFTER_TOKENS(Kind.COUNT, 0, 1_000_000_000, "N tokens, then close without an end mark"),
  END_AFTER_TOKENS(Kind.COUNT, 0, 1_000_000_000, "N tokens, then a clean end, nothing finished"),
  RESET_AFTER_BYTES(Kind.COUNT, 0, Integer.MAX_VALUE, "N body bytes, then a reset"),
  CLOSE_AFTER_BYTES(Kind.COUNT, 0, Integer.MAX_VALUE, "N body bytes, then close"),
  NO_FINISH(Kind.FLAG, "the whole text, then a clean end without finish reason or end mark"),
  NO_DONE(Kind.FLAG, "a whole stream without its end mark"),
  BAD_JSON_EVENT(Kind.COUNT, 1, 1_000_000_000, "the Nth event is cut in the middle of its JSON"),
  BAD_JSON_MODE(
      "whether the bad event comes instead of or besides a good one", "replace", "insert"),
  DUPLICATE_START(Kind.FLAG, "the role or message_start comes twice"),
  BIG_EVENT_MB(Kind.COUNT, 1, 1_024, "the first token is N MiB long"),
  ENDLESS(Kind.FLAG, "the stream repeats its text for ever"),
  CRLF(Kind.FLAG, "event lines end in CRLF"),

  // Faults of the transport.
  WRITE_BYTES(Kind.COUNT, 1, 1_048_576, "at most N bytes in one write"),
  WRITE_GAP_US(Kind.COUNT, 0, 10_000_000, "wait between such writes"),
  CHUNK_BYTES(Kind.COUNT, 1, 1_048_576, "at most N bytes in one chunk of the chunked coding"),
  SPLIT_UTF8(Kind.FLAG, "cuts writes inside each character that has several bytes"),
  BANDWIDTH_BYTES_PER_SECOND(Kind.COUNT, 1, Integer.MAX_VALUE, "cap on the body's speed"),
  SLOW_CLOSE_MS(Kind.COUNT, 0, 600_000, "wait between the last byte and the end of the body"),
  CLOSE_AFTER_ANSWER(Kind.FLAG, "closes the connection after the answer without announcing it");

  /** What values a knob takes. */
  enum Kind {
    FLAG,
    COUNT,
    COUNT_OR_FOREVER,
    DECIMAL,
    CHOICE,
    TEXT
  }

  private static final String FOREVER = "forever";

  private final Kind kind;
  private final double min;
  private final double max;
  private final String choices;
  private final String meaning;

  Knob(Kind kind, String meaning) {
    this(kind, 0, 0, meaning);
  }

  Knob(Kind kind, double min, double max, String meaning) {
    this.kind = kind;
    this.min = min;
    this.max = max;
    this.choices = "";
    this.meaning = meaning;
  }

  Knob(String meaning, String... choices) {
    this.kind = Kind.CHOICE;
    this.min = 0;
    this.max = 0;
    this.choices = String.join(", ", choices);
    this.meaning = meaning;
  }

  /** The name in configurations. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the knob does, in one line. */
  public String meaning() {
    return meaning;
  }

  /** The values it takes, for people. */
  public String allowed() {
    return switch (kind) {
      case FLAG -> "true or false";
      case COUNT -> "a whole number from " + (long) min + " to " + (long) max;
      case COUNT_OR_FOREVER -> "forever or a whole number from " + (long) min + " to " + (long) max;
      case DECIMAL -> "a number from " + min + " to " + max;
      case CHOICE -> choices;
      case TEXT -> "any text";
    };
  }

  boolean isFault() {
    return compareTo(REFUSE) >= 0 && this != SILENCE_MS;
  }

  /** Whether the knob says which requests get the faults. */
  boolean isChoice() {
    return switch (this) {
      case FAIL_FIRST, FAIL_AFTER, FAIL_EVERY, FAIL_RATE, FAIL_FOR_MS, FLAP_MS -> true;
      default -> false;
    };
  }

  static @Nullable Knob byKey(String key) {
    for (Knob knob : values()) {
      if (knob.key().equals(key)) {
        return knob;
      }
    }
    return null;
  }

  /**
   * The value as a number: 0 or 1 for flags, infinity for {@code forever}, the position for a
   * choice, 0 for text.
   *
   * @throws IllegalArgumentException if the value is not allowed, naming knob, value and what is
   */
  double parse(String value) {
    try {
      return switch (kind) {
        case FLAG ->
            switch (value) {
              case "true" -> 1;
              case "false" -> 0;
              default -> throw refused(value);
            };
        case COUNT -> inRange((double) Long.parseLong(value), value);
        case COUNT_OR_FOREVER ->
            value.equals(FOREVER)
                ? Double.POSITIVE_INFINITY
                : inRange((double) Long.parseLong(value), value);
        case DECIMAL -> inRange(Double.parseDouble(value), value);
        case CHOICE -> {
          int at = List.of(choices.split(", ")).indexOf(value);
          if (at < 0) {
            throw refused(value);
          }
          yield at;
        }
        case TEXT -> 0;
      };
    } catch (NumberFormatException e) {
      throw refused(value);
    }
  }

  private double inRange(double number, String value) {
    if (!(number >= min && number <= max)) {
      throw refused(value);
    }
    return number;
  }

  IllegalArgumentException refused(String value) {
    return new IllegalArgumentException(
        "simulated knob " + key() + ": \"" + value + "\" is not allowed; write " + allowed());
  }
}
