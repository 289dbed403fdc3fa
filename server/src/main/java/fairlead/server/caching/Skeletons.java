package fairlead.server.caching;

import fairlead.cache.hash.Digest;
import fairlead.providers.Operation;
import java.util.Arrays;

/**
 * Requests but for their payload, with what {@link CanonicalWalk} has made of them: callers send
 * the same instructions again and again with another text, and equal bytes need no second walk.
 *
 * <p>Not thread-safe, reusable. Comparing costs about 0.05 ns per byte, where walking costs ten
 * times that and 40 ns for each member. Allocates to keep a request that came at least twice.
 */
final class Skeletons {
  /*
   * A payload that is a JSON string without escapes says nothing of the rest and the rest nothing of
   * it: what the walk finds depends on the bytes before and after it alone. Bytes are compared, not
   * digests of them, so that no two requests can be taken for one another.
   */

  /** Longer requests are walked each time. */
  private static final int MAX_BYTES = 32 << 10;

  private static final int CELLS = 4; // a power of two
  private static final byte[] NOTHING = {};

  private final Cell[] cells = new Cell[CELLS];
  private Cell cell; // of the request that was looked for
  private boolean again;

  /** One request but for its payload, or only how long such a one was. */
  private static final class Cell {
    int before = -1;
    int after = -1;
    long seedHigh;
    long seedLow;
    int operation;
    byte[] bytes = NOTHING;
    long first;
    long second;
    int numbers;
    int traits;
    double temperature;

    /** Whether a request of the same lengths and for the same use was the last one here. */
    boolean fits(int newBefore, int newAfter, long high, long low, Operation of) {
      return before == newBefore
          && after == newAfter
          && seedLow == low
          && seedHigh == high
          && operation == of.ordinal();
    }

    void begin(int newBefore, int newAfter, long high, long low, Operation of) {
      before = newBefore;
      after = newAfter;
      seedHigh = high;
      seedLow = low;
      operation = of.ordinal();
      bytes = NOTHING;
    }
  }

  Skeletons() {
    for (int i = 0; i < CELLS; i++) {
      cells[i] = new Cell();
    }
    cell = cells[0];
  }

  /**
   * Whether the request in {@code a[start, end)} but for {@code [from, to)} is known; its {@link
   * #restore}, {@link #traits} and {@link #temperature} are valid then. Takes note of one that is
   * not.
   */
  boolean find(
      byte[] a, int start, int from, int to, int end, long seedHigh, long seedLow, Operation of) {
    int before = from - start;
    int after = end - to;
    cell = cells[(before * 31 + after + (int) seedLow) & (CELLS - 1)];
    again = cell.fits(before, after, seedHigh, seedLow, of);
    if (!again) {
      cell.begin(before, after, seedHigh, seedLow, of);
    }
    return cell.bytes.length > 0
        && Arrays.equals(a, start, from, cell.bytes, 0, before)
        && Arrays.equals(a, to, end, cell.bytes, before, before + after);
  }

  /**
   * Keeps the request that was not found if it looks like the one before.
   *
   * @param start where it begins
   * @param to where its payload ends
   */
  void keep(byte[] a, int start, int to, Digest digest, int traits, double temperature) {
    if (!again || cell.before + cell.after > MAX_BYTES) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(a, start, start + cell.before + cell.after);
    System.arraycopy(a, to, bytes, cell.before, cell.after);
    cell.bytes = bytes;
    cell.first = digest.first();
    cell.second = digest.second();
    cell.numbers = digest.numbers();
    cell.traits = traits;
    cell.temperature = temperature;
  }

  /** Sets the digest to what it was after the walk. */
  void restore(Digest digest) {
    digest.restore(cell.first, cell.second, cell.numbers);
  }

  int traits() {
    return cell.traits;
  }

  double temperature() {
    return cell.temperature;
  }
}
