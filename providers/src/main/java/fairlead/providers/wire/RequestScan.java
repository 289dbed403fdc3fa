package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import org.jspecify.annotations.Nullable;

/**
 * Reads what the gateway must know from the body of a chat, completion or embedding request, in one
 * validating pass over the bytes in place.
 *
 * <p>Not thread-safe; reusable. The body must stay as it is while ranges are used. Cost: well below
 * a microsecond per 2 KB of usual text, no allocation unless a message is asked for.
 *
 * <p>Use: 1. {@link #scan}; false means the body is not a JSON object: {@link #errorMessage}. 2.
 * {@link #problem} tells what else must be refused: wrong types of fields that decide something,
 * and keys given twice. The second matters for security: of {@code {"model":"a","model":"b"}} we
 * would check one and a provider might serve the other. 3. The facts. Ranges are absolute indexes
 * into the array; a start of -1 means absent.
 */
public final class RequestScan {
  private static final byte[] N = name("n");
  private static final byte[] USER = name("user");
  private static final byte[] MODEL = name("model");
  private static final byte[] INPUT = name("input");
  private static final byte[] TOOLS = name("tools");
  private static final byte[] STREAM = name("stream");
  private static final byte[] PROMPT = name("prompt");
  private static final byte[] MESSAGES = name("messages");
  private static final byte[] FALLBACKS = name("fallbacks");
  private static final byte[] FUNCTIONS = name("functions");
  private static final byte[] MAX_TOKENS = name("max_tokens");
  private static final byte[] TEMPERATURE = name("temperature");
  private static final byte[] STREAM_OPTIONS = name("stream_options");
  private static final byte[] INCLUDE_USAGE = name("include_usage");
  private static final byte[] RESPONSE_FORMAT = name("response_format");
  private static final byte[] MAX_COMPLETION_TOKENS = name("max_completion_tokens");

  private static final int MODEL_SCRATCH_BYTES = 512;

  /** Longest model name: it comes back in messages and headers. */
  static final int MAX_MODEL_BYTES = MODEL_SCRATCH_BYTES - 4;

  private static final byte[] NONE = {};

  /** Present and not null, one bit each. */
  private static final int HAS_MODEL = 1;

  private static final int HAS_STREAM = 1 << 1;
  private static final int HAS_STREAM_OPTIONS = 1 << 2;
  private static final int HAS_FALLBACKS = 1 << 3;
  private static final int HAS_MESSAGES = 1 << 4;
  private static final int HAS_MAX_TOKENS = 1 << 5;
  private static final int HAS_MAX_COMPLETION_TOKENS = 1 << 6;
  private static final int HAS_N = 1 << 7;
  private static final int HAS_TOOLS = 1 << 8;
  private static final int HAS_FUNCTIONS = 1 << 9;
  private static final int HAS_RESPONSE_FORMAT = 1 << 10;
  private static final int HAS_USER = 1 << 11;
  private static final int HAS_INPUT = 1 << 12;
  private static final int HAS_PROMPT = 1 << 13;
  private static final int HAS_TEMPERATURE = 1 << 14;

  private final JsonScan json = new JsonScan();
  private final MessageScan messages = new MessageScan(json);
  private final ByteRange model = new ByteRange();
  private byte[] modelScratch = NONE; // made for the first name with escapes

  private byte[] body = NONE;
  private int start;
  private int end;
  private int given;
  private int values;
  private int objectStart;
  private boolean empty;
  private @Nullable String problem;
  private @Nullable String problemParam;

  private int modelStart;
  private int modelEnd;
  private boolean stream;
  private int streamEnd;
  private int streamOptionsStart;
  private int streamOptionsEnd;
  private boolean streamOptionsEmpty;
  private boolean includeUsage;
  private int includeUsageStart;
  private int includeUsageEnd;
  private int fallbacksStart;
  private int fallbacksEnd;
  private int fallbacksCutStart;
  private int fallbacksCutEnd;
  private int messagesStart;
  private int messagesEnd;
  private int userStart;
  private int userEnd;
  private int inputStart;
  private int inputEnd;
  private int promptStart;
  private int promptEnd;
  private int maxTokensKeyAt;
  private long maxTokens;
  private long maxCompletionTokens;
  private long n;

  /** Reads {@code array[start, end)}; false when it is not one valid JSON object. */
  public boolean scan(byte[] array, int newStart, int newEnd) {
    clear(array, newStart, newEnd);
    json.begin(array, newStart, newEnd);
    if (json.peek() != '{' && !json.failed()) {
      return json.refuse("the request body must be a JSON object");
    }
    objectStart = json.position();
    boolean cutToNextComma = false;
    json.enterObject();
    while (json.nextMember()) {
      empty = false;
      if (cutToNextComma) {
        // "fallbacks" came first: it goes together with the comma behind it.
        fallbacksCutEnd = json.commaAt() + 1;
        cutToNextComma = false;
      }
      member();
      cutToNextComma = fallbacksStart >= 0 && fallbacksCutStart == json.keyAt();
    }
    return json.end();
  }

  /** Lets go of the body; all facts are gone as before the first {@link #scan}. */
  public void forget() {
    json.forget();
    clear(NONE, 0, 0);
  }

  private void clear(byte[] array, int newStart, int newEnd) {
    body = array;
    start = newStart;
    end = newEnd;
    given = 0;
    values = 0;
    empty = true;
    problem = null;
    problemParam = null;
    model.clear();
    messages.clear();
    modelStart = -1;
    modelEnd = -1;
    stream = false;
    streamEnd = -1;
    streamOptionsStart = -1;
    streamOptionsEnd = -1;
    streamOptionsEmpty = true;
    includeUsage = false;
    includeUsageStart = -1;
    includeUsageEnd = -1;
    fallbacksStart = -1;
    fallbacksEnd = -1;
    fallbacksCutStart = -1;
    fallbacksCutEnd = -1;
    messagesStart = -1;
    messagesEnd = -1;
    userStart = -1;
    userEnd = -1;
    inputStart = -1;
    inputEnd = -1;
    promptStart = -1;
    promptEnd = -1;
    maxTokensKeyAt = -1;
    maxTokens = -1;
    maxCompletionTokens = -1;
    n = 1;
  }

  private void member() {
    switch (json.keyLength()) {
      case 1 -> {
        if (take(N, HAS_N)) {
          n = count("n", n);
          return;
        }
      }
      case 4 -> {
        if (take(USER, HAS_USER)) {
          userStart = json.valueStart();
          userEnd = json.valueEnd();
          return;
        }
      }
      case 5 -> {
        if (fiveLetters()) {
          return;
        }
      }
      case 6 -> {
        if (take(STREAM, HAS_STREAM)) {
          streamValue();
          return;
        }
        if (take(PROMPT, HAS_PROMPT)) {
          promptStart = json.valueStart();
          promptEnd = json.valueEnd();
          return;
        }
      }
      case 8 -> {
        if (json.keyIs(MESSAGES)) {
          once(HAS_MESSAGES, "messages");
          messagesValue();
          return;
        }
      }
      case 9 -> {
        if (take(FALLBACKS, HAS_FALLBACKS)) {
          fallbacksValue();
          return;
        }
        if (take(FUNCTIONS, HAS_FUNCTIONS)) {
          noteUnlessEmptyArray(HAS_FUNCTIONS);
          return;
        }
      }
      case 10 -> {
        if (take(MAX_TOKENS, HAS_MAX_TOKENS)) {
          maxTokensKeyAt = json.keyAt();
          maxTokens = count("max_tokens", maxTokens);
          return;
        }
      }
      case 11 -> {
        if (take(TEMPERATURE, HAS_TEMPERATURE)) {
          return;
        }
      }
      case 14 -> {
        if (json.keyIs(STREAM_OPTIONS)) {
          once(HAS_STREAM_OPTIONS, "stream_options");
          streamOptionsValue();
          return;
        }
      }
      case 15 -> {
        if (take(RESPONSE_FORMAT, HAS_RESPONSE_FORMAT)) {
          return;
        }
      }
      case 21 -> {
        if (take(MAX_COMPLETION_TOKENS, HAS_MAX_COMPLETION_TOKENS)) {
          maxCompletionTokens = count("max_completion_tokens", maxCompletionTokens);
          return;
        }
      }
      default -> {}
    }
    json.skip();
  }

  private boolean fiveLetters() {
    if (take(MODEL, HAS_MODEL)) {
      modelValue();
      return true;
    }
    if (take(INPUT, HAS_INPUT)) {
      inputStart = json.valueStart();
      inputEnd = json.valueEnd();
      return true;
    }
    if (take(TOOLS, HAS_TOOLS)) {
      noteUnlessEmptyArray(HAS_TOOLS);
      return true;
    }
    if (json.keyFoldsTo(MODEL)) {
      // Servers written in Go match keys without regard to case, and the last one wins.
      problem("model", "a key differs from 'model' only in case; write 'model'");
    }
    return false;
  }

  /** If the key is {@code name}: notes it, refuses a second one, and takes the value. */
  private boolean take(byte[] name, int bit) {
    if (!json.keyIs(name)) {
      return false;
    }
    boolean repeated = (given & bit) != 0;
    given |= bit;
    if (json.peek() != 'n') {
      values |= bit;
    }
    if (repeated) {
      problem(JsonText.decode(name, 0, name.length, 64), "is given twice; give it once");
    }
    json.skip();
    return true;
  }

  private void once(int bit, String param) {
    if ((given & bit) != 0) {
      problem(param, "is given twice; give it once");
    }
    given |= bit;
    if (json.peek() != 'n') {
      values |= bit;
    }
  }

  private void problem(String param, String what) {
    if (problem == null) {
      problem = what;
      problemParam = param;
    }
  }

  private void modelValue() {
    if (json.failed()) {
      return;
    }
    int from = json.valueStart();
    int to = json.valueEnd();
    if (body[from] != '"') {
      problem("model", "must be a string");
      return;
    }
    int length = to - from - 2;
    boolean escaped = json.escaped();
    if (escaped) {
      if (modelScratch.length == 0) {
        modelScratch = new byte[MODEL_SCRATCH_BYTES];
      }
      length = JsonText.unescape(body, from + 1, to - 1, modelScratch);
    }
    if (length < 0 || length > MAX_MODEL_BYTES) {
      problem(
          "model", "is longer than " + MAX_MODEL_BYTES + " bytes; its text has " + (to - from - 2));
      return;
    }
    modelStart = from + 1;
    modelEnd = to - 1;
    if (escaped) {
      model.set(modelScratch, 0, length);
    } else {
      model.set(body, modelStart, modelEnd);
    }
  }

  private void streamValue() {
    if (json.failed()) {
      return;
    }
    byte first = body[json.valueStart()];
    if (first == 't' || first == 'f' || first == 'n') {
      stream = first == 't';
      streamEnd = json.valueEnd();
    } else {
      problem("stream", "must be true or false");
    }
  }

  private void streamOptionsValue() {
    byte first = json.peek();
    streamOptionsStart = json.position();
    if (first != '{') {
      json.skip();
      if (first != 'n') {
        problem("stream_options", "must be an object");
      }
    } else {
      json.enterObject();
      while (json.nextMember()) {
        streamOptionsEmpty = false;
        if (!json.keyIs(INCLUDE_USAGE)) {
          json.skip();
          continue;
        }
        if (includeUsageStart >= 0) {
          problem("stream_options.include_usage", "is given twice; give it once");
        }
        if (json.skip()) {
          includeUsageStart = json.valueStart();
          includeUsageEnd = json.valueEnd();
          includeUsage = body[includeUsageStart] == 't';
        }
      }
    }
    streamOptionsEnd = json.position();
  }

  private void fallbacksValue() {
    if (json.failed()) {
      return;
    }
    fallbacksStart = json.valueStart();
    fallbacksEnd = json.valueEnd();
    fallbacksCutStart = json.commaAt() >= 0 ? json.commaAt() : json.keyAt();
    fallbacksCutEnd = fallbacksEnd;
  }

  private void messagesValue() {
    byte first = json.peek();
    messagesStart = json.position();
    if (first == '[') {
      messages.scan();
    } else {
      json.skip();
      if (first != 'n') {
        problem("messages", "must be an array");
      }
    }
    messagesEnd = json.position();
  }

  private void noteUnlessEmptyArray(int bit) {
    if (json.failed() || body[json.valueStart()] != '[') {
      return;
    }
    int i = json.valueStart() + 1;
    while (body[i] <= ' ' && body[i] >= 0) {
      i++;
    }
    if (body[i] == ']') {
      values &= ~bit;
    }
  }

  private long count(String param, long absent) {
    if (json.failed() || body[json.valueStart()] == 'n') {
      return absent;
    }
    byte first = body[json.valueStart()];
    if (first != '-' && (first < '0' || first > '9')) {
      problem(param, "must be a number");
      return absent;
    }
    return json.valueAsLong();
  }

  private boolean has(int bit) {
    return (values & bit) != 0;
  }

  /** What is wrong with the JSON and where, after {@link #scan} was false. Allocates. */
  public String errorMessage() {
    return json.errorMessage();
  }

  /** Where the JSON is wrong, counted from the body's start; -1 when it is not. */
  public int errorOffset() {
    return json.errorOffset();
  }

  /** Why a well-formed body must be refused all the same, or null. Allocates. */
  public @Nullable String problem() {
    return problem == null ? null : "'" + problemParam + "' " + problem;
  }

  /** The field that {@link #problem} is about, or null. */
  public @Nullable String problemParam() {
    return problemParam;
  }

  public byte[] array() {
    return body;
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  public int length() {
    return end - start;
  }

  /** The decoded model name; empty when there is none or it is no string. */
  public ByteRange model() {
    return model;
  }

  /** Where the model's text begins in the body, after its quote. */
  public int modelStart() {
    return modelStart;
  }

  public int modelEnd() {
    return modelEnd;
  }

  public boolean stream() {
    return stream;
  }

  /** Whether {@code stream_options.include_usage} is true. */
  public boolean includeUsage() {
    return includeUsage;
  }

  /** {@code max_tokens}; -1 when absent. */
  public long maxTokens() {
    return maxTokens;
  }

  /**
   * Where the key {@code max_tokens} begins, at its quote; -1 when there is none, or when {@code
   * max_completion_tokens} stands beside it, even as null.
   */
  public int maxTokensKeyAt() {
    return (given & HAS_MAX_COMPLETION_TOKENS) == 0 ? maxTokensKeyAt : -1;
  }

  /** {@code max_completion_tokens}; -1 when absent. */
  public long maxCompletionTokens() {
    return maxCompletionTokens;
  }

  /** How many answers are asked for; 1 when absent. */
  public long n() {
    return n;
  }

  /** Whether {@code tools} or {@code functions} is there and not empty. */
  public boolean hasTools() {
    return has(HAS_TOOLS | HAS_FUNCTIONS);
  }

  public boolean hasResponseFormat() {
    return has(HAS_RESPONSE_FORMAT);
  }

  public boolean hasTemperature() {
    return has(HAS_TEMPERATURE);
  }

  public boolean hasMessages() {
    return has(HAS_MESSAGES);
  }

  public boolean hasInput() {
    return has(HAS_INPUT);
  }

  public boolean hasPrompt() {
    return has(HAS_PROMPT);
  }

  public boolean hasFallbacks() {
    return has(HAS_FALLBACKS);
  }

  /** The raw value of {@code user}, with quotes if it is a string. */
  public int userStart() {
    return userStart;
  }

  public int userEnd() {
    return userEnd;
  }

  /** The raw value of {@code input}. */
  public int inputStart() {
    return inputStart;
  }

  public int inputEnd() {
    return inputEnd;
  }

  /** The raw value of {@code prompt}. */
  public int promptStart() {
    return promptStart;
  }

  public int promptEnd() {
    return promptEnd;
  }

  /** The raw value of {@code messages}, with brackets. */
  public int messagesStart() {
    return messagesStart;
  }

  public int messagesEnd() {
    return messagesEnd;
  }

  /** The raw value of {@code fallbacks}. */
  public int fallbacksStart() {
    return fallbacksStart;
  }

  public int fallbacksEnd() {
    return fallbacksEnd;
  }

  /** What to cut so that {@code fallbacks} is gone and the object still well-formed. */
  int fallbacksCutStart() {
    return fallbacksCutStart;
  }

  int fallbacksCutEnd() {
    return fallbacksCutEnd;
  }

  /** What the messages hold. */
  public MessageScan messages() {
    return messages;
  }

  /** Where a member can be put: after the opening brace. */
  int objectStart() {
    return objectStart;
  }

  /** Whether the body is <code>{}</code>. */
  boolean isEmpty() {
    return empty;
  }

  int streamEnd() {
    return streamEnd;
  }

  int streamOptionsStart() {
    return streamOptionsStart;
  }

  int streamOptionsEnd() {
    return streamOptionsEnd;
  }

  boolean streamOptionsIsObject() {
    return streamOptionsStart >= 0 && body[streamOptionsStart] == '{';
  }

  boolean streamOptionsEmpty() {
    return streamOptionsEmpty;
  }

  int includeUsageStart() {
    return includeUsageStart;
  }

  int includeUsageEnd() {
    return includeUsageEnd;
  }
}
