package fairlead.cache.tiers;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.AnswerAgreement;
import fairlead.cache.earn.AnswerLikeness;
import fairlead.cache.earn.TrustChange;
import fairlead.cache.embed.Embedder;
import fairlead.cache.lines.LineQuery;
import fairlead.cache.store.CacheWriter;
import fairlead.cache.store.Departures;
import fairlead.cache.store.Journal;
import fairlead.cache.template.TemplateLearner;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the writer's thread does: lets stored answers be found by similar requests, writes the
 * journal, compares answers, and clears away what has gone.
 *
 * <p>Its methods run on the writer's thread but for {@link #gone}, {@link #owe}, {@link #owes} and
 * {@link #restore}, which any thread may call.
 */
final class Upkeep implements CacheWriter.Work<Change>, Journal.Memory {
  private static final System.Logger LOGGER = System.getLogger(Upkeep.class.getName());

  /** Moving texts to their templates looks at all entries: it may take a twentieth of the time. */
  private static final int REST_AFTER_MOVING = 20;

  /**
   * Making room for one costs as much as for many: its code and what it touches are in no cache of
   * the processor by then. A quarter of the changes that Caffeine's buffer holds on two processors.
   */
  private static final int CHANGES_PER_PURGE = 64;

  private final AnswerCache cache;
  private final AnswerTexts texts;
  private final AnswerAgreement agreement;
  private final Lookup lookup;
  private final Question question = new Question();
  private final LineQuery<CacheEntry> log = new LineQuery<>();
  private final Queue<Departure> departures = new ConcurrentLinkedQueue<>();
  private final AtomicLong goneBytes = new AtomicLong();
  private final AtomicInteger owed = new AtomicInteger();
  private final Set<Templates.Place> moved = new HashSet<>();
  private volatile boolean goneSinceTick;
  private boolean nudged;
  private int unpurged; // changes
  private int barriers; // owed, and come to this thread
  private long movedAtNanos;
  private long movingNanos;

  /** What the journal needs to know of a removed entry: not the entry, which may be large. */
  private record Departure(long high, long low, long storedAtMillis) {}

  Upkeep(AnswerCache cache, AnswerTexts texts) {
    this.cache = cache;
    this.texts = texts;
    agreement = new AnswerAgreement(new Likeness(cache));
    lookup = cache.lookup();
  }

  /**
   * An entry has left the store. Indexes learn of it with the next tick, the journal with the next
   * batch: none is lost, for one that was asked to go must not come back.
   */
  void gone(CacheEntry entry, Departures.Reason reason) {
    goneSinceTick = true;
    if (cache.journal() != null) {
      goneBytes.addAndGet(Journal.bytesOf(entry));
      if (reason == Departures.Reason.REMOVED) {
        departures.add(new Departure(entry.keyHigh(), entry.keyLow(), entry.storedAtMillis()));
      }
    }
  }

  /** Entries were removed, and a barrier is about to be told. */
  void owe() {
    owed.incrementAndGet();
  }

  /** Whether the disk may have something that was removed. */
  boolean owes() {
    return owed.get() > 0;
  }

  @Override
  public long bytes(Change change) {
    return change.bytes();
  }

  @Override
  public void batch(List<Change> changes) {
    Journal journal = cache.journal();
    if (journal != null) {
      // First: what callers were told must not wait for indexes, which may take long.
      each(changes, change -> write(change, journal));
      commit(journal, cache.clock().getAsLong());
    }
    each(changes, change -> apply(change, journal));
    move(nudged);
    nudged = false;
    long now = cache.clock().getAsLong();
    settle(journal, now);
    unpurged += changes.size();
    if (unpurged >= CHANGES_PER_PURGE || cache.store().isCrowded()) {
      purge(now);
    }
  }

  private void purge(long now) {
    unpurged = 0;
    cache.store().purge(now);
  }

  /** A defect costs one change: the others are well. */
  private void each(List<Change> changes, Consumer<Change> step) {
    for (Change change : changes) {
      try {
        step.accept(change);
      } catch (RuntimeException | Error defect) {
        cache.events().dropped();
        // Not its message: it may be made of what callers have sent.
        LOGGER.log(
            System.Logger.Level.ERROR,
            "the cache's writer has lost a "
                + change.getClass().getSimpleName()
                + ": "
                + defect.getClass().getName());
      }
    }
  }

  private static void write(Change change, Journal journal) {
    if (change instanceof Change.Stored stored) {
      journal.insert(stored.entry());
    } else if (change instanceof Change.Removed removed) {
      journal.removed(removed.high(), removed.low(), Long.MAX_VALUE);
    }
  }

  private void apply(Change change, @Nullable Journal journal) {
    switch (change) {
      case Change.Stored stored -> {
        if (stored.route() != null && stored.features() != null) {
          index(stored.entry(), stored.features());
          learn(stored.entry(), stored.features());
        }
      }
      case Change.Restored restored -> restored(restored.entry());
      case Change.Removed _ -> {}
      case Change.Nudge _ -> nudged = true;
      case Change.Barrier _ -> barriers++;
      case Change.Judged judged -> {
        if (journal != null && judged.lifted() != null) {
          journal.lifted(judged.lifted());
        }
        cache.trusts().write(cache.routes());
      }
      case Change.Check check -> check(check, journal);
    }
  }

  private void settle(@Nullable Journal journal, long now) {
    if (journal != null) {
      depart(journal);
      if (barriers > 0 && journal.rewrite(now)) {
        owed.addAndGet(-barriers);
        barriers = 0;
      }
      commit(journal, now);
    }
  }

  private void commit(Journal journal, long now) {
    if (!journal.commit(now)) {
      cache.events().journalFailed();
    }
  }

  private void depart(Journal journal) {
    for (Departure next = departures.poll(); next != null; next = departures.poll()) {
      journal.removed(next.high(), next.low(), next.storedAtMillis());
    }
    journal.gone(goneBytes.getAndSet(0));
  }

  @Override
  public void tick() {
    long now = cache.clock().getAsLong();
    purge(now);
    if (goneSinceTick) {
      goneSinceTick = false;
      cache.prose().removeIf(CacheEntry::removed);
      cache.lines().removeIf(CacheEntry::removed);
    }
    cache.prose().expire(now);
    cache.lines().expire(now);
    move(false);
    Journal journal = cache.journal();
    if (journal != null) {
      journal.tick(now);
    }
    settle(journal, now);
    cache.trusts().save(cache.routes(), now);
    cache.nearLog().tick(cache.routes(), now);
  }

  void close() {
    cache.trusts().write(cache.routes());
    cache.nearLog().write(cache.routes(), cache.clock().getAsLong());
    cache.nearLog().close();
  }

  private void index(CacheEntry entry, Features features) {
    if (entry.removed()) {
      return;
    }
    cache.store().alias(features.canonicalHigh, features.canonicalLow, entry);
    if (features.hasVector()) {
      cache
          .prose()
          .add(
              entry.tenant(),
              features.nearHigh,
              features.nearLow,
              entry,
              features.bits,
              features.row,
              features.scale,
              features.facts,
              features.facts.length,
              entry.expiresAtMillis());
    } else if (features.isLog()) {
      log.set(features.lines, features.lines.length, features.weight, features.findings);
      cache
          .lines()
          .add(
              entry.tenant(),
              features.nearHigh,
              features.nearLow,
              entry,
              log,
              entry.expiresAtMillis());
    }
  }

  /** Looks for what the texts of the partition share. */
  private void learn(CacheEntry entry, Features features) {
    if (!features.prose) {
      return;
    }
    byte[] payload = entry.payload();
    TemplateLearner learner =
        cache.templates().of(entry.tenant(), entry.partitionHigh(), entry.partitionLow());
    int prefix = learner.prefix();
    int suffix = learner.suffix();
    learner.observe(payload, 0, payload.length);
    if (learner.prefix() != prefix || learner.suffix() != suffix) {
      moved.add(place(entry));
    }
  }

  /** Moves what was stored to where its template says, for all templates that have changed. */
  private void move(boolean atOnce) {
    long start = System.nanoTime();
    if (moved.isEmpty() || (!atOnce && start - movedAtNanos < REST_AFTER_MOVING * movingNanos)) {
      return;
    }
    Set<Templates.Place> places = Set.copyOf(moved);
    moved.clear();
    cache.prose().removeIf(entry -> places.contains(place(entry)));
    cache
        .store()
        .forEach(
            entry -> {
              RouteMemory route = places.contains(place(entry)) ? cache.known(entry.route()) : null;
              Features features = route == null ? null : features(entry, route);
              if (features != null && features.hasVector()) {
                index(entry, features);
              }
            });
    movedAtNanos = System.nanoTime();
    movingNanos = movedAtNanos - start;
  }

  private static Templates.Place place(CacheEntry entry) {
    return new Templates.Place(entry.partitionHigh(), entry.partitionLow(), entry.tenant());
  }

  private @Nullable Features features(CacheEntry entry, RouteMemory route) {
    question
        .of(entry.tenant(), entry.keyHigh(), entry.keyLow(), 0)
        .fuzzy(
            entry.partitionHigh(),
            entry.partitionLow(),
            entry.payload(),
            0,
            entry.payload().length,
            false,
            0);
    Features features = lookup.features(route, question);
    question.forget();
    lookup.forget();
    return features;
  }

  private void restored(CacheEntry entry) {
    RouteMemory route = cache.known(entry.route());
    if (route == null || entry.payload().length == 0) {
      return;
    }
    Features features = features(entry, route);
    if (features != null) {
      index(entry, features);
      learn(entry, features);
    }
  }

  private void check(Change.Check check, @Nullable Journal journal) {
    byte[] stored = texts.of(check.candidate().answer());
    byte[] fresh = texts.of(check.fresh());
    if (stored.length == 0 || fresh.length == 0) {
      return; // no answer that came to its end: nothing to compare
    }
    long now = cache.clock().getAsLong();
    AnswerAgreement.Verdict verdict =
        agreement.compare(stored, 0, stored.length, fresh, 0, fresh.length);
    if (verdict == AnswerAgreement.Verdict.DIFFERS) {
      differed(check, journal);
    }
    TrustChange change = check.route().of(check.tier()).judged(check.score(), verdict.wrong(), now);
    cache.nearLog().checked(check, verdict, now);
    cache.trusts().changed();
    cache.events().checked(check.route(), check.tier(), verdict);
    if (change != null) {
      cache.events().trustChanged(check.route(), check.tier(), change);
    }
  }

  private void differed(Change.Check check, @Nullable Journal journal) {
    CacheEntry candidate = check.candidate();
    boolean ended = cache.blockers().block(candidate, check.question(), check.score());
    if (ended) {
      cache.store().remove(candidate);
    }
    if (journal == null) {
      return;
    }
    if (ended) { // also if memory has let go of it before
      journal.removed(candidate.keyHigh(), candidate.keyLow(), candidate.storedAtMillis());
    } else {
      journal.lifted(candidate);
    }
  }

  // What comes back from disk.

  @Override
  public void restore(CacheEntry entry) {
    if (!cache.store().restore(entry)) {
      return;
    }
    cache.insist(new Change.Restored(entry));
  }

  @Override
  public void forEachLive(Consumer<CacheEntry> action) {
    cache.store().forEach(action);
  }

  /** How alike two answers' wording is, by the token table; for the writer's thread only. */
  private static final class Likeness implements AnswerLikeness {
    private final Embedder one;
    private final Embedder other;

    Likeness(AnswerCache cache) {
      one = new Embedder(cache.table());
      other = new Embedder(cache.table());
    }

    @Override
    public float of(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
      if (!one.embed(a, aFrom, aTo) || !other.embed(b, bFrom, bTo)) {
        return Float.NaN;
      }
      return Embedder.cosine(
          one.row(), 0, one.scale(), other.row(), 0, other.scale(), one.row().length);
    }
  }
}
