package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

/**
 * Decides whether a {@code delta} or {@code message} says anything.
 *
 * <p>Stateless, allocates nothing. A role, an empty string or an opened tool call without a name is
 * not content: providers send those as signs of life while a request waits in their queue.
 */
final class DeltaScan {
  private static final byte[] CONTENT = name("content");
  private static final byte[] REASONING_CONTENT = name("reasoning_content");
  private static final byte[] REASONING = name("reasoning");
  private static final byte[] REFUSAL = name("refusal");
  private static final byte[] AUDIO = name("audio");
  private static final byte[] IMAGES = name("images");
  private static final byte[] DATA = name("data");
  private static final byte[] TRANSCRIPT = name("transcript");
  private static final byte[] TOOL_CALLS = name("tool_calls");
  private static final byte[] FUNCTION_CALL = name("function_call");
  private static final byte[] FUNCTION = name("function");
  private static final byte[] CUSTOM = name("custom");
  private static final byte[] NAME = name("name");
  private static final byte[] ARGUMENTS = name("arguments");
  private static final byte[] INPUT = name("input");

  private DeltaScan() {}

  /** Takes the value at the cursor. */
  static boolean hasContent(JsonScan json) {
    if (json.peek() != '{') {
      json.skip();
      return false;
    }
    boolean content = false;
    json.enterObject();
    while (json.nextMember()) {
      content |= value(json);
    }
    return content;
  }

  /** Whether the member at the cursor, of a delta or message, says anything; takes its value. */
  static boolean value(JsonScan json) {
    if (json.keyIs(CONTENT)
        || json.keyIs(REASONING_CONTENT)
        || json.keyIs(REASONING)
        || json.keyIs(REFUSAL)
        || json.keyIs(IMAGES)) {
      return textOrParts(json);
    }
    if (json.keyIs(TOOL_CALLS)) {
      return toolCalls(json);
    }
    if (json.keyIs(FUNCTION_CALL)) {
      return anyText(json, NAME, ARGUMENTS);
    }
    if (json.keyIs(AUDIO)) {
      return anyText(json, DATA, TRANSCRIPT);
    }
    json.skip();
    return false;
  }

  /** Content may be an array: Mistral sends thinking parts. */
  private static boolean textOrParts(JsonScan json) {
    if (json.peek() == '[') {
      boolean any = false;
      json.enterArray();
      while (json.nextElement()) {
        any = true;
        json.skip();
      }
      return any;
    }
    json.skip();
    return json.valueIsText();
  }

  private static boolean toolCalls(JsonScan json) {
    if (json.peek() != '[') {
      json.skip();
      return false;
    }
    boolean content = false;
    json.enterArray();
    while (json.nextElement()) {
      if (json.peek() != '{') {
        json.skip();
        continue;
      }
      json.enterObject();
      while (json.nextMember()) {
        if (json.keyIs(FUNCTION)) {
          content |= anyText(json, NAME, ARGUMENTS);
        } else if (json.keyIs(CUSTOM)) {
          content |= anyText(json, NAME, INPUT);
        } else {
          json.skip();
        }
      }
    }
    return content;
  }

  /** Whether one of two members of the object at the cursor is a string that is not empty. */
  private static boolean anyText(JsonScan json, byte[] one, byte[] other) {
    if (json.peek() != '{') {
      json.skip();
      return false;
    }
    boolean text = false;
    json.enterObject();
    while (json.nextMember()) {
      boolean ours = json.keyIs(one) || json.keyIs(other);
      json.skip();
      text |= ours && json.valueIsText();
    }
    return text;
  }
}
