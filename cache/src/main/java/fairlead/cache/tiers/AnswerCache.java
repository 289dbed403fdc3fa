package fairlead.cache.tiers;

import static java.util.Objects.requireNonNull;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.Blockers;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.ObservationLog;
import fairlead.cache.earn.TrustChange;
import fairlead.cache.earn.TrustState;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.guard.WordSimilarity;
import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import fairlead.cache.index.ProseIndex;
import fairlead.cache.lines.LineIndex;
import fairlead.cache.store.AnswerStore;
import fairlead.cache.store.CacheWriter;
import fairlead.cache.store.Departures;
import fairlead.cache.store.Flights;
import fairlead.cache.store.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The memory for answers: the store, the indexes over it, the journal below it, and the thread that
 * keeps them together.
 *
 * <p>Thread-safe. Look-ups never wait for the writer; what was {@link #remember remembered} is
 * found by the equal request at once, and by a similar one some 20 ms later.
 *
 * <p>Lifecycle: 1. {@link #inMemory} or {@link #open}; 2. look-ups and answers; 3. {@link #close},
 * which writes what is still to be written.
 */
public final class AnswerCache implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(AnswerCache.class.getName());

  private final Limits limits;
  private final HashSecret secret;
  private final long maskSecret;
  private final LongSupplier clock;
  private final CacheEvents events;
  private final @Nullable SecondJudge judge;
  private final @Nullable Journal journal;
  private final TrustFile trusts;
  private final TokenTable table = TokenTable.load();
  private final WordSimilarity similarity = new TableSimilarity(table);
  private final Blockers blockers = new Blockers();
  private final Templates templates;
  private final AnswerStore store;
  private final Flights flights;
  private final ProseIndex<CacheEntry> prose;
  private final LineIndex<CacheEntry> lines;
  private final RecentHits recent = new RecentHits();
  private final Map<String, RouteMemory> routes = new ConcurrentHashMap<>();
  private final NearLog nearLog = new NearLog();
  private final Upkeep upkeep;
  private final CacheWriter<Change> writer;

  /**
   * @param maxBytes of answers in memory
   * @param perPartition entries that agree in everything but the last user text
   * @param perTenant entries of one tenant that may be found by similarity
   * @param maxDiskBytes of the journal
   */
  public record Limits(long maxBytes, int perPartition, int perTenant, long maxDiskBytes) {}

  private AnswerCache(
      Limits limits,
      LongSupplier clock,
      AnswerTexts texts,
      @Nullable SecondJudge judge,
      CacheEvents events,
      @Nullable Journal journal,
      TrustFile trusts) {
    this.limits = limits;
    this.clock = clock;
    this.judge = judge;
    this.events = events;
    this.journal = journal;
    this.trusts = trusts;
    secret = journal == null ? HashSecret.random() : HashSecret.of(journal.secret());
    maskSecret = maskSecret(secret);
    templates = new Templates(secret);
    store = new AnswerStore(limits.maxBytes(), ThreadLocalRandom.current().nextLong(), this::gone);
    flights = new Flights(store, Flights.DEFAULT_MAX_FOLLOWERS);
    prose =
        new ProseIndex<>(
            table.dims(),
            limits.perPartition(),
            limits.perTenant(),
            entry -> AnswerStore.evictionScore(entry, clock.getAsLong()),
            new SplittableRandom());
    lines =
        new LineIndex<>(
            limits.perPartition(),
            limits.perTenant(),
            entry -> AnswerStore.evictionScore(entry, clock.getAsLong()),
            new SplittableRandom());
    trusts.blockers(blockers);
    upkeep = new Upkeep(this, texts);
    writer = new CacheWriter<>(upkeep);
  }

  /** A cache that ends with the process. */
  public static AnswerCache inMemory(
      Limits limits,
      LongSupplier clockMillis,
      AnswerTexts texts,
      @Nullable SecondJudge judge,
      CacheEvents events) {
    AnswerCache cache =
        new AnswerCache(limits, clockMillis, texts, judge, events, null, TrustFile.none());
    cache.writer.start();
    return cache;
  }

  /**
   * A cache that lives on in a folder; what is there already comes back in the background.
   *
   * @throws IOException if the folder cannot be used or another process has it
   */
  public static AnswerCache open(
      Path folder,
      Limits limits,
      LongSupplier clockMillis,
      AnswerTexts texts,
      @Nullable SecondJudge judge,
      CacheEvents events)
      throws IOException {
    Journal journal =
        Journal.open(
            folder,
            new Journal.Settings(
                limits.maxDiskBytes(), Journal.Settings.DEFAULT_FORCE_MILLIS, limits.maxBytes()));
    AnswerCache cache =
        new AnswerCache(limits, clockMillis, texts, judge, events, journal, TrustFile.in(folder));
    cache.writer.start();
    return cache;
  }

  /**
   * Begins to read back what was stored. Called once the routes are known, since how an entry may
   * be found depends on its route.
   */
  public void restore() throws IOException {
    Journal from = journal;
    if (from != null) {
      store.purge(clock.getAsLong()); // so that it knows the time
      from.start(upkeep);
    }
  }

  /** Writes what near answers do into this log from now on; it is closed with the cache. */
  public void observe(ObservationLog log) {
    nearLog.to(log);
  }

  /** What a route may have; the same name with the same policy keeps its trust. */
  public RouteMemory route(String name, TierPolicy policy) {
    return requireNonNull(
        routes.compute(
            name,
            (_, known) ->
                known != null && known.policy().equals(policy)
                    ? known
                    : new RouteMemory(
                        name, policy, judge == null ? null : judge.name(), events, this::saved)));
  }

  private @Nullable TrustState saved(String route, NearTier tier) {
    RouteMemory known = routes.get(route);
    if (known != null && known.of(tier).settings().tier() == tier) {
      return known.of(tier).state();
    }
    return trusts.saved(route, tier);
  }

  /** A scratch for the look-ups of one connection. */
  public Lookup lookup() {
    return new Lookup(this);
  }

  /** What digests of requests are made with. */
  public HashSecret secret() {
    return secret;
  }

  /** The calls under way. */
  public Flights flights() {
    return flights;
  }

  /** For {@link Flights#enter}: to be read before a look-up. */
  public long additions() {
    return store.additions();
  }

  // After a look-up.

  /**
   * Whether it is worth while to {@link #remember} the answer to this question: full memory takes
   * in a first answer only as long as that does not flush it within minutes.
   *
   * @param bytes of payload and answer, roughly
   */
  public boolean admits(long high, long low, long bytes, long nowMillis) {
    return store.admits(high, low, bytes, nowMillis);
  }

  /**
   * Stores the fresh answer to a question that was looked up.
   *
   * @param after what the look-up has left; null: only equal requests shall find it
   * @return false if it was over already or is too large
   */
  public boolean remember(@Nullable Pending after, CacheEntry entry) {
    boolean stored = store.put(entry);
    if (stored) {
      offer(
          after == null
              ? new Change.Stored(entry, null, null)
              : new Change.Stored(entry, after.route, after.features));
    }
    return stored;
  }

  /** Compares the fresh answer with the one that might have been served, if there is one. */
  public void check(Pending after, byte[] fresh) {
    CacheEntry candidate = after.candidate;
    if (candidate != null) {
      offer(
          new Change.Check(
              after.route,
              after.candidateTier,
              candidate,
              after.score,
              after.questionHash,
              fresh,
              after.text));
    }
  }

  /** Takes note that an answer was served without being asked for word by word. */
  public void served(Lookup after, CacheEntry entry) {
    Question question = after.question();
    RouteMemory route = after.route();
    if (question != null && route != null && after.tier() != Tier.EXACT) {
      recent.add(
          new RecentHits.Hit(
              question.keyHigh(),
              question.keyLow(),
              route,
              entry.keyHigh(),
              entry.keyLow(),
              entry.storedAtMillis(),
              after.questionHash(),
              after.score(),
              after.tier()));
    }
  }

  private void offer(Change change) {
    if (!writer.offer(change)) {
      events.dropped();
      if (journal != null && change instanceof Change.Stored) {
        journal.incomplete();
      }
    }
  }

  // Administration.

  /**
   * Whether what was told cannot be kept at present: what was removed may come back after a
   * restart, and feedback be forgotten. To be asked after {@link #remove}, {@link #removeIf},
   * {@link #wrong} and {@link #right}; it ends by itself when the disk can be written again.
   */
  public boolean journalFailing() {
    return journal != null && (journal.failing() || upkeep.owes() || trusts.failing());
  }

  /**
   * Ends the entry with this key, also where it is on disk only; null if it is not in memory. It is
   * off the disk when this returns, unless {@link #journalFailing}.
   */
  public @Nullable CacheEntry remove(long high, long low) {
    awaitRestored();
    CacheEntry removed = store.remove(high, low);
    settle(
        removed == null
            ? new Change.Removed(high, low)
            : new Change.Removed(removed.keyHigh(), removed.keyLow()));
    return removed;
  }

  /**
   * Ends all entries that the test is true of; how many. Looks at each.
   *
   * <p>What is on disk only, since memory had no room for it, cannot be looked at. So the journal
   * is written anew with what is in memory, which takes some seconds per GB; when this returns that
   * is done, unless {@link #journalFailing}.
   */
  public int removeIf(Predicate<CacheEntry> test) {
    awaitRestored();
    int removed = store.removeIf(test);
    if (journal != null) {
      upkeep.owe();
    }
    settle(new Change.Barrier());
    return removed;
  }

  /** The entry with this key that may be served now. */
  public @Nullable CacheEntry entry(long high, long low) {
    return store.exact(high, low, clock.getAsLong());
  }

  /** All entries of one moment. */
  public void forEach(Consumer<CacheEntry> action) {
    store.forEach(action);
  }

  /**
   * Somebody says that the answer of an entry was wrong.
   *
   * @param entryHigh key of the entry that was served
   * @param requestHigh key of the request that was answered with it; the same as the entry's where
   *     it is not known
   * @return false if there is no such entry
   */
  public boolean wrong(long entryHigh, long entryLow, long requestHigh, long requestLow) {
    RecentHits.Hit hit = recent.find(requestHigh, requestLow, entryHigh, entryLow);
    CacheEntry entry = store.exact(entryHigh, entryLow, clock.getAsLong());
    if (hit != null) {
      complained(hit, entry);
      return true;
    }
    if (entry == null) {
      return false;
    }
    blockers.wrong(entry);
    remove(entryHigh, entryLow);
    return true;
  }

  /**
   * Somebody says that the answer of an entry was right. That forgives the entry and certifies
   * nothing: who praises chooses what.
   *
   * @return false if there is no such entry
   */
  public boolean right(long entryHigh, long entryLow) {
    CacheEntry entry = store.exact(entryHigh, entryLow, clock.getAsLong());
    if (entry == null) {
      return false;
    }
    blockers.right(entry);
    trusts.changed();
    settle(new Change.Judged(null));
    return true;
  }

  /** The entry that is stored by that key now may be another, or none. */
  private void complained(RecentHits.Hit hit, @Nullable CacheEntry now) {
    CacheEntry served = now != null && now.storedAtMillis() == hit.storedAtMillis() ? now : null;
    boolean ended =
        served == null
            ? blockers.block(hit.entryHigh(), hit.entryLow(), hit.questionHash())
            : blockers.block(served, hit.questionHash(), hit.score());
    trusts.changed();
    distrust(hit);
    if (ended) {
      remove(hit.entryHigh(), hit.entryLow());
    }
    settle(new Change.Judged(ended ? null : served));
  }

  private void distrust(RecentHits.Hit hit) {
    NearTier tier =
        switch (hit.tier()) {
          case PROSE -> hit.route().prose().settings().tier();
          case LINES -> NearTier.LINES;
          case EXACT, CANONICAL -> null;
        };
    if (tier != null) {
      TrustChange change = hit.route().of(tier).judged(hit.score(), true, clock.getAsLong());
      if (change != null) {
        events.trustChanged(hit.route(), tier, change);
      }
    }
  }

  /** Answers in memory. */
  public long entries() {
    return store.entries();
  }

  /** What they and the indexes take, roughly. */
  public long bytes() {
    return store.bytes() + prose.bytes() + lines.bytes();
  }

  /** What is on disk, or null where nothing is. */
  public @Nullable Journal journal() {
    return journal;
  }

  public @Nullable SecondJudge judge() {
    return judge;
  }

  /** Waits until everything that was remembered is found by similar requests and on disk. */
  public void flush() {
    writer.insist(new Change.Nudge());
    writer.flush();
  }

  private void gone(CacheEntry entry, Departures.Reason reason) {
    upkeep.gone(entry, reason);
    events.gone(reason);
  }

  /** Waits for entries that are still being read back: they must not come after what ends them. */
  private void awaitRestored() {
    Journal from = journal;
    if (from == null) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        from.awaitReplay();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until it is on disk, and all that was told before. */
  private void settle(Change change) {
    if (journal != null) {
      writer.insist(change);
      writer.flush();
    }
  }

  /** Masks are hashed with a part of the secret, so that nobody can make two logs look alike. */
  private static long maskSecret(HashSecret secret) {
    Digest digest = new Digest(secret);
    digest.clear();
    digest.absorb(0x6c6f6773L);
    return digest.high();
  }

  @Override
  public void close() {
    writer.close();
    upkeep.close();
    Journal open = journal;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOGGER.log(System.Logger.Level.WARNING, "the cache's journal did not end well", e);
      }
    }
  }

  // For the look-up and the writer.

  AnswerStore store() {
    return store;
  }

  ProseIndex<CacheEntry> prose() {
    return prose;
  }

  LineIndex<CacheEntry> lines() {
    return lines;
  }

  TokenTable table() {
    return table;
  }

  WordSimilarity similarity() {
    return similarity;
  }

  Blockers blockers() {
    return blockers;
  }

  Templates templates() {
    return templates;
  }

  NearLog nearLog() {
    return nearLog;
  }

  TrustFile trusts() {
    return trusts;
  }

  CacheEvents events() {
    return events;
  }

  LongSupplier clock() {
    return clock;
  }

  long maskSecret() {
    return maskSecret;
  }

  Limits limits() {
    return limits;
  }

  @Nullable RouteMemory known(String route) {
    return routes.get(route);
  }

  Iterable<RouteMemory> routes() {
    return routes.values();
  }

  /** For the thread of the replay, which may be faster than the writer. */
  void insist(Change change) {
    writer.insist(change);
  }
}
