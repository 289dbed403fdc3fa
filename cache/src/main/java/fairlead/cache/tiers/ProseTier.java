package fairlead.cache.tiers;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.Blockers;
import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.guard.FactReader;
import fairlead.cache.guard.ProseRule;
import fairlead.cache.guard.Refusal;
import fairlead.cache.guard.WordSimilarity;
import fairlead.cache.index.ProseIndex;
import fairlead.cache.index.ProsePartition;
import fairlead.cache.index.Query;
import fairlead.cache.index.SlotTest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds a stored question that says the same as a new one: vectors find what is alike, guards
 * refuse what differs in what counts.
 *
 * <p>Not thread-safe: the scratch of one look-up at a time. Facts are read once, and only when a
 * neighbour asks for them. Allocates nothing on a miss.
 */
final class ProseTier implements SlotTest<CacheEntry> {
  /** Longer texts say more than one vector can tell apart. */
  private static final int MOST_TOKENS = 400;

  /** Above this share of tokens that are no English, the vector says little. */
  private static final int MOST_UNKNOWN_PERCENT = 20;

  private final ProseIndex<CacheEntry> index;
  private final Embedder embedder;
  private final FactReader reader;
  private final WordSimilarity similarity;
  private final Blockers blockers;
  private final Query<CacheEntry> query = new Query<>();

  private byte[] text = Features.NO_BYTES;
  private int from;
  private int to;
  private boolean embedded;
  private boolean part;
  private int factsLength;
  private long nowMillis;
  private long oldestMillis;
  private long queryHash;
  private boolean ownThresholds;
  private @Nullable RouteMemory route;
  private @Nullable ProseRule rule;

  ProseTier(
      ProseIndex<CacheEntry> index,
      TokenTable table,
      WordSimilarity similarity,
      Blockers blockers) {
    this.index = index;
    this.blockers = blockers;
    this.similarity = similarity;
    embedder = new Embedder(table);
    reader = new FactReader(similarity);
  }

  /**
   * Reads a text; false if it is none for this tier.
   *
   * @param newPart whether it is what is left of one of which the rest is fixed
   */
  boolean read(byte[] newText, int newFrom, int newTo, boolean newPart) {
    text = newText;
    from = newFrom;
    to = newTo;
    part = newPart;
    factsLength = 0;
    embedded =
        embedder.embed(text, from, to)
            && embedder.tokens() <= MOST_TOKENS
            && embedder.unknown() * 100 <= embedder.tokens() * MOST_UNKNOWN_PERCENT;
    return embedded;
  }

  /**
   * Looks for the neighbour that is most alike and passes the guards.
   *
   * @param least the least cosine
   * @param oldest when a neighbour must have been stored, at the earliest
   * @param hash of the words of the question, for pairs that are known to be wrong
   * @param thresholds whether the entries' own thresholds are of this score; if not, only those
   *     that no score reaches count, so that such an entry does not stand before others
   */
  @Nullable CacheEntry find(
      RouteMemory of,
      String tenant,
      long nearHigh,
      long nearLow,
      float least,
      long now,
      long oldest,
      long hash,
      boolean thresholds) {
    ProsePartition<CacheEntry> partition = index.partition(nearHigh, nearLow, tenant);
    if (partition == null) {
      return null;
    }
    route = of;
    rule = of.rule();
    nowMillis = now;
    oldestMillis = oldest;
    queryHash = hash;
    ownThresholds = thresholds;
    query.set(embedder.bits(), embedder.row(), embedder.scale());
    index.search(partition, query, least, now, this);
    CacheEntry best = query.best();
    query.clear();
    return best;
  }

  /** The cosine of what was found. */
  float score() {
    return query.score();
  }

  @Override
  public boolean accept(CacheEntry entry, int[] facts, int factsFrom, float score) {
    if (!entry.alive(nowMillis)
        || entry.storedAtMillis() < oldestMillis
        || entry.ownThreshold() > (ownThresholds ? score : 1)
        || blockers.blocked(entry, queryHash)) {
      return false;
    }
    readFacts();
    Refusal refusal =
        Objects.requireNonNull(rule).refusal(reader.facts(), 0, facts, factsFrom, similarity);
    if (refusal != null) {
      Objects.requireNonNull(route).refused(refusal);
      return false;
    }
    return true;
  }

  private void readFacts() {
    if (factsLength == 0) {
      factsLength = part ? reader.readPart(text, from, to) : reader.read(text, from, to);
    }
  }

  /** What is needed to store the text that was read last. */
  Features features(Features canonical, long nearHigh, long nearLow) {
    readFacts();
    return canonical.prose(
        nearHigh,
        nearLow,
        embedder.bits().clone(),
        embedder.row().clone(),
        embedder.scale(),
        Arrays.copyOf(reader.facts(), factsLength));
  }

  /** Lets go of the text. */
  void forget() {
    text = Features.NO_BYTES;
    factsLength = 0;
    reader.trim();
    route = null;
    rule = null;
  }
}
