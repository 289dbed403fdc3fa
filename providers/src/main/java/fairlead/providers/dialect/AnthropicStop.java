package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;

/**
 * How a Messages answer ended: {@code stop_reason} and {@code stop_details}.
 *
 * <p>Not thread-safe, reusable after {@link #clear}.
 */
final class AnthropicStop {
  private static final ByteRange NOTHING_HIDDEN = new ByteRange();

  private final JsonCursor json = new JsonCursor();
  private final ByteRange reason = new ByteRange();
  private final ByteRange details = new ByteRange();
  private final ByteRange explanation = new ByteRange();

  void clear() {
    reason.clear();
    details.clear();
    explanation.clear();
  }

  /** Reads the member the cursor stands at, if it is one of this class's; else false. */
  boolean field(JsonCursor object) {
    if (object.keyIs("stop_reason")) {
      object.stringOrSkip(reason);
    } else if (object.keyIs("stop_details")) {
      object.valueOrNull(details);
    } else {
      return false;
    }
    return true;
  }

  boolean known() {
    return !reason.isEmpty();
  }

  /**
   * Emits why the provider declined, if it did and says so, and the finish.
   *
   * @return whether there was a refusal text
   */
  boolean emit(AnswerEvents events) {
    boolean refused = JsonCursor.equal(reason, "refusal") && explained();
    if (refused) {
      events.refusal(explanation);
    }
    events.finish(chatReason(), plain() ? NOTHING_HIDDEN : reason);
    return refused;
  }

  private boolean explained() {
    json.over(details);
    if (!json.peekObject()) {
      return false;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("explanation")) {
        json.stringOrSkip(explanation);
      } else {
        json.skip();
      }
    }
    return !explanation.isEmpty();
  }

  private FinishReason chatReason() {
    if (JsonCursor.equal(reason, "tool_use")) {
      return FinishReason.TOOL_CALLS;
    }
    if (JsonCursor.equal(reason, "max_tokens")
        || JsonCursor.equal(reason, "model_context_window_exceeded")) {
      return FinishReason.LENGTH;
    }
    if (JsonCursor.equal(reason, "refusal")) {
      return FinishReason.CONTENT_FILTER;
    }
    return FinishReason.STOP;
  }

  /** Whether the chat wire's word says all that the provider's does. */
  private boolean plain() {
    return JsonCursor.equal(reason, "end_turn")
        || JsonCursor.equal(reason, "stop_sequence")
        || JsonCursor.equal(reason, "tool_use")
        || JsonCursor.equal(reason, "max_tokens")
        || JsonCursor.equal(reason, "refusal");
  }
}
