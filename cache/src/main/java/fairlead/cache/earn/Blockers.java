package fairlead.cache.earn;

import fairlead.cache.CacheEntry;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/**
 * Which question is never again answered from which entry, because it once was, wrongly.
 *
 * <p>Thread-safe without locks; asking reads up to eight longs side by side and allocates nothing.
 * 128 KiB by default, for any number of entries: a full neighbourhood forgets one of its marks by
 * chance of its hash. What is forgotten is still held back by the entry's own threshold.
 *
 * <p>The marks are one-way mixes of entry and question. Two that mix to the same 64 bits cost a hit
 * and never a wrong answer. Who stores the marks and gives them back at the next start keeps them.
 */
public final class Blockers {
  /** How far above the offending score an entry must be from then on. */
  public static final float MARGIN = 0.005f;

  /** An entry that was wrong for so many different questions attracts what it does not answer. */
  private static final int STRIKES = 3;

  private static final int DEFAULT_CAPACITY = 1 << 14;
  private static final int NEIGHBOURS = 8;
  private static final long EMPTY = 0;

  private final AtomicLongArray marks;
  private final int mask;

  public Blockers() {
    this(DEFAULT_CAPACITY);
  }

  /**
   * @param capacity marks that are kept at most; a power of two of at least 8
   */
  public Blockers(int capacity) {
    if (capacity < NEIGHBOURS || Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException(
          "capacity must be a power of two of at least " + NEIGHBOURS + ": " + capacity);
    }
    marks = new AtomicLongArray(capacity);
    mask = capacity - 1;
  }

  /** Whether this entry must not answer this question. */
  public boolean blocked(CacheEntry entry, long question) {
    return holds(mark(entry.keyHigh(), entry.keyLow(), question));
  }

  /**
   * A hit was confirmed to be wrong: this entry never answers this question again, and others only
   * when they are nearer than it was. The third such question ends the entry.
   *
   * @param question digest of what was asked, the same as for {@link #blocked}
   * @return whether that has ended the entry: it must be taken out of wherever it is
   */
  public boolean block(CacheEntry entry, long question, float score) {
    entry.liftThreshold(Math.nextUp(score) + MARGIN);
    boolean ended = block(entry.keyHigh(), entry.keyLow(), question);
    if (ended) {
      entry.remove();
    }
    return ended;
  }

  /** The same for an entry of which only the key is known. */
  public boolean block(long keyHigh, long keyLow, long question) {
    long mark = mark(keyHigh, keyLow, question);
    if (holds(mark)) {
      return false;
    }
    add(mark);
    return strike(keyHigh, keyLow);
  }

  /** A caller says that an entry's answer is wrong as such: it is gone at once. */
  public void wrong(CacheEntry entry) {
    entry.remove();
  }

  /** A caller says that an entry's answer is right: its strikes so far count no more. */
  public void right(CacheEntry entry) {
    for (int i = 0; i < STRIKES; i++) {
      drop(strikeMark(entry.keyHigh(), entry.keyLow(), i));
    }
  }

  /** Takes back a stored mark. */
  public void restore(long mark) {
    if (mark != EMPTY && !holds(mark)) {
      add(mark);
    }
  }

  /** Every mark, to be stored anew; those that come or go meanwhile may be missing. */
  public void forEach(LongConsumer action) {
    for (int i = 0; i <= mask; i++) {
      long mark = marks.get(i);
      if (mark != EMPTY) {
        action.accept(mark);
      }
    }
  }

  /** Whether it was the last. */
  private boolean strike(long keyHigh, long keyLow) {
    for (int i = 0; i < STRIKES - 1; i++) {
      long strike = strikeMark(keyHigh, keyLow, i);
      if (!holds(strike)) {
        add(strike);
        return false;
      }
    }
    return true;
  }

  private boolean holds(long mark) {
    for (int i = 0; i < NEIGHBOURS; i++) {
      if (marks.get(slot(mark, i)) == mark) {
        return true;
      }
    }
    return false;
  }

  private void add(long mark) {
    for (int i = 0; i < NEIGHBOURS; i++) {
      if (marks.compareAndSet(slot(mark, i), EMPTY, mark)) {
        return;
      }
    }
    marks.set(slot(mark, (int) (mark >>> 40) % NEIGHBOURS), mark);
  }

  private void drop(long mark) {
    for (int i = 0; i < NEIGHBOURS; i++) {
      marks.compareAndSet(slot(mark, i), mark, EMPTY);
    }
  }

  private int slot(long mark, int neighbour) {
    return (int) ((mark & mask) ^ neighbour);
  }

  private static long mark(long keyHigh, long keyLow, long question) {
    long mixed = mix(keyHigh ^ mix(keyLow ^ mix(question)));
    return mixed == EMPTY ? 1 : mixed;
  }

  /** Beside the marks of questions: an ordinal in the place of a question, mixed once more. */
  private static long strikeMark(long keyHigh, long keyLow, int ordinal) {
    return mark(keyHigh, keyLow, mix(0x9E37_79B9_7F4A_7C15L + ordinal));
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }
}
