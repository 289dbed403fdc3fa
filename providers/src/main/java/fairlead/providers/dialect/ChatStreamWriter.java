package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.util.function.LongSupplier;

/**
 * Writes answer events as the server-sent chunks of a chat completion.
 *
 * <p>Lifecycle: 1. {@link #begin}; 2. {@link #to} before the events of each upstream event; 3.
 * {@link #end}, once a finish was written. Not thread-safe, reusable. A chunk costs the copy of the
 * prepared head and of the part it carries; nothing is allocated once the head has its size.
 */
final class ChatStreamWriter implements AnswerEvents {
  private static final int MAX_IDLE_BYTES = 16 * 1024;

  private final LongSupplier epochSeconds;
  private final ByteSink head = new ByteSink(256);
  private final Citations citations = new Citations();
  private final ByteSink annotations = new ByteSink(0);
  private final ByteSink otherSources = new ByteSink(0);
  private final ByteSink input = new ByteSink(0);
  private ByteSink out = head;
  private final Usage unknown = new Usage();
  private Usage usage = unknown;
  private boolean usageWanted;
  private int tools;
  private boolean argumentsSent;
  private boolean finished;
  private boolean ended;

  ChatStreamWriter(LongSupplier epochSeconds) {
    this.epochSeconds = epochSeconds;
  }

  void begin(boolean newUsageWanted) {
    usageWanted = newUsageWanted;
    head.clear();
    citations.clear();
    annotations.trim(MAX_IDLE_BYTES);
    otherSources.trim(MAX_IDLE_BYTES);
    input.trim(MAX_IDLE_BYTES);
    usage = unknown;
    tools = 0;
    argumentsSent = false;
    finished = false;
    ended = false;
  }

  /** Sets where the chunks of the following events go. */
  void to(ByteSink sink) {
    out = sink;
  }

  @Override
  public void start(ByteRange id, ByteRange model, String tier) {
    JsonText.append(head.ascii("data: {\"id\":\""), id);
    head.ascii("\",\"object\":\"chat.completion.chunk\",\"created\":");
    head.decimal(epochSeconds.getAsLong());
    JsonText.append(head.ascii(",\"model\":\""), model).append('"');
    if (!tier.isEmpty()) {
      head.ascii(",\"service_tier\":\"").ascii(tier).append('"');
    }
    delta().ascii("\"role\":\"assistant\",\"content\":\"\"");
    close();
  }

  @Override
  public void text(ByteRange inside) {
    citations.text(inside);
    JsonText.append(delta().ascii("\"content\":\""), inside).append('"');
    close();
  }

  @Override
  public void citation(ByteRange object) {
    citations.add(object);
  }

  @Override
  public void textEnd() {
    boolean none = citations.isEmpty();
    citations.close(annotations, otherSources);
    if (none) {
      return;
    }
    delta();
    if (!annotations.isEmpty()) {
      out.ascii("\"annotations\":[").append(annotations.array(), 0, annotations.length());
      out.append(']');
    }
    if (!otherSources.isEmpty()) {
      out.ascii(annotations.isEmpty() ? "\"citations\":[" : ",\"citations\":[");
      out.append(otherSources.array(), 0, otherSources.length()).append(']');
    }
    close();
    annotations.clear();
    otherSources.clear();
  }

  @Override
  public void reasoning(ByteRange inside) {
    JsonText.append(delta().ascii("\"reasoning_content\":\""), inside).append('"');
    close();
  }

  @Override
  public void reasoningBlock(ByteRange object) {
    JsonText.compact(object, delta().ascii("\"thinking_blocks\":["));
    out.append(']');
    close();
  }

  @Override
  public void refusal(ByteRange inside) {
    JsonText.append(delta().ascii("\"refusal\":\""), inside).append('"');
    close();
  }

  @Override
  public void tool(ByteRange id, ByteRange name) {
    delta().ascii("\"tool_calls\":[{\"index\":").decimal(tools++);
    JsonText.append(out.ascii(",\"id\":\""), id);
    JsonText.append(out.ascii("\",\"type\":\"function\",\"function\":{\"name\":\""), name);
    out.ascii("\",\"arguments\":\"\"}}]");
    close();
    argumentsSent = false;
  }

  @Override
  public void toolArguments(ByteRange inside) {
    arguments(inside.array(), inside.start(), inside.length());
  }

  @Override
  public void toolInput(ByteRange value) {
    input.clear();
    JsonText.compact(value, input);
    int from = input.length();
    input.jsonEscaped(input.toByteArray(), 0, from);
    arguments(input.array(), from, input.length() - from);
  }

  private void arguments(byte[] array, int from, int count) {
    delta().ascii("\"tool_calls\":[{\"index\":").decimal(tools - 1L);
    out.ascii(",\"function\":{\"arguments\":\"").append(array, from, count).ascii("\"}}]");
    close();
    argumentsSent = true;
  }

  @Override
  public void toolEnd() {
    if (!argumentsSent) {
      delta().ascii("\"tool_calls\":[{\"index\":").decimal(tools - 1L);
      out.ascii(",\"function\":{\"arguments\":\"{}\"}}]");
      close();
    }
  }

  @Override
  public void finish(FinishReason reason, ByteRange nativeReason) {
    chunk().ascii("{\"index\":0,\"delta\":{},\"finish_reason\":\"").ascii(reason.wire());
    out.append('"');
    ChatJson.nativeReason(nativeReason, out);
    out.ascii("}]");
    closeChunk();
    finished = true;
  }

  @Override
  public void usage(Usage counts) {
    usage = counts;
  }

  /**
   * Appends the usage chunk, if it is wanted and known, and the end mark, once; nothing if no
   * finish was written, because a cut answer must not look complete.
   */
  void end(ByteSink sink) {
    if (!finished || ended) {
      return;
    }
    ended = true;
    if (usageWanted && usage.known()) {
      sink.append(head.array(), 0, head.length()).ascii(",\"choices\":[],\"usage\":");
      ChatJson.usage(usage, sink);
      sink.ascii("}\n\n");
    }
    sink.ascii("data: [DONE]\n\n");
  }

  private ByteSink chunk() {
    return out.append(head.array(), 0, head.length()).ascii(",\"choices\":[");
  }

  private ByteSink delta() {
    return chunk().ascii("{\"index\":0,\"delta\":{");
  }

  private void close() {
    out.ascii("},\"finish_reason\":null}]");
    closeChunk();
  }

  private void closeChunk() {
    out.ascii(usageWanted ? ",\"usage\":null}\n\n" : "}\n\n");
  }
}
