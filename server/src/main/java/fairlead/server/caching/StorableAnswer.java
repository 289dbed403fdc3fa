package fairlead.server.caching;

import fairlead.providers.Operation;
import fairlead.providers.Usage;
import fairlead.providers.wire.ChatAnswerScan;
import fairlead.providers.wire.JsonScan;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an answer may be kept, and finds in it what the cache wants to know.
 *
 * <p>Not thread-safe, reusable. Two passes in place; allocates only to grow. An answer is kept only
 * if it says by itself that it is whole: a provider that gives no finish reason is not believed.
 */
public final class StorableAnswer {
  /** Why an answer is not kept. */
  public enum Reason {
    TOO_LARGE,
    /** Not JSON, or not the object that such an answer is. */
    MALFORMED,
    /** It reports an error. */
    ERROR,
    /** It ended for another reason than that it was whole. */
    NOT_FINISHED,
    /** It wants a tool to act. */
    TOOL_CALLS,
    /** The model refused: another time it may not. */
    REFUSAL,
    /** It says nothing. */
    EMPTY
  }

  private static final byte[] CHOICES = JsonScan.name("choices");
  private static final byte[] DATA = JsonScan.name("data");
  private static final byte[] INDEX = JsonScan.name("index");
  private static final byte[] MESSAGE = JsonScan.name("message");
  private static final byte[] CONTENT = JsonScan.name("content");
  private static final byte[] TEXT = JsonScan.name("text");
  private static final byte[] REFUSAL = JsonScan.name("refusal");
  private static final byte[] TOOL_CALLS = JsonScan.name("tool_calls");
  private static final byte[] FUNCTION_CALL = JsonScan.name("function_call");
  private static final byte[] FINISH_REASON = JsonScan.name("finish_reason");
  private static final byte[] STOP = JsonScan.name("stop");
  private static final byte[] NOTHING = {};

  private final ChatAnswerScan facts = new ChatAnswerScan();
  private final JsonScan json = new JsonScan();
  private final TextDecoder decoder = new TextDecoder();

  private byte[] a = NOTHING;
  private byte[] text = NOTHING;
  private int textStart;
  private int textEnd;
  private int choices;
  private int stopped;
  private int empty;
  private boolean acts;
  private boolean refuses;
  private boolean vectors;

  /**
   * Looks at a whole answer that was sent with status 200.
   *
   * @return null if it may be kept; the other methods then tell of it
   */
  public @Nullable Reason check(Operation operation, byte[] answer, int maxBytes) {
    a = answer;
    text = NOTHING;
    textStart = 0;
    textEnd = 0;
    choices = 0;
    stopped = 0;
    empty = 0;
    acts = false;
    refuses = false;
    vectors = false;
    if (answer.length > maxBytes) {
      return Reason.TOO_LARGE;
    }
    if (!facts.scan(answer, 0, answer.length)) {
      return Reason.MALFORMED;
    }
    if (facts.isError()) {
      return Reason.ERROR;
    }
    read();
    if (operation == Operation.EMBEDDINGS) {
      return vectors ? null : Reason.EMPTY;
    }
    if (choices == 0) {
      return Reason.MALFORMED;
    }
    if (acts) {
      return Reason.TOOL_CALLS;
    }
    if (refuses) {
      return Reason.REFUSAL;
    }
    if (stopped < choices) {
      return Reason.NOT_FINISHED;
    }
    return empty > 0 ? Reason.EMPTY : null;
  }

  private void read() {
    json.begin(a, 0, a.length);
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(CHOICES) && json.peek() == '[') {
        json.enterArray();
        while (json.nextElement()) {
          choices++;
          choice();
        }
      } else if (json.keyIs(DATA)) {
        json.skip();
        vectors = a[json.valueStart()] == '[' && json.valueEnd() - json.valueStart() > 2;
      } else {
        json.skip();
      }
    }
  }

  private void choice() {
    if (json.peek() != '{') {
      json.skip();
      return;
    }
    boolean first = choices == 1;
    int from = -1;
    int to = -1;
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(MESSAGE) && json.peek() == '{') {
        json.enterObject();
        while (json.nextMember()) {
          if (json.keyIs(CONTENT)) {
            json.skip();
            from = json.valueStart();
            to = json.valueEnd();
          } else {
            messageMember();
          }
        }
      } else if (json.keyIs(TEXT)) {
        json.skip();
        from = json.valueStart();
        to = json.valueEnd();
      } else if (json.keyIs(FINISH_REASON)) {
        json.skip();
        stopped += json.valueIs(STOP) ? 1 : 0;
      } else if (json.keyIs(INDEX)) {
        json.skip();
        first = json.valueAsLong() == 0;
      } else {
        json.skip();
      }
    }
    // Content may be an array of parts (Mistral): kept, but of no text to compare.
    boolean said = from >= 0 && to - from > 2 && (a[from] == '"' || a[from] == '[');
    empty += said ? 0 : 1;
    if (said && first && a[from] == '"') {
      decode(from + 1, to - 1);
    }
  }

  private void messageMember() {
    boolean calls = json.keyIs(TOOL_CALLS) || json.keyIs(FUNCTION_CALL);
    boolean refusal = json.keyIs(REFUSAL);
    json.skip();
    byte first = a[json.valueStart()];
    boolean some = json.valueEnd() - json.valueStart() > 2 && first != 'n';
    acts |= calls && some;
    refuses |= refusal && some;
  }

  private void decode(int from, int to) {
    if (Words.stop(a, from, to) == to) {
      text = a;
      textStart = from;
      textEnd = to;
    } else {
      decoder.decode(a, from, a.length);
      text = decoder.text();
      textStart = 0;
      textEnd = decoder.length();
    }
  }

  /**
   * As {@link #check}, of an answer that was looked at already.
   *
   * @param length of the answer
   */
  public static @Nullable Reason check(
      Operation operation, ChatAnswerScan answer, int length, int maxBytes) {
    if (length > maxBytes) {
      return Reason.TOO_LARGE;
    }
    if (answer.isError()) {
      return Reason.ERROR;
    }
    if (operation == Operation.EMBEDDINGS) {
      return answer.hasVectors() ? null : Reason.EMPTY;
    }
    if (answer.choices() == 0) {
      return Reason.MALFORMED;
    }
    if (answer.acts()) {
      return Reason.TOOL_CALLS;
    }
    if (answer.refuses()) {
      return Reason.REFUSAL;
    }
    if (answer.stopped() < answer.choices()) {
      return Reason.NOT_FINISHED;
    }
    return answer.silent() > 0 ? Reason.EMPTY : null;
  }

  /** What the provider has counted. */
  public Usage usage() {
    return facts.usage();
  }

  /** Holds the text of the first choice, decoded; empty where there is none. */
  public byte[] text() {
    return text;
  }

  public int textStart() {
    return textStart;
  }

  public int textEnd() {
    return textEnd;
  }

  /** Lets go of the answer. */
  public void forget() {
    facts.forget();
    json.forget();
    decoder.trim();
    a = NOTHING;
    text = NOTHING;
    textStart = 0;
    textEnd = 0;
  }
}
