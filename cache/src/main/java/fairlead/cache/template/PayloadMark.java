package fairlead.cache.template;

import fairlead.cache.hash.Digest;
import java.nio.charset.StandardCharsets;

/**
 * Two strings between which a caller says the payload lies.
 *
 * <p>Immutable, thread-safe. Costs a search through the text and a hash of what is not payload.
 */
public final class PayloadMark {
  /** Keeps these hashes apart from those of learned templates. */
  private static final long MARKED = 2;

  private final byte[] start;
  private final byte[] end;

  /**
   * A mark. The payload lies between the first {@code start} and the first {@code end} behind it;
   * an empty start is the beginning of the text, an empty end the end.
   */
  public PayloadMark(String start, String end) {
    this.start = start.getBytes(StandardCharsets.UTF_8);
    this.end = end.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Cuts a text; false when it lacks a mark or has nothing between them.
   *
   * @param digest the caller's scratch
   */
  public boolean cut(byte[] utf8, int from, int to, Digest digest, Cut out) {
    int before = indexOf(start, utf8, from, to);
    if (before < 0) {
      return false;
    }
    int payloadFrom = before + start.length;
    int payloadTo = end.length == 0 ? to : indexOf(end, utf8, payloadFrom, to);
    if (payloadTo <= payloadFrom) {
      return false;
    }
    digest.clear();
    digest.absorb(MARKED);
    digest.absorb(utf8, from, payloadFrom);
    digest.absorb(utf8, payloadTo, to);
    out.set(payloadFrom, payloadTo, digest.low());
    return true;
  }

  private static int indexOf(byte[] what, byte[] in, int from, int to) {
    int last = to - what.length;
    for (int i = from; i <= last; i++) {
      int j = 0;
      while (j < what.length && in[i + j] == what[j]) {
        j++;
      }
      if (j == what.length) {
        return i;
      }
    }
    return -1;
  }
}
