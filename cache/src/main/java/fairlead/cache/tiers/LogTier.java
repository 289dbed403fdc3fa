package fairlead.cache.tiers;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.Blockers;
import fairlead.cache.lines.Acceptor;
import fairlead.cache.lines.LineIndex;
import fairlead.cache.lines.LinePartition;
import fairlead.cache.lines.LineQuery;
import fairlead.cache.text.LogLines;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds a stored log that tells of the same failure as a new one.
 *
 * <p>Not thread-safe: the scratch of one look-up at a time. Allocates nothing on a miss.
 */
final class LogTier implements Acceptor<CacheEntry> {
  private final LineIndex<CacheEntry> index;
  private final LogLines lines;
  private final Blockers blockers;
  private final LineQuery<CacheEntry> query = new LineQuery<>();
  private long nowMillis;
  private long oldestMillis;
  private long queryHash;

  LogTier(LineIndex<CacheEntry> index, long secret, Blockers blockers) {
    this.index = index;
    this.blockers = blockers;
    lines = new LogLines(secret);
  }

  void read(byte[] text, int from, int to) {
    lines.read(text, from, to);
  }

  /** All masked lines in order, upper half. */
  long keyHigh() {
    return lines.keyHigh();
  }

  /** All masked lines in order, lower half. */
  long keyLow() {
    return lines.keyLow();
  }

  /** Whether there is something to compare by. */
  boolean comparable() {
    return lines.count() > 0 && lines.count() <= LineIndex.MOST_LINES;
  }

  @Nullable CacheEntry find(
      String tenant, long high, long low, float least, long now, long oldest, long hash) {
    LinePartition<CacheEntry> partition = index.partition(high, low, tenant);
    if (partition == null) {
      return null;
    }
    nowMillis = now;
    oldestMillis = oldest;
    queryHash = hash;
    query.set(lines);
    index.search(partition, query, least, now, this);
    return query.best();
  }

  float score() {
    return query.score();
  }

  @Override
  public boolean accept(CacheEntry entry, float score) {
    return entry.alive(nowMillis)
        && entry.storedAtMillis() >= oldestMillis
        && score >= entry.ownThreshold()
        && !blockers.blocked(entry, queryHash);
  }

  /** Gives memory back that only a large log needed. */
  void trim() {
    lines.trim();
  }

  /** What is needed to store the log that was read last. */
  Features features(Features canonical, long high, long low) {
    return canonical.log(
        high, low, Arrays.copyOf(lines.lines(), lines.count()), lines.weight(), lines.findings());
  }
}
