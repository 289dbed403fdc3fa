package fairlead.cache.lines;

import fairlead.cache.text.LogLines;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for, or to be stored, and what was found.
 *
 * <p>Not thread-safe: the scratch of one searcher. It refers to the lines it was set from, and to
 * what was found, until it is set anew or told to {@link #forget}.
 */
public final class LineQuery<T> {
  private static final long MIX = 0xD6E8FEB86659FD93L;

  private static final long[] NOTHING = {};

  private long[] lines = NOTHING;
  private int count;
  private int weight;
  private int findings;
  private long findingsDigest;
  private long sketch;

  private float least;
  private @Nullable T best;
  private float score;

  /** Looks for this log. */
  public void set(LogLines log) {
    set(log.lines(), log.count(), log.weight(), log.findings());
  }

  /** Looks for these lines, distinct and ascending as {@link LogLines#lines} has them. */
  public void set(long[] newLines, int newCount, int newWeight, int newFindings) {
    lines = newLines;
    count = newCount;
    weight = newWeight;
    findings = newFindings;
    long digest = 0;
    long parity = 0;
    for (int i = 0; i < count; i++) {
      long line = lines[i];
      parity ^= 1L << (line >>> (Long.SIZE - 6));
      if ((line & LogLines.FINDING) != 0) {
        long mixed = (line & LogLines.HASH) * MIX;
        digest += mixed ^ mixed >>> 32;
      }
    }
    findingsDigest = digest;
    sketch = parity;
    best = null;
    score = 0;
  }

  /** Lets go of the lines and of what was found. */
  public void forget() {
    set(NOTHING, 0, 0, 0);
  }

  /** What was found; null if nothing. */
  public @Nullable T best() {
    return best;
  }

  /** How similar the best is: the weighted Jaccard index of the lines, 1 for the same set. */
  public float score() {
    return score;
  }

  void begin(float newLeast) {
    // Of a log that names no failure all that is known is what it says: nothing may differ.
    least = findings == 0 ? 1 : newLeast;
    best = null;
    score = 0;
  }

  void found(T value, float itsScore) {
    best = value;
    score = itsScore;
  }

  /** What the next candidate must have at least; more than that once there is one. */
  float least() {
    return least;
  }

  boolean hasBest() {
    return best != null;
  }

  long[] lines() {
    return lines;
  }

  int count() {
    return count;
  }

  int weight() {
    return weight;
  }

  /** The same for logs with the same findings. */
  long findingsDigest() {
    return findingsDigest;
  }

  /** One bit for each of 64 classes of lines: whether the log has an odd number of them. */
  long sketch() {
    return sketch;
  }
}
