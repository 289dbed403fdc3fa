package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;

/**
 * Anthropic's Messages wire: named events from {@code message_start} to {@code message_stop}, input
 * tokens counted at the start and output tokens, cumulative, in {@code message_delta}.
 *
 * <p>Not thread-safe; one per answer.
 */
final class MessagesWire implements SimulatedWire {
  private final SimulatedAnswer answer;
  private final boolean usage;

  MessagesWire(SimulatedAnswer answer, SimulatedBehaviour behaviour) {
    this.answer = answer;
    usage = behaviour.countOr(Knob.USAGE, 0) != OpenAiWire.USAGE_NONE;
  }

  @Override
  public void plain(ByteSink out) {
    message(out, "[");
    if (answer.isToolCall()) {
      toolUse(out).ascii(answer.text()).append('}');
    } else {
      out.ascii("{\"type\":\"text\",\"text\":").jsonString(answer.text()).append('}');
    }
    out.ascii("],\"stop_reason\":\"").ascii(stopReason()).ascii("\",\"stop_sequence\":null");
    usage(out, answer.tokens().size(), true);
    out.append('}');
  }

  @Override
  public void role(ByteSink out) {
    out.ascii("event: message_start\ndata: {\"type\":\"message_start\",\"message\":");
    message(out, "[]");
    out.ascii(",\"stop_reason\":null,\"stop_sequence\":null");
    usage(out, 1, true);
    out.ascii("}}\n\n");
  }

  @Override
  public void beforeTokens(ByteSink out) {
    out.ascii("event: content_block_start\n");
    out.ascii("data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":");
    if (answer.isToolCall()) {
      toolUse(out).ascii("{}}");
    } else {
      out.ascii("{\"type\":\"text\",\"text\":\"\"}");
    }
    out.ascii("}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n");
  }

  @Override
  public void token(ByteSink out, String token) {
    out.ascii("event: content_block_delta\n");
    out.ascii("data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":");
    out.ascii(
        answer.isToolCall()
            ? "\"input_json_delta\",\"partial_json\":"
            : "\"text_delta\",\"text\":");
    out.jsonString(token).ascii("}}\n\n");
  }

  @Override
  public void finish(ByteSink out) {
    out.ascii("event: content_block_stop\n");
    out.ascii("data: {\"type\":\"content_block_stop\",\"index\":0}\n\n");
    out.ascii("event: message_delta\n");
    out.ascii("data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"");
    out.ascii(stopReason()).ascii("\",\"stop_sequence\":null}");
    usage(out, answer.tokens().size(), false);
    out.ascii("}\n\n");
  }

  @Override
  public void usage(ByteSink out) {}

  @Override
  public void done(ByteSink out) {
    out.ascii("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  }

  @Override
  public void errorEvent(ByteSink out) {
    out.ascii("event: error\ndata: ");
    SimulatedError.streamed().body(out, true);
    out.ascii("\n\n");
  }

  private void message(ByteSink out, String content) {
    out.ascii("{\"id\":\"msg_sim").ascii(answer.id());
    out.ascii("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":");
    out.jsonString(answer.request().model).ascii(",\"content\":").ascii(content);
  }

  private ByteSink toolUse(ByteSink out) {
    String name = answer.toolName();
    out.ascii("{\"type\":\"tool_use\",\"id\":\"toolu_sim").ascii(answer.id());
    return out.ascii("\",\"name\":").jsonString(name == null ? "" : name).ascii(",\"input\":");
  }

  private String stopReason() {
    if (answer.isToolCall()) {
      return "tool_use";
    }
    return answer.cut() ? "max_tokens" : "end_turn";
  }

  private void usage(ByteSink out, int outputTokens, boolean input) {
    if (!usage) {
      return;
    }
    out.ascii(",\"usage\":{");
    if (input) {
      out.ascii("\"input_tokens\":").decimal(answer.request().promptTokens);
      out.ascii(",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,");
    }
    out.ascii("\"output_tokens\":").decimal(outputTokens).append('}');
  }
}
