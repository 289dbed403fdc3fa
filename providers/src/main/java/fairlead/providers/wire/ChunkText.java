package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import org.jspecify.annotations.Nullable;

/**
 * Finds the text in one chunk of a chat or legacy completion stream, and tells whether the chunk is
 * of the plain kind: text of one choice and nothing else that a reader would see.
 *
 * <p>Not thread-safe, reusable. One validating pass, no allocation. Ranges are absolute indexes; a
 * start of -1 means absent.
 */
final class ChunkText {
  private static final byte[] CHOICES = name("choices");
  private static final byte[] INDEX = name("index");
  private static final byte[] DELTA = name("delta");
  private static final byte[] TEXT = name("text");
  private static final byte[] FINISH_REASON = name("finish_reason");
  private static final byte[] LOGPROBS = name("logprobs");
  private static final byte[] ROLE = name("role");
  private static final byte[] CONTENT = name("content");

  /** Members of a delta that a reader sees and that cannot be told from plain text's place. */
  private static final byte[][] OTHERS = {
    name("tool_calls"),
    name("function_call"),
    name("refusal"),
    name("audio"),
    name("images"),
    name("reasoning"),
    name("reasoning_content"),
    name("reasoning_details"),
    name("thinking"),
    name("thinking_blocks"),
  };

  private static final byte[] NONE = {};

  private final JsonScan json = new JsonScan();
  private @Nullable SentAnswer notes;
  private byte[] data = NONE;
  private boolean sound;
  private boolean choice;
  private boolean finish;
  private int textStart;
  private int textEnd;
  private int roleCutStart;
  private int roleCutEnd;

  /** What else the chunks say is noted there from now on; null: nowhere. */
  void noteIn(@Nullable SentAnswer answer) {
    notes = answer;
  }

  /** Lets go of the last chunk. */
  void forget() {
    json.forget();
    data = NONE;
  }

  /** Looks at the chunk {@code array[start, end)}; false if it is not one valid JSON object. */
  boolean scan(byte[] array, int start, int end) {
    data = array;
    sound = true;
    choice = false;
    finish = false;
    textStart = -1;
    textEnd = -1;
    roleCutStart = -1;
    roleCutEnd = -1;
    json.begin(array, start, end);
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(CHOICES) && json.peek() == '[') {
        choices();
      } else {
        json.skip();
        if (notes != null) {
          notes.top(json, data);
        }
      }
    }
    if (!json.end()) {
      sound = false;
      textStart = -1;
      textEnd = -1;
      return false;
    }
    return true;
  }

  private void choices() {
    json.enterArray();
    while (json.nextElement()) {
      sound &= !choice && json.peek() == '{';
      choice = true;
      if (json.peek() == '{') {
        choice();
      } else {
        json.skip();
      }
    }
  }

  private void choice() {
    SentAnswer to = notes;
    if (to != null) {
      to.sawChoice();
    }
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(DELTA) && json.peek() == '{') {
        delta();
      } else if (json.keyIs(TEXT)) {
        text();
        if (to != null) {
          to.refuse(); // another wire
        }
      } else if (json.keyIs(FINISH_REASON)) {
        json.skip();
        finish |= json.valueIsText();
        if (to != null) {
          to.choiceMember(json, data);
        }
      } else if (json.keyIs(INDEX)) {
        json.skip();
        sound &= json.valueAsLong() <= 0;
        if (to != null) {
          to.index(json, data);
        }
      } else if (json.keyIs(LOGPROBS)) {
        json.skip();
        sound &= saysNothing();
        if (to != null) {
          to.logprobs(json, data);
        }
      } else {
        json.skip();
        if (to != null) {
          to.choiceMember(json, data);
        }
      }
    }
  }

  private void delta() {
    SentAnswer to = notes;
    if (to != null) {
      to.sawDelta();
    }
    boolean cutToNextKey = false;
    json.enterObject();
    while (json.nextMember()) {
      if (cutToNextKey) {
        roleCutEnd = json.keyAt();
        cutToNextKey = false;
      }
      if (json.keyIs(CONTENT)) {
        text();
        if (to != null) {
          to.content(json, data);
        }
        continue;
      }
      if (json.keyIs(ROLE)) {
        int comma = json.commaAt();
        roleCutStart = comma < 0 ? json.keyAt() : comma;
        json.skip();
        roleCutEnd = json.valueEnd();
        cutToNextKey = comma < 0;
      } else {
        boolean other = isOther();
        json.skip();
        sound &= !other || saysNothing();
      }
      if (to != null) {
        to.deltaMember(json, data);
      }
    }
  }

  private boolean isOther() {
    for (byte[] other : OTHERS) {
      if (json.keyIs(other)) {
        return true;
      }
    }
    return false;
  }

  private void text() {
    json.skip();
    if (json.failed() || data[json.valueStart()] != '"') {
      // Mistral's thinking comes as a list of parts.
      sound &= saysNothing();
      return;
    }
    sound &= textStart < 0; // which of two would be shown?
    textStart = json.valueStart() + 1;
    textEnd = json.valueEnd() - 1;
  }

  /** Whether the value just taken is null, or an empty string, list or object. */
  private boolean saysNothing() {
    int start = json.valueStart();
    int end = json.valueEnd();
    if (json.failed() || data[start] == 'n') {
      return true;
    }
    if (data[start] != '"' && data[start] != '[' && data[start] != '{') {
      return false;
    }
    for (int i = start + 1; i < end - 1; i++) {
      if (data[start] == '"' || data[i] > ' ' || data[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is nothing but text of one choice. */
  boolean sound() {
    return sound;
  }

  /** Whether there is a choice at all; a chunk of usage has none. */
  boolean hasChoice() {
    return choice;
  }

  /** Whether the choice finishes. */
  boolean finish() {
    return finish;
  }

  boolean hasText() {
    return textEnd > textStart;
  }

  /** Where the inside of the text's string begins, which may be empty. */
  int textStart() {
    return textStart;
  }

  int textEnd() {
    return textEnd;
  }

  /** What to cut so that the delta has no role and is still well-formed. */
  int roleCutStart() {
    return roleCutStart;
  }

  int roleCutEnd() {
    return roleCutEnd;
  }
}
