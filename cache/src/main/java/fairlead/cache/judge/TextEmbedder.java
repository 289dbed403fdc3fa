package fairlead.cache.judge;

import org.jspecify.annotations.Nullable;

/**
 * A slower and better embedder that may judge a candidate a second time.
 *
 * <p>Thread-safe. A call may take milliseconds, but not past its deadline.
 */
public interface TextEmbedder extends AutoCloseable {
  /** What it is, for metrics and for stored thresholds: scores of two embedders do not compare. */
  String name();

  /**
   * A vector of unit length, or null for no opinion: late, overloaded, closed or in trouble. Never
   * throws.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   */
  float @Nullable [] embed(byte[] utf8, int from, int to, long deadlineNanos);

  /** Releases what it holds; calls under way get null. */
  @Override
  void close();
}
