package fairlead.cache.tiers;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.RouteTrust;
import fairlead.cache.guard.Strictness;
import fairlead.cache.hash.Digest;
import fairlead.cache.store.AnswerStore;
import fairlead.cache.template.Cut;
import fairlead.cache.template.TemplateLearner;
import fairlead.cache.text.ProseCanonical;
import fairlead.cache.text.Shape;
import fairlead.cache.text.Shapes;
import fairlead.cache.text.TimeWords;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the answer to one question, tier by tier, and remembers what it has worked out for the
 * case that the fresh answer is to be stored.
 *
 * <p>Not thread-safe: one per connection. Cost of a miss: some tens of nanoseconds where only equal
 * requests count, some microseconds for a sentence, about 10 µs per kB of log; it allocates nothing
 * then.
 */
public final class Lookup {
  /** Prose of more words may hide a template that all questions of the partition share. */
  private static final int MOST_WORDS_UNLEARNED = 100;

  private static final long PROSE_KEY = 1;
  private static final long LOG_KEY = 2;
  private static final long TEMPLATE_KEY = 3;

  private final AnswerCache cache;
  private final AnswerStore.Reader store;
  private final Digest digest;
  private final ProseTier prose;
  private final LogTier logs;
  private final ProseCanonical canonicalProse = new ProseCanonical();
  private final Cut cut;

  private @Nullable Question question;
  private @Nullable RouteMemory route;
  private Shape shape = Shape.OTHER;
  private boolean canonical;
  private long canonicalHigh;
  private long canonicalLow;
  private boolean near;
  private long nearHigh;
  private long nearLow;
  private int payloadFrom;
  private int payloadTo;

  private Tier tier = Tier.EXACT;
  private float score;
  private @Nullable CacheEntry candidate;
  private NearTier candidateTier = NearTier.PROSE;

  Lookup(AnswerCache cache) {
    this.cache = cache;
    store = cache.store().reader();
    digest = new Digest(cache.secret());
    cut = new Cut();
    prose = new ProseTier(cache.prose(), cache.table(), cache.similarity(), cache.blockers());
    logs = new LogTier(cache.lines(), cache.maskSecret(), cache.blockers());
  }

  /**
   * Looks for an answer.
   *
   * @param of the route, or null where only equal requests count
   * @param randomBits 64 fresh ones, which decide whether a near answer is checked
   * @return the entry to answer from; null: nothing may be served, see {@link #candidate}
   */
  public @Nullable CacheEntry find(
      @Nullable RouteMemory of, Question asked, long nowMillis, long randomBits) {
    begin(of, asked);
    CacheEntry entry = store.exact(asked.keyHigh(), asked.keyLow(), nowMillis);
    if (entry != null && entry.storedAtMillis() >= nowMillis - asked.exactMaxAgeMillis()) {
      return found(entry, Tier.EXACT, 1);
    }
    RouteMemory memory = route;
    if (memory == null || !asked.isFuzzy()) {
      return null;
    }
    analyse(asked, memory);
    long oldest = nowMillis - asked.nearMaxAgeMillis();
    if (canonical) {
      entry = store.exact(canonicalHigh, canonicalLow, nowMillis);
      if (entry != null
          && entry.storedAtMillis() >= oldest
          && memory.servesCanonical()
          && !cache.blockers().blocked(entry, canonicalLow)) {
        return found(entry, Tier.CANONICAL, 1);
      }
    }
    if (!near) {
      return null;
    }
    return shape == Shape.LOG
        ? nearLog(memory, asked, nowMillis, oldest, randomBits)
        : nearProse(memory, asked, nowMillis, oldest, randomBits);
  }

  /** Only works out what is needed to store the answer: nothing is looked for. */
  public void prepare(@Nullable RouteMemory of, Question asked) {
    begin(of, asked);
    if (of != null && asked.isFuzzy()) {
      analyse(asked, of);
    }
  }

  private void begin(@Nullable RouteMemory of, Question asked) {
    question = asked;
    route = of;
    candidate = null;
    canonical = false;
    near = false;
    score = 0;
  }

  private CacheEntry found(CacheEntry entry, Tier where, float itsScore) {
    tier = where;
    score = itsScore;
    return entry;
  }

  /** Works out what kind of text it is, and its keys. */
  private void analyse(Question asked, RouteMemory memory) {
    byte[] text = asked.text();
    int from = asked.from();
    int to = asked.to();
    shape = Shapes.of(text, from, to);
    if (shape == Shape.OTHER || (!memory.policy().timeWords() && speaksOfNow(text, from, to))) {
      return;
    }
    digest.clear();
    digest.absorb(asked.partitionHigh());
    digest.absorb(asked.partitionLow());
    if (shape == Shape.LOG) {
      logs.read(text, from, to);
      digest.absorb(LOG_KEY);
      digest.absorb(logs.keyHigh());
      digest.absorb(logs.keyLow());
    } else {
      int length = canonicalProse.write(text, from, to);
      digest.absorb(PROSE_KEY);
      digest.absorb(canonicalProse.bytes(), 0, length);
    }
    canonical = true;
    canonicalHigh = digest.high();
    canonicalLow = digest.low();
    nearHigh = asked.partitionHigh();
    nearLow = asked.partitionLow();
    if (memory.policy().guards() == Strictness.EXACT) {
      return;
    }
    near = shape == Shape.LOG ? logs.comparable() : readProse(asked);
  }

  private boolean speaksOfNow(byte[] text, int from, int to) {
    return shape == Shape.PROSE && TimeWords.present(text, from, to);
  }

  /** Cuts the template away, which must be equal, and reads the rest. */
  private boolean readProse(Question asked) {
    byte[] text = asked.text();
    int from = asked.from();
    int to = asked.to();
    boolean part = asked.isMarked();
    if (!part) {
      TemplateLearner learner =
          cache.templates().find(asked.tenant(), asked.partitionHigh(), asked.partitionLow());
      if (learner != null && learner.learned() && learner.cut(text, from, to, cut)) {
        from = cut.payloadFrom();
        to = cut.payloadTo();
        part = true;
        digest.clear();
        digest.absorb(asked.partitionHigh());
        digest.absorb(asked.partitionLow());
        digest.absorb(TEMPLATE_KEY);
        digest.absorb(cut.templateHash());
        nearHigh = digest.high();
        nearLow = digest.low();
      } else if (words(text, from, to) > MOST_WORDS_UNLEARNED) {
        return false;
      }
    }
    payloadFrom = from;
    payloadTo = to;
    return prose.read(text, from, to, part);
  }

  private static int words(byte[] text, int from, int to) {
    int words = 0;
    boolean inside = false;
    for (int i = from; i < to; i++) {
      boolean space = text[i] >= 0 && text[i] <= ' ';
      words += !space && !inside ? 1 : 0;
      inside = !space;
    }
    return words;
  }

  private @Nullable CacheEntry nearProse(
      RouteMemory memory, Question asked, long nowMillis, long oldest, long randomBits) {
    RouteTrust trust = memory.prose();
    SecondJudge judge = cache.judge();
    float least = judge == null ? trust.least() : memory.rule().leastStatic();
    if (!(least <= 1) || !(trust.least() <= 1)) {
      return null;
    }
    memory.tally(trust.settings().tier()).lookedUp();
    CacheEntry entry =
        prose.find(
            memory,
            asked.tenant(),
            nearHigh,
            nearLow,
            least,
            nowMillis,
            oldest,
            canonicalLow,
            judge == null);
    if (entry == null) {
      return null;
    }
    float its = prose.score();
    if (judge != null) {
      // Both texts have the same template: it is of their partition.
      int before = payloadFrom - asked.from();
      int after = asked.to() - payloadTo;
      its =
          judge.compare(
              asked.text(), payloadFrom, payloadTo, entry, before, after, System.nanoTime());
      float own = entry.ownThreshold();
      float floor = Math.max(trust.settings().floor(), own);
      cache.events().judged(memory, judge.opinion(its, floor));
      if (!(its >= own)) { // also without an opinion
        return null;
      }
    }
    return decide(memory, trust, entry, Tier.PROSE, its, randomBits);
  }

  private @Nullable CacheEntry nearLog(
      RouteMemory memory, Question asked, long nowMillis, long oldest, long randomBits) {
    RouteTrust trust = memory.lines();
    if (!(trust.least() <= 1)) {
      return null;
    }
    memory.tally(NearTier.LINES).lookedUp();
    CacheEntry entry =
        logs.find(
            asked.tenant(), nearHigh, nearLow, trust.least(), nowMillis, oldest, canonicalLow);
    return entry == null
        ? null
        : decide(memory, trust, entry, Tier.LINES, logs.score(), randomBits);
  }

  private @Nullable CacheEntry decide(
      RouteMemory memory,
      RouteTrust trust,
      CacheEntry entry,
      Tier where,
      float itsScore,
      long randomBits) {
    RouteTrust.Decision decision = trust.decide(itsScore, randomBits);
    if (decision == RouteTrust.Decision.SERVE) {
      memory.tally(trust.settings().tier()).served(itsScore);
      return found(entry, where, itsScore);
    }
    if (decision == RouteTrust.Decision.CHECK) {
      candidate = entry;
      candidateTier = trust.settings().tier();
      score = itsScore;
    }
    return null;
  }

  /** Where the answer was found. */
  public Tier tier() {
    return tier;
  }

  /** How alike: 1 but for near answers. */
  public float score() {
    return score;
  }

  /** What might have been served, and is to be compared with the fresh answer; null: nothing. */
  public @Nullable CacheEntry candidate() {
    return candidate;
  }

  NearTier candidateTier() {
    return candidateTier;
  }

  /** The words of the question, for pairs that turn out wrong. */
  long questionHash() {
    return canonical ? canonicalLow : 0;
  }

  /**
   * What is needed to find the answer by more than the equal request; null: nothing else counts.
   * The text must still be there.
   */
  @Nullable Features features() {
    if (!canonical) {
      return null;
    }
    Features features = Features.canonical(canonicalHigh, canonicalLow, shape == Shape.PROSE);
    if (!near) {
      return features;
    }
    return shape == Shape.LOG
        ? logs.features(features, nearHigh, nearLow)
        : prose.features(features, nearHigh, nearLow);
  }

  /** Works out the features of a text that was stored earlier. */
  @Nullable Features features(RouteMemory of, Question stored) {
    prepare(of, stored);
    return features();
  }

  /**
   * What is needed once the fresh answer is here, so that this object can be used for something
   * else meanwhile; null: only equal requests will find it. Allocates what is stored.
   */
  public @Nullable Pending pending() {
    RouteMemory of = route;
    Question asked = question;
    if (of == null || asked == null || (!canonical && candidate == null)) {
      return null;
    }
    boolean recorded = candidate != null && cache.nearLog().recordsTexts();
    return new Pending(
        of,
        features(),
        candidate,
        candidateTier,
        score,
        questionHash(),
        recorded ? asked.copyOfText() : null);
  }

  /** Lets go of the question. */
  public void forget() {
    question = null;
    route = null;
    candidate = null;
    if (canonical) { // only then were they used
      canonical = false;
      canonicalProse.trim();
      prose.forget();
      logs.trim();
    }
  }

  @Nullable Question question() {
    return question;
  }

  @Nullable RouteMemory route() {
    return route;
  }
}
