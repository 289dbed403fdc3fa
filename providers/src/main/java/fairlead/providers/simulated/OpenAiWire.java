package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's wire for chat and (legacy) completions: objects, chunks, usage chunk, {@code [DONE]}.
 *
 * <p>Not thread-safe; one per answer.
 */
final class OpenAiWire implements SimulatedWire {
  /** Positions of the choices of {@link Knob#USAGE}. */
  static final long USAGE_ALWAYS = 1;

  static final long USAGE_NONE = 2;
  static final long USAGE_WITH_CHOICES = 3;
  static final long USAGE_EVERY = 4;

  /** Constant, so that equal requests get equal answers: the first second of 2026. */
  private static final long CREATED_EPOCH_SECONDS = 1_767_225_600;

  private final SimulatedAnswer answer;
  private final boolean chat;
  private final long usage;
  private final byte[] chunkHead;

  OpenAiWire(SimulatedAnswer answer, SimulatedBehaviour behaviour) {
    this.answer = answer;
    chat = answer.request().kind == SimulatedWireKind.CHAT;
    usage = behaviour.countOr(Knob.USAGE, 0);
    ByteSink head = new ByteSink(256).ascii("data: ");
    objectHead(head, chat ? "chat.completion.chunk" : "text_completion");
    chunkHead = head.ascii("\"choices\":[").toByteArray();
  }

  @Override
  public void plain(ByteSink out) {
    objectHead(out, chat ? "chat.completion" : "text_completion");
    out.ascii("\"choices\":[{\"index\":0,");
    if (chat) {
      out.ascii("\"message\":{\"role\":\"assistant\",\"content\":");
      if (answer.isToolCall()) {
        out.ascii("null,\"refusal\":null,\"tool_calls\":[");
        toolCall(out, null, answer.text());
        out.append(']');
      } else {
        out.jsonString(answer.text()).ascii(",\"refusal\":null");
      }
      out.append('}');
    } else {
      out.ascii("\"text\":").jsonString(answer.text());
    }
    out.ascii(",\"logprobs\":null,\"finish_reason\":\"").ascii(finishReason()).ascii("\"}]");
    if (usage != USAGE_NONE) {
      out.append(',');
      usageObject(out);
    }
    out.append('}');
  }

  @Override
  public void role(ByteSink out) {
    if (!chat) {
      return;
    }
    out.append(chunkHead).ascii("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":");
    if (answer.isToolCall()) {
      out.ascii("null,\"tool_calls\":[");
      toolCall(out, 0, "");
      out.append(']');
    } else {
      out.ascii("\"\",\"refusal\":null");
    }
    out.append('}');
    end(out, null, false);
  }

  @Override
  public void beforeTokens(ByteSink out) {}

  @Override
  public void token(ByteSink out, String token) {
    out.append(chunkHead).ascii("{\"index\":0,");
    if (!chat) {
      out.ascii("\"text\":").jsonString(token);
    } else if (answer.isToolCall() && !token.isEmpty()) {
      out.ascii("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":");
      out.jsonString(token).ascii("}}]}");
    } else {
      out.ascii("\"delta\":{\"content\":").jsonString(token).append('}');
    }
    end(out, null, false);
  }

  @Override
  public void finish(ByteSink out) {
    out.append(chunkHead).ascii(chat ? "{\"index\":0,\"delta\":{}" : "{\"index\":0,\"text\":\"\"");
    end(out, finishReason(), usage == USAGE_WITH_CHOICES);
  }

  @Override
  public void usage(ByteSink out) {
    if (!separateUsage()) {
      return;
    }
    out.append(chunkHead).ascii("],");
    usageObject(out);
    out.ascii("}\n\n");
  }

  @Override
  public void done(ByteSink out) {
    out.ascii("data: [DONE]\n\n");
  }

  @Override
  public void errorEvent(ByteSink out) {
    out.ascii("data: ");
    SimulatedError.streamed().body(out, false);
    out.ascii("\n\n");
  }

  private boolean separateUsage() {
    return usage == USAGE_ALWAYS || (usage == 0 && answer.request().includeUsage);
  }

  private void objectHead(ByteSink out, String object) {
    out.ascii(chat ? "{\"id\":\"chatcmpl-sim" : "{\"id\":\"cmpl-sim").ascii(answer.id());
    out.ascii("\",\"object\":\"").ascii(object).ascii("\",\"created\":");
    out.decimal(CREATED_EPOCH_SECONDS).ascii(",\"model\":").jsonString(answer.request().model);
    out.ascii(",\"system_fingerprint\":\"fp_simulated\",");
  }

  private void end(ByteSink out, @Nullable String finishReason, boolean withUsage) {
    out.ascii(",\"logprobs\":null,\"finish_reason\":");
    if (finishReason == null) {
      out.ascii("null}]");
    } else {
      out.append('"').ascii(finishReason).ascii("\"}]");
    }
    if (withUsage || usage == USAGE_EVERY) {
      out.append(',');
      usageObject(out);
    } else if (separateUsage()) {
      out.ascii(",\"usage\":null");
    }
    out.ascii("}\n\n");
  }

  private void toolCall(ByteSink out, @Nullable Integer index, String arguments) {
    out.append('{');
    if (index != null) {
      out.ascii("\"index\":").decimal(index).append(',');
    }
    String name = answer.toolName();
    out.ascii("\"id\":\"call_sim").ascii(answer.id());
    out.ascii("\",\"type\":\"function\",\"function\":{\"name\":");
    out.jsonString(name == null ? "" : name).ascii(",\"arguments\":").jsonString(arguments);
    out.ascii("}}");
  }

  private String finishReason() {
    if (answer.isToolCall()) {
      return "tool_calls";
    }
    return answer.cut() ? "length" : "stop";
  }

  private void usageObject(ByteSink out) {
    out.ascii("\"usage\":{\"prompt_tokens\":").decimal(answer.request().promptTokens);
    out.ascii(",\"completion_tokens\":").decimal(answer.tokens().size());
    out.ascii(",\"total_tokens\":").decimal(answer.totalTokens());
    out.ascii(",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}");
    out.ascii(",\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,");
    out.ascii("\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}");
  }
}
