package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import java.util.Arrays;

/**
 * Remembers a chunk with content, so that the next one that differs only in its text need not be
 * scanned as a whole.
 *
 * <p>The chunks of a stream usually repeat each other but for the value of {@code content} (and,
 * from OpenAI, of the padding {@code obfuscation}). Where all bytes outside these strings are those
 * of a chunk that was scanned, and each string is a valid JSON string, {@code content} not empty in
 * both, then the new chunk has the old one's structure, and all facts about it are the same. The
 * byte sequence {@code "content":"} cannot be part of a JSON string (its quotes would be escaped),
 * so wherever it stands a key of that name begins its text.
 *
 * <p>Not thread-safe. A match costs two vectorised comparisons and a pass over the new text, about
 * a fifth of a scan; no allocation. Bound: chunks of at most {@value #MAX_BYTES} bytes.
 */
final class ChunkTemplate {
  private static final int MAX_BYTES = 1024;

  /** Chunks of a stream differ little in length: what one needs does for most. */
  private static final int STEP_BYTES = 128;

  private static final int MAX_HOLES = 2;

  /** After so many chunks in a row that did not fit, the stream is not of the kind. */
  private static final int MAX_MISSES = 4;

  private static final byte[] CONTENT = name("\"content\":\"");
  private static final byte[] OBFUSCATION = name("\"obfuscation\":\"");

  private final JsonScan json = new JsonScan();
  private byte[] bytes = {}; // made when there is something to remember
  private final int[] holeStart = new int[MAX_HOLES];
  private final int[] holeEnd = new int[MAX_HOLES];
  private final boolean[] mayBeEmpty = new boolean[MAX_HOLES];
  private int length;
  private int holes;
  private int misses;
  private int textHole;
  private int textStart;
  private int textEnd;

  /** Starts a new stream. */
  void begin() {
    length = 0;
    misses = 0;
  }

  /** Lets go of the last chunk's bytes. */
  void forget() {
    json.forget();
  }

  /** Takes a chunk that was scanned and holds content and nothing else of note. */
  void learn(byte[] array, int start, int end) {
    length = 0;
    if (misses >= MAX_MISSES || end - start > MAX_BYTES) {
      return;
    }
    misses++; // until one fits
    if (bytes.length < end - start) {
      bytes = new byte[(end - start + STEP_BYTES - 1) & -STEP_BYTES];
    }
    System.arraycopy(array, start, bytes, 0, end - start);
    holes = 0;
    boolean content = false;
    int at = 0;
    int size = end - start;
    while (holes < MAX_HOLES && at < size) {
      if (bytes[at] != '"') {
        at++;
        continue;
      }
      boolean isContent = isAt(CONTENT, at, size);
      if (isContent || isAt(OBFUSCATION, at, size)) {
        int from = at + (isContent ? CONTENT.length : OBFUSCATION.length);
        int to = endOfString(bytes, from, size);
        if (to < 0) {
          return;
        }
        content |= isContent && to > from;
        holeStart[holes] = from;
        holeEnd[holes] = to;
        mayBeEmpty[holes] = !isContent;
        if (isContent && to == from) {
          return;
        }
        holes++;
        at = to;
      }
      at++;
    }
    if (content) {
      length = size;
    }
  }

  private boolean isAt(byte[] word, int at, int size) {
    return at + word.length <= size
        && Arrays.equals(bytes, at, at + word.length, word, 0, word.length);
  }

  /**
   * As above, of a chunk whose text is known to begin at {@code text}: of the next ones that fit,
   * {@link #textStart} tells where theirs is. Nothing is remembered if the text is elsewhere.
   */
  void learn(byte[] array, int start, int end, int text) {
    learn(array, start, end);
    textHole = -1;
    for (int hole = 0; length > 0 && hole < holes; hole++) {
      if (holeStart[hole] == text - start) {
        textHole = hole;
      }
    }
    if (textHole < 0) {
      length = 0;
    }
  }

  /** Whether the chunk is the remembered one with other text. */
  boolean fits(byte[] array, int start, int end) {
    if (length == 0) {
      return false;
    }
    int from = 0;
    int at = start;
    for (int hole = 0; hole < holes; hole++) {
      int literal = holeStart[hole] - from;
      if (at + literal > end
          || !Arrays.equals(array, at, at + literal, bytes, from, holeStart[hole])) {
        return false;
      }
      at += literal;
      int close = endOfString(array, at, end);
      if (close < 0 || (close == at && !mayBeEmpty[hole])) {
        return false;
      }
      if (hole == textHole) {
        textStart = at;
        textEnd = close;
      }
      at = close;
      from = holeEnd[hole];
    }
    if (!Arrays.equals(array, at, end, bytes, from, length)) {
      return false;
    }
    misses = 0;
    return true;
  }

  /**
   * Where the text of the chunk that did fit begins, after {@link #learn(byte[], int, int, int)}.
   */
  int textStart() {
    return textStart;
  }

  int textEnd() {
    return textEnd;
  }

  /** Where the valid JSON string that begins before {@code from} closes; -1 if there is none. */
  private int endOfString(byte[] array, int from, int end) {
    json.begin(array, from - 1, end);
    json.skip();
    return json.failed() ? -1 : json.valueEnd() - 1;
  }
}
