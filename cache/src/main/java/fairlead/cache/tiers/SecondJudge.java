package fairlead.cache.tiers;

import fairlead.cache.CacheEntry;
import fairlead.cache.judge.TextEmbedder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks a better embedder about a pair that vectors and guards have let pass; no opinion in time is
 * no hit.
 *
 * <p>Thread-safe. Costs the embedder's time for the new text, and once for each stored one, whose
 * vector is kept with it as bytes. Whatever the embedder does, a look-up only loses a hit by it.
 */
public final class SecondJudge implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger("fairlead.cache");

  /** What came of asking. */
  public enum Opinion {
    /** Alike enough. */
    AGREED,
    /** Not alike enough. */
    REFUSED,
    /** None in time, or none of use. */
    SILENT
  }

  private final TextEmbedder embedder;
  private final long patienceNanos;
  private final LongAdder[] opinions = new LongAdder[Opinion.values().length];
  private final AtomicBoolean failedBefore = new AtomicBoolean();

  /**
   * @param deadlineMillis how long a look-up waits
   */
  public SecondJudge(TextEmbedder embedder, int deadlineMillis) {
    this.embedder = embedder;
    this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
    for (int i = 0; i < opinions.length; i++) {
      opinions[i] = new LongAdder();
    }
  }

  public String name() {
    return embedder.name();
  }

  /** How often it was asked. */
  public long asked() {
    long sum = 0;
    for (LongAdder opinion : opinions) {
      sum += opinion.sum();
    }
    return sum;
  }

  /** How often it had no opinion in time. */
  public long silent() {
    return count(Opinion.SILENT);
  }

  /** How often it said that. */
  public long count(Opinion opinion) {
    return opinions[opinion.ordinal()].sum();
  }

  /**
   * What a similarity amounts to; counts it.
   *
   * @param score from {@link #compare}
   * @param least what is alike enough
   */
  Opinion opinion(float score, float least) {
    Opinion opinion =
        Float.isNaN(score) ? Opinion.SILENT : score >= least ? Opinion.AGREED : Opinion.REFUSED;
    opinions[opinion.ordinal()].increment();
    return opinion;
  }

  /**
   * The cosine of the text and the entry's payload, or NaN for no opinion.
   *
   * @param before bytes of the entry's payload that are no part of the comparison, at its start
   * @param after the same at its end
   */
  float compare(
      byte[] text, int from, int to, CacheEntry entry, int before, int after, long nowNanos) {
    byte[] payload = entry.payload();
    int end = payload.length - after;
    if (before >= end || from >= to) {
      return Float.NaN;
    }
    try {
      return compare(text, from, to, entry, payload, before, end, nowNanos + patienceNanos);
    } catch (RuntimeException | LinkageError e) {
      // It may be anybody's code, and a call must not fail because of a second opinion.
      if (failedBefore.compareAndSet(false, true)) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "the second judge " + embedder.name() + " failed, first of its kind",
            e);
      }
      return Float.NaN;
    }
  }

  private float compare(
      byte[] text,
      int from,
      int to,
      CacheEntry entry,
      byte[] payload,
      int payloadFrom,
      int payloadTo,
      long deadlineNanos) {
    CacheEntry.Vector stored = entry.judgeVector();
    if (stored == null) {
      float[] made = embedder.embed(payload, payloadFrom, payloadTo, deadlineNanos);
      if (made == null) {
        return Float.NaN;
      }
      stored = CacheEntry.Vector.of(made);
      entry.judgeVector(stored);
    }
    float[] fresh = embedder.embed(text, from, to, deadlineNanos);
    if (fresh == null) {
      return Float.NaN;
    }
    float cosine = cosine(fresh, stored.row());
    if (Float.isNaN(cosine)) {
      // Of another model than before, or no vector at all: made anew the next time.
      entry.judgeVector(null);
    }
    return cosine;
  }

  /**
   * NaN if they are of different length or one is no direction. Divides by both lengths, although
   * embedders promise 1: a vector that is too long would make everything alike.
   */
  private static float cosine(float[] a, byte[] b) {
    if (a.length != b.length) {
      return Float.NaN;
    }
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += b[i] * b[i];
    }
    double cosine = dot / (Math.sqrt(squaresA) * Math.sqrt(squaresB));
    return (float) Math.min(1, cosine);
  }

  /** Closes the embedder; who still asks gets no opinion. */
  @Override
  public void close() {
    embedder.close();
  }
}
