package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import fairlead.providers.Usage;

/**
 * Notes beside the {@link SentText text} of a stream what else its chunks say, so that the one
 * answer they amount to can be written without the chunks.
 *
 * <p>Not thread-safe, reusable after {@link #begin}. It stays {@link #isOpen open} as long as the
 * stream is text of one choice and its chunks agree in all the rest: members that are repeated are
 * the same, or one of them is null or empty, or they are scalars, of which the last counts. With
 * the first event that is otherwise it closes; {@link #writeEvent} then stands for all events
 * before. Cost: a comparison per member of those chunks that are scanned anyway; about 1 KB.
 */
public final class SentAnswer {
  private static final byte[] CHOICES = name("choices");
  private static final byte[] OBJECT = name("object");
  private static final byte[] ERROR = name("error");
  private static final byte[] OBFUSCATION = name("obfuscation");
  private static final byte[] DELTA = name("delta");
  private static final byte[] WHOLE_MESSAGE = name("message");
  private static final byte[] ROLE = name("\"role\"");
  private static final byte[] USAGE = name("\"usage\"");
  private static final byte[] FINISH_REASON = name("\"finish_reason\"");
  private static final byte[] STOP = name("\"stop\"");

  private final ChunkMembers members = new ChunkMembers();
  private boolean open;
  private boolean refused;
  private boolean done;
  private boolean choice;
  private boolean delta;
  private boolean content;
  private int stoppedAt;
  private int textLength;
  private int highSurrogate;

  /** Starts with a stream of which nothing was sent. */
  public void begin() {
    members.clear();
    open = true;
    refused = false;
    done = false;
    choice = false;
    delta = false;
    content = false;
    stoppedAt = 0;
    textLength = 0;
    highSurrogate = 0;
  }

  // What SentText and ChunkText tell.

  void beginChunk() {
    members.beginChunk();
    refused |= done;
  }

  /** Whether the last chunk says something else than an earlier one that it may replace. */
  boolean replaced() {
    return members.replaced();
  }

  boolean refused() {
    return refused;
  }

  void refuse() {
    refused = true;
  }

  void sawDone() {
    refused |= done;
    done = true;
  }

  /** The event at this index cannot be taken; what was sent before it ended with this text. */
  void stop(int eventAt, int newTextLength, int newHighSurrogate) {
    if (open) {
      open = false;
      stoppedAt = eventAt;
      textLength = newTextLength;
      highSurrogate = newHighSurrogate;
    }
  }

  /** A member of the chunk, not its choices. */
  void top(JsonScan json, byte[] a) {
    if (json.keyIs(ERROR)) {
      refused = true;
    } else if (!json.keyIs(OBJECT) && !json.keyIs(OBFUSCATION) && !json.keyIs(CHOICES)) {
      note(ChunkMembers.TOP, json, a);
    }
  }

  void sawChoice() {
    choice = true;
  }

  void sawDelta() {
    delta = true;
  }

  void index(JsonScan json, byte[] a) {
    refused |= json.valueEnd() - json.valueStart() != 1 || a[json.valueStart()] != '0';
  }

  void logprobs(JsonScan json, byte[] a) {
    refused |= a[json.valueStart()] != 'n';
    note(ChunkMembers.CHOICE, json, a);
  }

  /** A member of the choice that is none of the above. */
  void choiceMember(JsonScan json, byte[] a) {
    if (json.keyIs(DELTA) || json.keyIs(ERROR)) {
      refused = true;
    } else if (!json.keyIs(WHOLE_MESSAGE)) { // Perplexity repeats there what was said so far
      note(ChunkMembers.CHOICE, json, a);
    }
  }

  void content(JsonScan json, byte[] a) {
    byte first = a[json.valueStart()];
    content |= first == '"';
    refused |= first != '"' && first != 'n';
  }

  /** A member of the delta that is not its text. */
  void deltaMember(JsonScan json, byte[] a) {
    note(ChunkMembers.DELTA, json, a);
  }

  private void note(byte place, JsonScan json, byte[] a) {
    refused = refused || !members.add(place, json, a);
  }

  // What comes of it.

  /** Whether all events so far are in it. */
  public boolean isOpen() {
    return open;
  }

  /** Where in the events that were taken last the first one begins that is not in it. */
  public int stoppedAt() {
    return stoppedAt;
  }

  /** Whether it is a whole answer: with a choice, a reason why that ended, and the end mark. */
  public boolean isComplete() {
    int reason = members.find(ChunkMembers.CHOICE, FINISH_REASON);
    return open && done && delta && reason >= 0 && !members.isBlank(reason);
  }

  /** How many bytes there are beside the text, at most. */
  public int length() {
    return members.length();
  }

  /** Whether the answer ended because all was said. */
  public boolean isStopped() {
    int reason = members.find(ChunkMembers.CHOICE, FINISH_REASON);
    return reason >= 0 && members.valueIs(reason, STOP);
  }

  /**
   * Appends the answer as if it had not been asked for as a stream.
   *
   * @param counted what the provider has counted, for a stream that does not tell
   */
  public void write(SentText text, Usage counted, ByteSink out) {
    int usage = members.find(ChunkMembers.TOP, USAGE);
    boolean count = counted.known() && (usage < 0 || members.isNull(usage));
    out.append('{');
    members.write(ChunkMembers.TOP, count ? usage : -1, out);
    out.ascii("\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{");
    if (members.find(ChunkMembers.DELTA, ROLE) < 0) {
      out.ascii("\"role\":\"assistant\",");
    }
    members.write(ChunkMembers.DELTA, -1, out);
    if (text.length() > 0 || content) {
      out.ascii("\"content\":\"").jsonEscaped(text.array(), 0, text.length()).ascii("\"},");
    } else {
      out.ascii("\"content\":null},");
    }
    members.write(ChunkMembers.CHOICE, -1, out);
    out.truncate(out.length() - 1);
    out.ascii("}]");
    if (count) {
      usage(counted, out);
    }
    out.append('}');
  }

  private static void usage(Usage counted, ByteSink out) {
    out.ascii(",\"usage\":{\"prompt_tokens\":")
        .decimal(counted.promptTokens())
        .ascii(",\"completion_tokens\":")
        .decimal(counted.completionTokens())
        .ascii(",\"total_tokens\":")
        .decimal(counted.totalTokens());
    if (counted.cachedTokens() > 0) {
      out.ascii(",\"prompt_tokens_details\":{\"cached_tokens\":")
          .decimal(counted.cachedTokens())
          .append('}');
    }
    if (counted.reasoningTokens() > 0) {
      out.ascii(",\"completion_tokens_details\":{\"reasoning_tokens\":")
          .decimal(counted.reasoningTokens())
          .append('}');
    }
    out.append('}');
  }

  /**
   * Appends one event that says what all events before {@link #stoppedAt} have said, and the end
   * mark if that was among them; nothing if there was none.
   */
  public void writeEvent(SentText text, ByteSink out) {
    if (choice || !members.isEmpty()) {
      out.ascii("data: {");
      members.write(ChunkMembers.TOP, -1, out);
      out.ascii("\"choices\":[");
      if (choice) {
        out.ascii("{\"index\":0,");
        members.write(ChunkMembers.CHOICE, -1, out);
        delta(text, out);
        out.truncate(out.length() - 1);
        out.append('}');
      }
      out.ascii("]}\n\n");
    }
    if (done) {
      out.ascii("data: [DONE]\n\n");
    }
  }

  private void delta(SentText text, ByteSink out) {
    if (!delta) {
      return;
    }
    out.ascii("\"delta\":{");
    members.write(ChunkMembers.DELTA, -1, out);
    if (content) {
      out.ascii("\"content\":\"").jsonEscaped(text.array(), 0, textLength);
      if (highSurrogate != 0) {
        out.ascii("\\u").hex(highSurrogate);
      }
      out.ascii("\",");
    }
    if (out.array()[out.length() - 1] == ',') {
      out.truncate(out.length() - 1);
    }
    out.ascii("},");
  }
}
