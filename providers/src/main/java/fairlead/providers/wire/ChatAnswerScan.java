package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import fairlead.providers.Usage;

/**
 * Looks at a whole answer that was not streamed: chat, legacy completion or embeddings.
 *
 * <p>Not thread-safe; reusable. Cost: one pass in place, no allocation except for errors.
 */
public final class ChatAnswerScan {
  private static final byte[] NONE = {};
  private static final byte[] CHOICES = name("choices");
  private static final byte[] DATA = name("data");
  private static final byte[] USAGE = name("usage");
  private static final byte[] ERROR = name("error");
  private static final byte[] OBJECT = name("object");
  private static final byte[] MODEL = name("model");
  private static final byte[] MESSAGE = name("message");
  private static final byte[] TEXT = name("text");
  private static final byte[] CONTENT = name("content");
  private static final byte[] REFUSAL = name("refusal");
  private static final byte[] TOOL_CALLS = name("tool_calls");
  private static final byte[] FUNCTION_CALL = name("function_call");
  private static final byte[] STOP = name("stop");
  private static final byte[] FINISH_REASON = name("finish_reason");
  private static final byte[] INSUFFICIENT_RESOURCE = name("insufficient_system_resource");
  private static final byte[] NETWORK_ERROR = name("network_error");

  private final JsonScan json = new JsonScan();
  private final Usage usage = new Usage();
  private final ByteRange model = new ByteRange();
  private final ByteRange finishReason = new ByteRange();
  private final ErrorBodyScan error = new ErrorBodyScan();

  private byte[] body = NONE;
  private boolean content;
  private boolean failed;
  private int choices;
  private int unfinished;
  private int stopped;
  private int silent;
  private boolean said;
  private boolean acts;
  private boolean refuses;
  private boolean vectors;
  private int errorStart;
  private int errorEnd;

  /** Reads {@code array[start, end)}; false when it is not one valid JSON object. */
  public boolean scan(byte[] array, int start, int end) {
    body = array;
    content = false;
    failed = false;
    choices = 0;
    unfinished = 0;
    stopped = 0;
    silent = 0;
    acts = false;
    refuses = false;
    vectors = false;
    errorStart = -1;
    errorEnd = -1;
    usage.clear();
    model.clear();
    finishReason.clear();
    error.clear();
    boolean errorAtTop = false;
    json.begin(array, start, end);
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(CHOICES)) {
        choiceList();
      } else if (json.keyIs(USAGE)) {
        UsageScan.scan(json, usage);
      } else if (json.keyIs(MODEL)) {
        json.skip();
        if (json.valueIsText()) {
          model.set(array, json.valueStart() + 1, json.valueEnd() - 1);
        }
      } else if (json.keyIs(DATA)) {
        json.skip();
        boolean some = json.valueEnd() - json.valueStart() > 2;
        content |= some;
        vectors = some && array[json.valueStart()] == '[';
      } else if (json.keyIs(ERROR)) {
        errorAtTop |= errorValue();
      } else if (json.keyIs(OBJECT)) {
        json.skip();
        errorAtTop |= json.valueIs(ERROR);
      } else {
        json.skip();
      }
    }
    if (!json.end()) {
      return false;
    }
    if (errorAtTop) {
      failed = true;
      error.scan(array, start, end);
    } else if (failed) {
      error.scanValue(array, errorStart, errorEnd);
    }
    return true;
  }

  /** Lets go of the body; only the counts stay. */
  public void forget() {
    json.forget();
    body = NONE;
    model.clear();
    finishReason.clear();
    error.forget();
  }

  private void choiceList() {
    if (json.peek() != '[') {
      json.skip();
      return;
    }
    json.enterArray();
    while (json.nextElement()) {
      choices++;
      unfinished++;
      if (json.peek() != '{') {
        json.skip();
        continue;
      }
      said = false;
      json.enterObject();
      while (json.nextMember()) {
        if (json.keyIs(MESSAGE)) {
          message();
        } else if (json.keyIs(FINISH_REASON)) {
          json.skip();
          finishReasonValue();
        } else if (json.keyIs(TEXT)) {
          json.skip();
          content |= json.valueIsText();
          said = says(json.valueStart());
        } else if (json.keyIs(ERROR)) {
          errorValue();
        } else {
          json.skip();
        }
      }
      silent += said ? 0 : 1;
    }
  }

  private void message() {
    if (json.peek() != '{') {
      json.skip();
      return;
    }
    json.enterObject();
    while (json.nextMember()) {
      json.peek();
      int start = json.position();
      if (json.keyIs(CONTENT)) {
        content |= DeltaScan.value(json);
        said = says(start);
      } else if (json.keyIs(REFUSAL)) {
        content |= DeltaScan.value(json);
        refuses |= some(start);
      } else if (json.keyIs(TOOL_CALLS) || json.keyIs(FUNCTION_CALL)) {
        content |= DeltaScan.value(json);
        acts |= some(start);
      } else {
        content |= DeltaScan.value(json);
      }
    }
  }

  /** Whether the value that was taken last is more than null, an empty string or list. */
  private boolean some(int start) {
    return !json.failed() && json.position() - start > 2 && body[start] != 'n';
  }

  private boolean says(int start) {
    return some(start) && (body[start] == '"' || body[start] == '[');
  }

  private void finishReasonValue() {
    if (json.failed() || !json.valueIsText()) {
      return;
    }
    unfinished--;
    stopped += json.valueIs(STOP) ? 1 : 0;
    finishReason.set(body, json.valueStart() + 1, json.valueEnd() - 1);
    if (json.valueIs(ERROR) || json.valueIs(INSUFFICIENT_RESOURCE) || json.valueIs(NETWORK_ERROR)) {
      noteError(json.valueStart(), json.valueEnd());
    }
  }

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
    if (errorStart < 0 || body[start] == '{') {
      errorStart = start;
      errorEnd = end;
    }
    failed = true;
  }

  /** The provider's counts; not {@link Usage#known} when it gave none. */
  public Usage usage() {
    return usage;
  }

  /** Whether the answer, though perhaps of status 200, reports an error: {@link #error}. */
  public boolean isError() {
    return failed;
  }

  public ErrorBodyScan error() {
    return error;
  }

  /** Whether there is text, a tool call or embedding data. */
  public boolean hasContent() {
    return content;
  }

  /** Whether there is any choice. */
  public boolean hasChoices() {
    return choices > 0;
  }

  /** Whether there are choices and each has a finish reason. */
  public boolean finished() {
    return choices > 0 && unfinished == 0;
  }

  /** How many choices there are. */
  public int choices() {
    return choices;
  }

  /** How many of them ended because all was said. */
  public int stopped() {
    return stopped;
  }

  /** How many of them have no text; parts of any kind count as text. */
  public int silent() {
    return silent;
  }

  /** Whether one of them wants a tool or function to act. */
  public boolean acts() {
    return acts;
  }

  /** Whether one of them says that the model refuses. */
  public boolean refuses() {
    return refuses;
  }

  /** Whether there is a list of data, which an answer with embeddings has. */
  public boolean hasVectors() {
    return vectors;
  }

  /** The last choice's finish reason, empty when there is none; valid while the body is. */
  public ByteRange finishReason() {
    return finishReason;
  }

  /** The text of {@code model} as it stands, empty when there is none; valid while the body is. */
  public ByteRange model() {
    return model;
  }

  /** What is wrong with the JSON, after {@link #scan} was false. Allocates. */
  public String errorMessage() {
    return json.errorMessage();
  }
}
