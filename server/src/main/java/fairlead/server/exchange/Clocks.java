package fairlead.server.exchange;

import fairlead.server.config.Config;
import java.util.concurrent.TimeUnit;

/**
 * How long one attempt may take to show that it works. Pure.
 *
 * <p>Clocks that are written hold as written. Where none is, the rule is: a target that has not
 * begun after {@value #FIRST_TOKEN_MS} ms (a plain answer: {@value #PLAIN_MS} ms, and {@value
 * #PLAIN_PER_TOKEN_MS} ms more for each token that was asked for) is given up for another one that
 * is left; with none left there is nothing to be gained by giving up, and the limit is {@value
 * #LAST_FIRST_TOKEN_MS} ms, or the whole call. Models that think before they speak get {@value
 * #REASONING_FACTOR} times as much. Large prompts get more in proportion: time to the first token
 * grows with what must be read.
 */
final class Clocks {
  static final int FIRST_TOKEN_MS = 10_000;
  static final int LAST_FIRST_TOKEN_MS = 60_000;
  static final int PLAIN_MS = 75_000;
  static final int PLAIN_PER_TOKEN_MS = 40;
  static final int REASONING_FACTOR = 6;

  private static final int BYTES_PER_KB = 1024;

  /** More tokens than any model writes; keeps the product in range. */
  private static final long MAX_TOKENS = 10_000_000;

  private Clocks() {}

  /**
   * The longest pause, before and between pieces of content, while the provider shows that it is
   * alive, in nanoseconds. A route's own limit is not put off by signs of life.
   */
  static long queueNanos(Config.Timeouts clocks, int routeMs) {
    int ms = Math.max(clocks.queueMs(), clocks.idleMs());
    return TimeUnit.MILLISECONDS.toNanos(routeMs > 0 ? Math.min(ms, routeMs) : ms);
  }

  /**
   * How long a target may take to its first content, or to the head of a plain answer, in
   * nanoseconds.
   *
   * @param routeMs the route's limit, or 0
   * @param anotherLeft whether somebody else could be asked instead
   * @param reasoning whether the model thinks before its first visible token
   * @param requestBytes size of the request's body
   * @param maxTokens the longest answer that was asked for, or 0
   */
  static long firstAnswerNanos(
      Config.Timeouts clocks,
      int routeMs,
      boolean stream,
      boolean anotherLeft,
      boolean reasoning,
      int requestBytes,
      long maxTokens) {
    long ms =
        stream
            ? firstToken(clocks, anotherLeft, reasoning, requestBytes)
            : plain(clocks, anotherLeft, reasoning, maxTokens);
    if (routeMs > 0) {
      ms = Math.min(ms, routeMs);
    }
    return TimeUnit.MILLISECONDS.toNanos(Math.min(ms, clocks.totalMs()));
  }

  /**
   * How long a target may take to the head of its answer, in nanoseconds: never longer than to the
   * answer itself.
   *
   * @param firstAnswerNanos what {@link #firstAnswerNanos} says
   */
  static long headNanos(Config.Timeouts clocks, long firstAnswerNanos) {
    return clocks.headMs() == 0
        ? firstAnswerNanos
        : Math.min(firstAnswerNanos, TimeUnit.MILLISECONDS.toNanos(clocks.headMs()));
  }

  /**
   * What one attempt may use of the time that a call has left while somebody else could be asked
   * instead, in nanoseconds: half of it for the first content of a stream, which usually comes soon
   * or not at all; three quarters for a plain answer, which is as late as it is long.
   */
  static long shareNanos(boolean stream, long leftNanos) {
    return stream ? leftNanos / 2 : leftNanos / 4 * 3;
  }

  private static long firstToken(
      Config.Timeouts clocks, boolean anotherLeft, boolean reasoning, int requestBytes) {
    long ms = clocks.firstTokenMs();
    if (ms == 0) {
      ms = anotherLeft ? FIRST_TOKEN_MS : LAST_FIRST_TOKEN_MS;
      if (reasoning) {
        ms *= REASONING_FACTOR;
      }
    }
    return ms + (long) clocks.firstTokenPerKbMs() * requestBytes / BYTES_PER_KB;
  }

  private static long plain(
      Config.Timeouts clocks, boolean anotherLeft, boolean reasoning, long maxTokens) {
    if (clocks.headMs() > 0) {
      return clocks.headMs();
    }
    if (!anotherLeft) {
      return clocks.totalMs();
    }
    long ms = PLAIN_MS + PLAIN_PER_TOKEN_MS * Math.clamp(maxTokens, 0, MAX_TOKENS);
    return reasoning ? ms * REASONING_FACTOR : ms;
  }
}
