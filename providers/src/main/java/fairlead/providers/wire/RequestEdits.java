package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

/**
 * Makes the body for a provider of the same wire: the caller's bytes with up to five edits, nothing
 * copied.
 *
 * <p>Not thread-safe; reusable after {@link #begin}. Allocates nothing, but for {@link #prefill},
 * which keeps a message. Of {@link RequestScan#problem} there must be none: a key that is there
 * twice could be edited only once.
 */
public final class RequestEdits {
  private static final int MAX_EDITS = 5;
  private static final int MAX_IDLE_BYTES = 16 * 1024;
  private static final byte[] NOTHING = {};
  private static final byte[] ASSISTANT = name("{\"role\":\"assistant\",\"content\":\"");
  private static final byte[] ASSISTANT_END = name("\"}");
  private static final byte[] PREFIX_END = name("\",\"prefix\":true}");
  private static final byte[] MAX_COMPLETION_TOKENS = name("max_completion_tokens");
  private static final byte[] TRUE = name("true");
  private static final byte[] OPTIONS = name("{\"include_usage\":true}");
  private static final byte[] OPTIONS_MEMBER = name(",\"stream_options\":{\"include_usage\":true}");
  private static final byte[] OPTIONS_FIRST_MEMBER =
      name("\"stream_options\":{\"include_usage\":true},");
  private static final byte[] USAGE_ONLY_MEMBER = name("\"include_usage\":true");
  private static final byte[] USAGE_MEMBER = name("\"include_usage\":true,");

  private final int[] from = new int[MAX_EDITS];
  private final int[] to = new int[MAX_EDITS];
  private final byte[][] with = new byte[MAX_EDITS][];
  private final int[] withStart = new int[MAX_EDITS];
  private final int[] withEnd = new int[MAX_EDITS];
  private final ByteSink message = new ByteSink(0);
  private int edits;

  /** Forgets all edits. */
  public RequestEdits begin() {
    edits = 0;
    return this;
  }

  /**
   * Replaces the model's name.
   *
   * @param text the new name, escaped for the inside of a JSON string
   */
  public RequestEdits model(RequestScan scan, byte[] text, int start, int end) {
    if (scan.modelStart() < 0) {
      throw new IllegalStateException("the scanned body has no model to replace");
    }
    return edit(scan.modelStart(), scan.modelEnd(), text, start, end);
  }

  /** Asks the provider for a usage chunk, unless the caller did. */
  public RequestEdits includeUsage(RequestScan scan) {
    if (scan.includeUsage()) {
      return this;
    }
    if (scan.includeUsageStart() >= 0) {
      return edit(scan.includeUsageStart(), scan.includeUsageEnd(), TRUE);
    }
    int at = scan.streamOptionsStart();
    if (scan.streamOptionsIsObject()) {
      return edit(at + 1, at + 1, scan.streamOptionsEmpty() ? USAGE_ONLY_MEMBER : USAGE_MEMBER);
    }
    if (at >= 0) {
      return edit(at, scan.streamOptionsEnd(), OPTIONS);
    }
    if (scan.streamEnd() >= 0) {
      return edit(scan.streamEnd(), scan.streamEnd(), OPTIONS_MEMBER);
    }
    if (scan.isEmpty()) {
      throw new IllegalStateException("an empty body cannot ask for usage");
    }
    return edit(scan.objectStart() + 1, scan.objectStart() + 1, OPTIONS_FIRST_MEMBER);
  }

  /** Removes {@code fallbacks}, which is for us and would be refused upstream. */
  public RequestEdits cutFallbacks(RequestScan scan) {
    return scan.fallbacksStart() < 0
        ? this
        : edit(scan.fallbacksCutStart(), scan.fallbacksCutEnd(), NOTHING);
  }

  /**
   * Calls {@code max_tokens} by its newer name, {@code max_completion_tokens}, where the caller has
   * written only the old one; the value stays.
   */
  public RequestEdits renameMaxTokens(RequestScan scan) {
    if (scan.maxTokensKeyAt() < 0) {
      return this;
    }
    int start = scan.maxTokensKeyAt() + 1;
    int end = start;
    while (scan.array()[end] != '"') {
      end++; // the key may be written with escapes, but none of a quote
    }
    return edit(start, end, MAX_COMPLETION_TOKENS);
  }

  /**
   * Adds the beginning of the answer as last message, for a provider that goes on from there.
   *
   * <p>White space at the end of the text is left out: Anthropic refuses it. A text of nothing else
   * adds no message.
   *
   * @param textUtf8 holds well-formed UTF-8 from {@code start} to {@code end}; it is copied
   * @param mistralPrefix whether the message says so too, as Mistral wants it
   */
  public RequestEdits prefill(
      RequestScan scan, byte[] textUtf8, int start, int end, boolean mistralPrefix) {
    int close = scan.messagesEnd() - 1;
    if (scan.messagesStart() < 0 || scan.array()[close] != ']') {
      throw new IllegalStateException("the scanned body has no list of messages to add one to");
    }
    int stop = Utf8.trimmedEnd(textUtf8, start, end);
    if (stop == start) {
      return this;
    }
    message.trim(MAX_IDLE_BYTES);
    if (scan.messages().count() > 0) {
      message.append((byte) ',');
    }
    message.append(ASSISTANT).jsonEscaped(textUtf8, start, stop - start);
    message.append(mistralPrefix ? PREFIX_END : ASSISTANT_END);
    return edit(close, close, message.array(), 0, message.length());
  }

  private RequestEdits edit(int start, int end, byte[] text) {
    return edit(start, end, text, 0, text.length);
  }

  private RequestEdits edit(int start, int end, byte[] text, int textStart, int textEnd) {
    if (edits == MAX_EDITS) {
      throw new IllegalStateException("more than " + MAX_EDITS + " edits: the same one twice?");
    }
    int i = edits++;
    // Kept in order; an insertion goes before a cut that begins at the same place.
    while (i > 0 && (from[i - 1] > start || (from[i - 1] == start && to[i - 1] > end))) {
      move(i - 1, i);
      i--;
    }
    from[i] = start;
    to[i] = end;
    with[i] = text;
    withStart[i] = textStart;
    withEnd[i] = textEnd;
    return this;
  }

  private void move(int source, int target) {
    from[target] = from[source];
    to[target] = to[source];
    with[target] = with[source];
    withStart[target] = withStart[source];
    withEnd[target] = withEnd[source];
  }

  /** Adds the edited body to {@code out}; the scanned array and the new texts must stay. */
  public void appendTo(RequestScan scan, ByteGather out) {
    int at = scan.start();
    for (int i = 0; i < edits; i++) {
      out.add(scan.array(), at, from[i]);
      out.add(with[i], withStart[i], withEnd[i]);
      at = to[i];
    }
    out.add(scan.array(), at, scan.end());
  }

  /** Adds the edited body to {@code out} as one text, for a translation that wants it whole. */
  public void appendTo(RequestScan scan, ByteSink out) {
    int at = scan.start();
    for (int i = 0; i < edits; i++) {
      out.append(scan.array(), at, from[i] - at);
      out.append(with[i], withStart[i], withEnd[i] - withStart[i]);
      at = to[i];
    }
    out.append(scan.array(), at, scan.end() - at);
  }
}
