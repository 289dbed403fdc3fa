package fairlead.providers.dialect;

import static fairlead.providers.dialect.RefusedRequestException.invalid;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;

/**
 * How much a model shall think: {@code reasoning_effort} of the chat wire, or the provider's own
 * {@code thinking}, which wins.
 *
 * <p>Not thread-safe, reusable.
 */
final class AnthropicThinking {
  /** The provider's least budget. */
  private static final int MIN_BUDGET_TOKENS = 1024;

  private static final int LOW_BUDGET_TOKENS = 2048;
  private static final int MEDIUM_BUDGET_TOKENS = 8192;
  private static final int HIGH_BUDGET_TOKENS = 16_384;
  private static final int MAX_BUDGET_TOKENS = 32_768;

  private final JsonCursor json = new JsonCursor();
  private final ByteRange type = new ByteRange();
  private long explicitBudget;
  private String effort = "";
  private int budget;

  /** Reads what the caller wants; both values may be empty. */
  void read(ByteRange thinking, ByteRange reasoningEffort, AnthropicTarget target)
      throws RefusedRequestException {
    type.clear();
    explicitBudget = 0;
    effort = "";
    budget = 0;
    json.over(thinking);
    if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("type")) {
          json.stringOrSkip(type);
        } else if (json.keyIs("budget_tokens")) {
          explicitBudget = json.longOr(0);
        } else {
          json.skip();
        }
      }
    } else if (!thinking.isEmpty()) {
      throw invalid("thinking", "must be an object");
    }
    if (!reasoningEffort.isEmpty()) {
      effort(reasoningEffort, target);
    }
  }

  private void effort(ByteRange value, AnthropicTarget target) throws RefusedRequestException {
    json.over(value);
    if (json.peekString()) {
      json.string();
      if (json.valueIs("none")) {
        set("none", 0);
        return;
      } else if (json.valueIs("minimal")) {
        set("low", MIN_BUDGET_TOKENS);
        return;
      } else if (json.valueIs("low")) {
        set("low", LOW_BUDGET_TOKENS);
        return;
      } else if (json.valueIs("medium")) {
        set("medium", MEDIUM_BUDGET_TOKENS);
        return;
      } else if (json.valueIs("high")) {
        set("high", HIGH_BUDGET_TOKENS);
        return;
      } else if (json.valueIs("xhigh")) {
        set(target.xhighEffort() ? "xhigh" : "high", MAX_BUDGET_TOKENS);
        return;
      } else if (json.valueIs("max")) {
        set("max", MAX_BUDGET_TOKENS);
        return;
      }
    }
    throw invalid(
        "reasoning_effort",
        "must be none, minimal, low, medium, high, xhigh or max: " + JsonText.shown(value));
  }

  private void set(String newEffort, int newBudget) {
    effort = newEffort;
    budget = newBudget;
  }

  /** Room for an explicit budget where the caller gave no limit of tokens. */
  long explicitBudget() {
    return explicitBudget;
  }

  /** {@code output_config.effort}, or empty. */
  String effort(AnthropicTarget target) {
    return target.adaptiveThinking() && !effort.equals("none") ? effort : "";
  }

  /**
   * Appends {@code ,"thinking":...} if there is to be any.
   *
   * @param forced whether a tool call is forced, which excludes thinking
   * @param continued whether a tool loop goes on whose thinking is lost, which excludes a budget
   * @return whether the model thinks, which excludes sampling parameters
   */
  boolean write(
      ByteRange thinking,
      AnthropicTarget target,
      long maxTokens,
      boolean forced,
      boolean continued,
      ByteSink out) {
    if (!thinking.isEmpty()) {
      JsonText.append(out.ascii(",\"thinking\":"), thinking);
      return !JsonCursor.equal(type, "disabled");
    }
    if (effort.isEmpty()) {
      return false;
    }
    if (effort.equals("none")) {
      if (target.adaptiveThinking()) {
        out.ascii(",\"thinking\":{\"type\":\"disabled\"}");
      }
      return false;
    }
    if (forced) {
      return false;
    }
    if (target.adaptiveThinking()) {
      out.ascii(",\"thinking\":{\"type\":\"adaptive\"}");
      return true;
    }
    // Half of the tokens stay for the answer itself where that is possible.
    long tokens = Math.min(budget, Math.max(MIN_BUDGET_TOKENS, maxTokens / 2));
    if (continued || tokens >= maxTokens) {
      return false;
    }
    out.ascii(",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":").decimal(tokens);
    out.append('}');
    return true;
  }
}
