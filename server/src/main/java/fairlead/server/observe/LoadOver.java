package fairlead.server.observe;

import java.util.concurrent.TimeUnit;

/**
 * Decides when a load is over and the memory that it has needed is worth being given back.
 *
 * <p>Not thread-safe; asked about once a second. No clock of its own. A load is over when for
 * {@value #QUIET_SECONDS} s at most a tenth of the most calls there were at once are being served.
 * It was worth something if the heap has grown by {@link #LEAST_BYTES} since the last collection,
 * and costs too much where more than {@link #MOST_KEPT_BYTES} stay in use: the collector walks them
 * while everything stands still.
 */
final class LoadOver {
  /** Less is not worth a pause. */
  static final long LEAST_BYTES = 16L << 20;

  /** 240 MB of answers in memory took 460 ms. */
  static final long MOST_KEPT_BYTES = 48L << 20;

  static final int QUIET_SECONDS = 3;

  /** Loads that come and go pay for one collection in so much time. */
  static final int PAUSE_SECONDS = 20;

  /** A probe or an operator's call is no load. */
  private static final long FEW_CALLS = 2;

  private static final long SHARE = 10;

  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(PAUSE_SECONDS);

  private long heapBytes;
  private long mostCalls;
  private long quietSinceNanos;
  private long collectedNanos;

  /**
   * Begins with a process that has no load yet.
   *
   * @param newHeapBytes what the heap takes from the system now
   */
  LoadOver(long nowNanos, long newHeapBytes) {
    heapBytes = newHeapBytes;
    quietSinceNanos = nowNanos;
    collectedNanos = nowNanos - PAUSE_NANOS;
  }

  /**
   * Whether memory is to be given back now.
   *
   * @param calls how many are being served
   * @param newHeapBytes what the heap takes from the system now
   * @param keptBytes how much of it is known to stay in use
   */
  boolean due(long nowNanos, long calls, long newHeapBytes, long keptBytes) {
    mostCalls = Math.max(mostCalls, calls);
    if (calls > Math.max(FEW_CALLS, mostCalls / SHARE)) {
      quietSinceNanos = nowNanos;
      return false;
    }
    return keptBytes <= MOST_KEPT_BYTES
        && newHeapBytes - heapBytes >= LEAST_BYTES
        && nowNanos - quietSinceNanos >= QUIET_NANOS
        && nowNanos - collectedNanos >= PAUSE_NANOS;
  }

  /** It was given back as far as it could be; a heap of fixed size is as large as before. */
  void collected(long nowNanos, long newHeapBytes) {
    heapBytes = newHeapBytes;
    mostCalls = 0;
    quietSinceNanos = nowNanos;
    collectedNanos = nowNanos;
  }
}
