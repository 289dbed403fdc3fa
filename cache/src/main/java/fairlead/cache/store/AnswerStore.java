package fairlead.cache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import fairlead.cache.CacheEntry;
import fairlead.cache.store.Departures.Reason;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers in memory, found by the digest of the whole request; bounded by bytes.
 *
 * <p>Thread-safe; readers never wait. A lookup takes some tens of ns and allocates a key, or
 * nothing through a {@link Reader}; a put takes half a µs, 2 µs if it has to evict. About 160 bytes
 * per entry beside the entry, 100 per alias.
 */
public final class AnswerStore implements Flights.Stored {
  /*
   * Who goes when memory is full. Caffeine keeps the map, the hard bound in bytes and the timer
   * wheel of the ends of lives. But its W-TinyLFU counts uses only: an answer of 2 KB that saved 20
   * cents goes before one of 40 KB that saved a tenth of a cent twice. Its weights cannot say it
   * either, for they fill the bound and do not enter the choice. So the choice is made here, just
   * below Caffeine's bound: of 32 random entries the one goes that saves the fewest dollars per
   * second and byte (EvictionScore). That costs 1 to 2 µs, most of it for touching entries that were
   * not touched for long; so purge does it in advance, on the thread of the one who keeps house, and
   * a put only where that one has fallen behind. Caffeine's own choice is what is left if even puts
   * are outrun.
   *
   * Time. Callers bring their own; Caffeine's clock is the latest of theirs, in steps of a second,
   * and so never ahead. That an entry is over is always decided by the entry itself; the clock only
   * serves to free its memory. Callers' times may be some seconds old, so only the housekeeper, who
   * has a fresh one, sets the clock back, after it was wrong by more than a minute: otherwise
   * everything would seem over until that time has come.
   *
   * Caffeine notes writes and reads in buffers and works them off later. That, half of what a put
   * costs, is also left to purge.
   */
  private static final int ALIAS_WEIGHT = 100;
  private static final long CLOCK_STEP_MILLIS = 1_000;
  private static final long CLOCK_SLACK_MILLIS = 60_000;
  private static final long LONGEST_LIFE_MILLIS = TimeUnit.DAYS.toMillis(36_500);

  private final Cache<Key, Held> cache;
  private final KeySketch sketch;
  private final Ledger ledger;
  private final Departures departures;
  private final AtomicLong additions = new AtomicLong();
  private final ConcurrentLinkedQueue<Held> orphans = new ConcurrentLinkedQueue<>();
  private final Admission admission;
  private final long fullBytes;
  private final long keptBytes;
  private final long softBytes;
  private volatile long clockMillis;

  /**
   * @param maxBytes of entries, see {@link CacheEntry#weight()}
   * @param seed decides whom eviction looks at
   */
  public AnswerStore(long maxBytes, long seed, Departures departures) {
    this.departures = departures;
    this.ledger = new Ledger(seed);
    this.sketch = new KeySketch(maxBytes);
    this.admission = new Admission(maxBytes, sketch);
    this.fullBytes = maxBytes - maxBytes / 8;
    this.keptBytes = maxBytes - maxBytes / 16;
    this.softBytes = maxBytes - maxBytes / 32;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(AnswerStore::weight)
            .expireAfter(new Ends())
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clockMillis))
            .executor(_ -> {}) // purge does it; Caffeine itself where its buffer is full
            .evictionListener(this::evicted)
            .build();
  }

  /**
   * The entry with this key or alias that may be served at this time. Does not count as a use: who
   * serves it says {@link CacheEntry#hit()}.
   */
  @Override
  public @Nullable CacheEntry exact(long high, long low, long nowMillis) {
    return alive(new Key(high, low), nowMillis);
  }

  private @Nullable CacheEntry alive(Key key, long nowMillis) {
    advance(nowMillis);
    if (!sketch.mayHold(key.high(), key.low())) {
      return null;
    }
    Held held = cache.getIfPresent(key);
    return held != null && held.entry.alive(nowMillis) ? held.entry : null;
  }

  @Override
  public long additions() {
    return additions.get();
  }

  /** A way to ask for whoever asks often. */
  public Reader reader() {
    return new Reader();
  }

  /** Asks the store with a key of its own. Not thread-safe. */
  public final class Reader {
    private final Key key = new Key(0, 0);

    private Reader() {}

    /** As {@link AnswerStore#exact}. */
    public @Nullable CacheEntry exact(long high, long low, long nowMillis) {
      key.set(high, low);
      return alive(key, nowMillis);
    }
  }

  /**
   * Whether to {@link #put} the answer to this question: always while there is room; once memory is
   * full, as {@link Admission} decides.
   *
   * @param bytes of payload and answer
   */
  public boolean admits(long high, long low, long bytes, long nowMillis) {
    return ledger.bytes() < fullBytes
        || admission.admits(high, low, CacheEntry.OWN_BYTES + bytes, nowMillis);
  }

  /**
   * Stores it, instead of what has the same key. False if it is over already or too large: half of
   * all memory is.
   */
  public boolean put(CacheEntry entry) {
    return put(entry, false);
  }

  /** Stores it unless its key is taken: what is in memory is newer than what was on disk. */
  public boolean restore(CacheEntry entry) {
    return put(entry, true);
  }

  private boolean put(CacheEntry entry, boolean onlyIfAbsent) {
    if (!onlyIfAbsent) { // what comes from disk may have been stored by another clock
      advance(entry.storedAtMillis());
    }
    if (entry.weight() > softBytes / 2 || !entry.alive(clockMillis)) {
      entry.remove();
      return false;
    }
    Held held = new Held(entry);
    if (onlyIfAbsent) {
      if (cache.asMap().putIfAbsent(held.key, held) != null) {
        entry.remove();
        return false;
      }
    } else {
      Held old = cache.asMap().put(held.key, held);
      if (old != null && old.entry == entry) {
        ledger.remove(old);
        dropAliases(old);
      } else if (old != null) {
        retire(old, Reason.REPLACED);
      }
    }
    sketch.mark(held.key.high(), held.key.low());
    additions.getAndIncrement();
    ledger.add(held);
    trim(softBytes);
    return true;
  }

  /**
   * Lets an entry be found under another key too, until it goes; a newer one keeps the key. The key
   * must be of a kind that no entry has as its own.
   */
  public void alias(long high, long low, CacheEntry entry) {
    Held held = cache.getIfPresent(new Key(entry.keyHigh(), entry.keyLow()));
    Key key = new Key(high, low);
    if (held == null || held.entry != entry || held.owns(key)) {
      return;
    }
    Held other = cache.asMap().get(key);
    if (other == held
        || (other != null
            && other.entry.alive(clockMillis)
            && other.entry.storedAtMillis() > entry.storedAtMillis())) {
      return;
    }
    if (!held.has(key)) { // it may have lost the key to one that has gone since
      held.add(key);
      ledger.charge(held, ALIAS_WEIGHT);
    }
    cache.put(key, held);
    sketch.mark(high, low);
    if (entry.removed()) { // while it was added
      dropAliases(held);
    }
  }

  /** Ends the entry with this key or alias; null if there is none. */
  public @Nullable CacheEntry remove(long high, long low) {
    Held held = cache.asMap().get(new Key(high, low));
    if (held == null || !cache.asMap().remove(held.key, held)) {
      return null;
    }
    retire(held, Reason.REMOVED);
    return held.entry;
  }

  /** Ends this entry; false if it is not in memory. */
  public boolean remove(CacheEntry entry) {
    Held held = cache.asMap().get(new Key(entry.keyHigh(), entry.keyLow()));
    if (held == null || held.entry != entry || !cache.asMap().remove(held.key, held)) {
      return false;
    }
    retire(held, Reason.REMOVED);
    return true;
  }

  /** Ends all these entries; looks at each. */
  public int removeIf(Predicate<CacheEntry> which) {
    int removed = 0;
    for (CacheEntry entry : ledger.copy()) {
      if (which.test(entry) && remove(entry)) {
        removed++;
      }
    }
    return removed;
  }

  /** All entries of one moment. */
  public void forEach(Consumer<CacheEntry> action) {
    for (CacheEntry entry : ledger.copy()) {
      action.accept(entry);
    }
  }

  /**
   * Frees the memory of what is over, and makes room for what will come; by whoever keeps house,
   * after some tens of new entries, or sooner where it {@link #isCrowded}.
   */
  public void purge(long nowMillis) {
    if (nowMillis < clockMillis - CLOCK_SLACK_MILLIS) {
      clockMillis = nowMillis;
    }
    advance(nowMillis);
    cache.cleanUp();
    trim(keptBytes);
    if (sketch.isFull()) {
      sketch.renew(each -> cache.asMap().keySet().forEach(each));
    }
  }

  /** Whether half of the room that a purge makes is taken again. */
  public boolean isCrowded() {
    return ledger.bytes() > (keptBytes + softBytes) / 2;
  }

  /** Of all entries, with what holding them costs. */
  public long bytes() {
    return ledger.bytes();
  }

  public int entries() {
    return ledger.count();
  }

  /** What an entry is worth keeping at this time; whoever must let one go takes the least. */
  public static double evictionScore(CacheEntry entry, long nowMillis) {
    return EvictionScore.of(entry, nowMillis);
  }

  private void trim(long toBytes) {
    Held least;
    while ((least = ledger.takeLeastAbove(toBytes, clockMillis)) != null) {
      boolean over = clockMillis >= least.entry.expiresAtMillis();
      if (cache.asMap().remove(least.key, least)) {
        retire(least, over ? Reason.EXPIRED : Reason.EVICTED);
      }
    }
    Held orphan;
    while ((orphan = orphans.poll()) != null) {
      dropAliases(orphan);
    }
  }

  private void retire(Held held, Reason reason) {
    held.entry.remove();
    ledger.remove(held);
    dropAliases(held);
    departures.gone(held.entry, reason);
  }

  /** In the middle of Caffeine's change of the map: aliases must wait. */
  private void evicted(@Nullable Key key, @Nullable Held held, RemovalCause cause) {
    if (key == null || held == null || !held.owns(key)) {
      return;
    }
    held.entry.remove();
    ledger.remove(held);
    if (held.aliases.get() != null) {
      orphans.add(held);
    }
    departures.gone(held.entry, cause == RemovalCause.EXPIRED ? Reason.EXPIRED : Reason.EVICTED);
  }

  private void dropAliases(Held held) {
    Held.Alias alias = held.aliases.getAndSet(null);
    for (; alias != null; alias = alias.next()) {
      cache.asMap().remove(alias.key(), held);
    }
  }

  private void advance(long nowMillis) {
    if (nowMillis - clockMillis >= CLOCK_STEP_MILLIS) {
      clockMillis = nowMillis;
    }
  }

  private static int weight(Key key, Held held) {
    return held.owns(key) ? held.ownWeight() : ALIAS_WEIGHT;
  }

  /** An entry's own end, on Caffeine's clock. */
  private final class Ends implements Expiry<Key, Held> {
    @Override
    public long expireAfterCreate(Key key, Held held, long nowNanos) {
      long left = Math.clamp(held.entry.expiresAtMillis() - clockMillis, 0, LONGEST_LIFE_MILLIS);
      return TimeUnit.MILLISECONDS.toNanos(left);
    }

    @Override
    public long expireAfterUpdate(Key key, Held held, long nowNanos, long leftNanos) {
      return expireAfterCreate(key, held, nowNanos);
    }

    @Override
    public long expireAfterRead(Key key, Held held, long nowNanos, long leftNanos) {
      return leftNanos;
    }
  }
}
