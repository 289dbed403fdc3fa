package fairlead.cache.template;

import fairlead.cache.hash.Digest;
import org.jspecify.annotations.Nullable;

/**
 * Learns the fixed part of the texts of one partition: what most of them begin and end with.
 *
 * <p>Threads: any number of readers ({@link #learned}, {@link #prefix}, {@link #suffix}, {@link
 * #cut}), which never wait, beside one writer ({@link #observe}). A cut compares the template's
 * bytes and allocates nothing; observing costs about as much as hashing the text. Memory: at most 4
 * KB; once learned, the template.
 *
 * <ol>
 *   <li>learning: from the 8th different text on, what three quarters have in common is the
 *       template, if that is at least three words. A template longer than about 2,200 bytes before
 *       and 1,300 behind the payload is not learned;
 *   <li>refining: each further text up to the 16th may change it;
 *   <li>watching: the samples are gone; when less than three quarters of the last 64 texts carry
 *       the template it is forgotten, and learning begins again.
 * </ol>
 *
 * <p>It may take too much for the template, such as "What is the" before all payloads so far. That
 * costs hits and is never wrong: what is cut off must be equal all the same.
 */
public final class TemplateLearner {
  private static final int LEAST_SAMPLES = 8;

  /** Keeps these hashes apart from those around marks. */
  private static final long LEARNED = 1;

  /** How many texts are watched before a template can be forgotten. */
  private static final int LEAST_WATCHED = 32;

  private final Digest digest;
  private volatile @Nullable Template template;

  // The writer's own.
  private @Nullable Samples samples;
  private long carried;
  private int watched;

  /** A learner that knows nothing; the digest is the writer's, which all its learners may share. */
  public TemplateLearner(Digest digest) {
    this.digest = digest;
  }

  // Readers.

  /** Whether there is a template. */
  public boolean learned() {
    return template != null;
  }

  /** Bytes before the payload; 0 until learned. */
  public int prefix() {
    Template known = template;
    return known == null ? 0 : known.prefix;
  }

  /** Bytes behind the payload; 0 until learned. */
  public int suffix() {
    Template known = template;
    return known == null ? 0 : known.suffix;
  }

  /** Cuts a text; false when nothing is learned, or the text does not carry it around a payload. */
  public boolean cut(byte[] utf8, int from, int to, Cut out) {
    Template known = template;
    if (known == null || !known.isCarriedBy(utf8, from, to)) {
      return false;
    }
    out.set(from + known.prefix, to - known.suffix, known.hash);
    return true;
  }

  // The writer.

  /** Takes a text of the partition into account; the same text again counts once. */
  public void observe(byte[] utf8, int from, int to) {
    Template known = template;
    if (known != null && samples == null) {
      watch(known.isCarriedBy(utf8, from, to));
    } else {
      learn(utf8, from, to);
    }
  }

  private void watch(boolean carries) {
    carried = carried << 1 | (carries ? 1 : 0);
    watched = Math.min(watched + 1, Long.SIZE);
    if (watched >= LEAST_WATCHED && 4 * Long.bitCount(carried) < 3 * watched) {
      template = null;
    }
  }

  private void learn(byte[] utf8, int from, int to) {
    digest.clear();
    digest.absorb(utf8, from, to);
    long hash = digest.low();
    Samples known = samples;
    if (known == null) {
      samples = new Samples(utf8, from, to, hash);
      return;
    }
    if (!known.add(utf8, from, to, hash) || known.count() < LEAST_SAMPLES) {
      return;
    }
    if (known.decide()) {
      publish(known);
      if (known.count() == Samples.MOST) {
        settle();
      }
    } else {
      template = null;
      if (known.count() == Samples.MOST || known.disagree()) {
        samples = new Samples(utf8, from, to, hash);
      }
    }
  }

  private void publish(Samples from) {
    Template known = template;
    if (known == null || !known.is(from.prefix, from.suffix)) {
      digest.clear();
      digest.absorb(LEARNED);
      digest.absorb(from.head, 0, from.prefix);
      digest.absorb(from.tail, from.tail.length - from.suffix, from.tail.length);
      template = new Template(from.head, from.prefix, from.tail, from.suffix, digest.low());
    }
  }

  private void settle() {
    Template known = template;
    template = known == null ? null : known.trimmed();
    samples = null;
    carried = 0;
    watched = 0;
  }
}
