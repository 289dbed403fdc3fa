package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import fairlead.providers.Usage;

/**
 * Looks at one chunk of a streamed chat or legacy completion answer in place and tells what it
 * brings.
 *
 * <p>Not thread-safe; reusable. Cost: one pass over the chunk, no allocation except for errors. The
 * signals are those of {@code AnswerStream}, with the same numbers.
 */
public final class ChatChunkScan {
  /** Text, reasoning, a refusal, audio or a part of a tool call that is not empty. */
  public static final int CONTENT = 1;

  /** A finish reason other than an error. */
  public static final int FINISH = 2;

  /** Token counts, now in {@link #usage}. */
  public static final int USAGE = 4;

  /** An error object, or a finish reason that means one. */
  public static final int ERROR = 8;

  /** Not a JSON object. */
  public static final int MALFORMED = 32;

  /** Choices from here on share the last bit of the masks. */
  private static final int MAX_CHOICE_BITS = Long.SIZE;

  private static final byte[] NONE = {};
  private static final byte[] CHOICES = name("choices");
  private static final byte[] USAGE_KEY = name("usage");
  private static final byte[] X_GROQ = name("x_groq");
  private static final byte[] ERROR_KEY = name("error");
  private static final byte[] OBJECT = name("object");
  private static final byte[] INDEX = name("index");
  private static final byte[] DELTA = name("delta");
  private static final byte[] TEXT = name("text");
  private static final byte[] FINISH_REASON = name("finish_reason");
  private static final byte[] INSUFFICIENT_RESOURCE = name("insufficient_system_resource");
  private static final byte[] NETWORK_ERROR = name("network_error");

  private final JsonScan json = new JsonScan();
  private final Usage usage = new Usage();
  private final ByteRange finishReason = new ByteRange();
  private final ErrorBodyScan error = new ErrorBodyScan();

  private final ChunkTemplate template = new ChunkTemplate();
  private final boolean remembers;

  private byte[] data = NONE;
  private int signals;
  private long templateSeen;
  private boolean choices;
  private long seen;
  private long finished;
  private int errorStart;
  private int errorEnd;

  public ChatChunkScan() {
    this(true);
  }

  /**
   * @param remembers whether chunks that repeat the one before are recognised; false: each is
   *     scanned as a whole, the slow twin for tests
   */
  ChatChunkScan(boolean remembers) {
    this.remembers = remembers;
  }

  /** Starts a new stream: forgets the usage. */
  public void begin() {
    template.begin();
    usage.clear();
    finishReason.clear();
    error.clear();
  }

  /** Lets go of the last chunk; only the counts stay. */
  public void forget() {
    json.forget();
    template.forget();
    data = NONE;
    finishReason.clear();
    error.forget();
  }

  /**
   * Looks at the chunk {@code array[start, end)}.
   *
   * @return the signals, or-ed
   */
  public int scan(byte[] array, int start, int end) {
    data = array;
    signals = 0;
    choices = false;
    seen = 0;
    finished = 0;
    errorStart = -1;
    errorEnd = -1;
    if (remembers && template.fits(array, start, end)) {
      signals = CONTENT;
      choices = true;
      seen = templateSeen;
      return signals;
    }
    boolean errorAtTop = false;
    json.begin(array, start, end);
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(CHOICES)) {
        choiceList();
      } else if (json.keyIs(USAGE_KEY)) {
        usageValue();
      } else if (json.keyIs(X_GROQ)) {
        groq();
      } else if (json.keyIs(ERROR_KEY)) {
        errorAtTop |= errorValue();
      } else if (json.keyIs(OBJECT)) {
        json.skip();
        // vLLM of old: {"object":"error","message":…}
        errorAtTop |= json.valueIs(ERROR_KEY);
      } else {
        json.skip();
      }
    }
    if (!json.end()) {
      return MALFORMED;
    }
    if (errorAtTop) {
      signals |= ERROR;
      error.scan(array, start, end);
    } else if ((signals & ERROR) != 0) {
      error.scanValue(array, errorStart, errorEnd);
    }
    if (remembers && signals == CONTENT) {
      template.learn(array, start, end);
      templateSeen = seen;
    }
    return signals;
  }

  private void choiceList() {
    if (json.peek() != '[') {
      json.skip();
      return;
    }
    json.enterArray();
    while (json.nextElement()) {
      choices = true;
      if (json.peek() == '{') {
        choice();
      } else {
        json.skip();
      }
    }
  }

  private void choice() {
    long index = 0;
    boolean finish = false;
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(DELTA)) {
        if (DeltaScan.hasContent(json)) {
          signals |= CONTENT;
        }
      } else if (json.keyIs(FINISH_REASON)) {
        json.skip();
        finish |= finishReason();
      } else if (json.keyIs(TEXT)) {
        json.skip();
        if (json.valueIsText()) {
          signals |= CONTENT;
        }
      } else if (json.keyIs(INDEX)) {
        json.skip();
        index = Math.max(0, json.valueAsLong());
      } else if (json.keyIs(ERROR_KEY)) {
        errorValue();
      } else {
        json.skip();
      }
    }
    long bit = 1L << Math.min(index, MAX_CHOICE_BITS - 1);
    seen |= bit;
    if (finish) {
      finished |= bit;
    }
  }

  private boolean finishReason() {
    if (json.failed() || !json.valueIsText()) {
      return false;
    }
    int start = json.valueStart();
    int end = json.valueEnd();
    finishReason.set(data, start + 1, end - 1);
    // DeepSeek and Z.ai name the failure; to a caller it would look like an odd but complete
    // answer.
    if (json.valueIs(ERROR_KEY)
        || json.valueIs(INSUFFICIENT_RESOURCE)
        || json.valueIs(NETWORK_ERROR)) {
      noteError(start, end);
      return false;
    }
    signals |= FINISH;
    return true;
  }

  /** Takes the value of an {@code error} key; true if it is one. */
  private boolean errorValue() {
    byte first = json.peek();
    json.skip();
    if (json.failed() || (first != '{' && !json.valueIsText())) {
      return false;
    }
    noteError(json.valueStart(), json.valueEnd());
    return true;
  }

  private void noteError(int start, int end) {
    // An error object tells more than a finish reason beside it.
    if (errorStart < 0 || data[start] == '{') {
      errorStart = start;
      errorEnd = end;
    }
    signals |= ERROR;
  }

  private void usageValue() {
    if (UsageScan.scan(json, usage)) {
      signals |= USAGE;
    }
  }

  /** Groq puts usage into the last chunk's {@code x_groq}, and errors too. */
  private void groq() {
    if (json.peek() != '{') {
      json.skip();
      return;
    }
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(USAGE_KEY)) {
        usageValue();
      } else if (json.keyIs(ERROR_KEY)) {
        errorValue();
      } else {
        json.skip();
      }
    }
  }

  /** The counts seen since {@link #begin}; the last ones win. */
  public Usage usage() {
    return usage;
  }

  /** Whether the last chunk holds usage and no choice. */
  public boolean usageOnly() {
    return !choices && signals == USAGE;
  }

  /** The text of the last finish reason; valid while the chunk is. */
  public ByteRange lastFinishReason() {
    return finishReason;
  }

  /** One bit per choice index in the last chunk. */
  public long choicesSeen() {
    return seen;
  }

  /** One bit per choice index that finished in the last chunk. */
  public long choicesFinished() {
    return finished;
  }

  /** What the error says, after {@link #ERROR}. */
  public ErrorBodyScan error() {
    return error;
  }

  /** What is wrong with the JSON, after {@link #MALFORMED}. Allocates. */
  public String malformedMessage() {
    return json.errorMessage();
  }
}
