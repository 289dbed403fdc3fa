package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.util.function.LongSupplier;

/**
 * Gathers answer events and writes them as one chat completion.
 *
 * <p>Lifecycle: 1. {@link #begin}; 2. events; 3. {@link #end}, once a finish was seen. Not
 * thread-safe, reusable; holds the answer's bytes once, and at most 64 KiB between answers.
 */
final class ChatAnswerWriter implements AnswerEvents {
  private static final int MAX_IDLE_BYTES = 16 * 1024;

  private final LongSupplier epochSeconds;
  private final Citations citations = new Citations();
  private final ByteSink head = new ByteSink(256);
  private final ByteSink content = new ByteSink();
  private final ByteSink reasoning = new ByteSink(0);
  private final ByteSink reasoningBlocks = new ByteSink(0);
  private final ByteSink refusal = new ByteSink(0);
  private final ByteSink annotations = new ByteSink(0);
  private final ByteSink otherSources = new ByteSink(0);
  private final ByteSink toolCalls = new ByteSink(0);
  private final ByteSink input = new ByteSink(0);
  private final ByteSink ending = new ByteSink(64);
  private String tier = "";
  private final Usage unknown = new Usage();
  private Usage usage = unknown;
  private boolean argumentsWritten;

  ChatAnswerWriter(LongSupplier epochSeconds) {
    this.epochSeconds = epochSeconds;
  }

  void begin() {
    head.trim(MAX_IDLE_BYTES);
    content.trim(MAX_IDLE_BYTES);
    reasoning.trim(MAX_IDLE_BYTES);
    reasoningBlocks.trim(MAX_IDLE_BYTES);
    refusal.trim(MAX_IDLE_BYTES);
    annotations.trim(MAX_IDLE_BYTES);
    otherSources.trim(MAX_IDLE_BYTES);
    toolCalls.trim(MAX_IDLE_BYTES);
    input.trim(MAX_IDLE_BYTES);
    ending.clear();
    citations.clear();
    tier = "";
    usage = unknown;
  }

  @Override
  public void start(ByteRange id, ByteRange model, String newTier) {
    JsonText.append(head.ascii("{\"id\":\""), id);
    head.ascii("\",\"object\":\"chat.completion\",\"created\":");
    head.decimal(epochSeconds.getAsLong());
    JsonText.append(head.ascii(",\"model\":\""), model).append('"');
    tier = newTier;
  }

  @Override
  public void text(ByteRange inside) {
    citations.text(inside);
    JsonText.append(content, inside);
  }

  @Override
  public void citation(ByteRange object) {
    citations.add(object);
  }

  @Override
  public void textEnd() {
    citations.close(annotations, otherSources);
  }

  @Override
  public void reasoning(ByteRange inside) {
    JsonText.append(reasoning, inside);
  }

  @Override
  public void reasoningBlock(ByteRange object) {
    JsonText.compact(object, comma(reasoningBlocks));
  }

  @Override
  public void refusal(ByteRange inside) {
    JsonText.append(refusal, inside);
  }

  @Override
  public void tool(ByteRange id, ByteRange name) {
    JsonText.append(comma(toolCalls).ascii("{\"id\":\""), id);
    JsonText.append(toolCalls.ascii("\",\"type\":\"function\",\"function\":{\"name\":\""), name);
    toolCalls.ascii("\",\"arguments\":\"");
    argumentsWritten = false;
  }

  @Override
  public void toolArguments(ByteRange inside) {
    JsonText.append(toolCalls, inside);
    argumentsWritten = true;
  }

  @Override
  public void toolInput(ByteRange value) {
    input.clear();
    JsonText.compact(value, input);
    toolCalls.jsonEscaped(input.array(), 0, input.length());
    argumentsWritten = true;
  }

  @Override
  public void toolEnd() {
    toolCalls.ascii(argumentsWritten ? "\"}}" : "{}\"}}");
  }

  @Override
  public void finish(FinishReason reason, ByteRange nativeReason) {
    ending.ascii("\"finish_reason\":\"").ascii(reason.wire()).append('"');
    ChatJson.nativeReason(nativeReason, ending);
  }

  @Override
  public void usage(Usage counts) {
    usage = counts;
  }

  /**
   * Appends the whole answer.
   *
   * @throws IllegalStateException if no finish was seen: a cut answer must not look complete
   */
  void end(ByteSink out) {
    if (ending.isEmpty()) {
      throw new IllegalStateException("the answer has no finish reason: ending=''");
    }
    out.append(head.array(), 0, head.length());
    out.ascii(",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":");
    stringOrNull(content, out);
    stringOrNull(refusal, out.ascii(",\"refusal\":"));
    if (!reasoning.isEmpty()) {
      stringOrNull(reasoning, out.ascii(",\"reasoning_content\":"));
    }
    list(",\"thinking_blocks\":[", reasoningBlocks, out);
    list(",\"annotations\":[", annotations, out);
    list(",\"citations\":[", otherSources, out);
    list(",\"tool_calls\":[", toolCalls, out);
    out.ascii("},\"logprobs\":null,").append(ending.array(), 0, ending.length()).ascii("}]");
    if (usage.known()) {
      ChatJson.usage(usage, out.ascii(",\"usage\":"));
    }
    if (!tier.isEmpty()) {
      out.ascii(",\"service_tier\":\"").ascii(tier).append('"');
    }
    out.append('}');
  }

  private static ByteSink comma(ByteSink list) {
    return list.isEmpty() ? list : list.append(',');
  }

  private static void stringOrNull(ByteSink inside, ByteSink out) {
    if (inside.isEmpty()) {
      out.ascii("null");
    } else {
      out.append('"').append(inside.array(), 0, inside.length()).append('"');
    }
  }

  private static void list(String opening, ByteSink elements, ByteSink out) {
    if (!elements.isEmpty()) {
      out.ascii(opening).append(elements.array(), 0, elements.length()).append(']');
    }
  }
}
