package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

/**
 * Makes the body for a provider of the same wire: the caller's bytes with up to three edits,
 * nothing copied.
 *
 * <p>Not thread-safe; reusable after {@link #begin}. Allocates nothing. Of {@link
 * RequestScan#problem} there must be none: a key that is there twice could be edited only once.
 */
public final class RequestEdits {
  private static final int MAX_EDITS = 3;
  private static final byte[] NOTHING = {};
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
}
