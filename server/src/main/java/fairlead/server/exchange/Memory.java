package fairlead.server.exchange;

import fairlead.cache.CacheEntry;
import fairlead.cache.store.Flight;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.Lookup;
import fairlead.cache.tiers.Pending;
import fairlead.cache.tiers.Question;
import fairlead.cache.tiers.Tier;
import fairlead.providers.Operation;
import fairlead.providers.http.WallClock;
import fairlead.providers.wire.RequestScan;
import fairlead.server.caching.CacheControls;
import fairlead.server.caching.InvalidControl;
import fairlead.server.caching.NotCached;
import fairlead.server.caching.RequestFingerprint;
import fairlead.server.observe.CacheMetrics;
import fairlead.server.observe.CacheResult;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls from memory, and has their answers remembered.
 *
 * <p>The way of a call: 1. {@link #answer} looks for the answer, or waits for the one an equal call
 * will get; 2. if there is none a provider is asked, while what the caller is sent is collected; 3.
 * {@link #settle} stores it and hands it to the equal calls that have waited; 4. {@link #end}.
 *
 * <p>Not thread-safe: one per connection. While a call waits for its provider, or for an equal
 * call, this holds what is needed to store the answer; between calls it holds nothing. A look-up
 * that finds nothing allocates the one object that stands for the call under way, and for a text
 * that similar ones may find, what will be stored of it.
 */
final class Memory {
  /** The caller is to be answered by a provider. */
  static final int ASK = 0;

  /** Nothing was found, and equal calls ask together. */
  private static final int TOGETHER = -1;

  /** Random bits with which no near answer is checked. */
  private static final long NO_CHECK = -1;

  private static final int CLIENT_CLOSED_REQUEST = 499;

  private final Call call;
  private final SharedCache shared;
  private final AnswerCache cache;
  private final CacheMetrics metrics;
  private final Remembering remembering;

  private @Nullable RouteCaching caching;

  // Of the call that a provider is asked for.
  private long askedNanos;
  private long askedMillis;
  private long additions; // before anything was looked for
  private boolean mayStore;
  private boolean replaces; // an answer that this caller or the rules did not want
  private long ttlMillis;
  private long maxAgeMillis;
  private long minFreshMillis;
  private @Nullable Pending pending;
  private @Nullable Flight flight;
  private @Nullable Flight usedPlace; // of a call before

  Memory(Call call, SharedCache shared) {
    this.call = call;
    this.shared = shared;
    cache = shared.cache();
    metrics = shared.metrics();
    remembering = new Remembering(call, shared);
  }

  /**
   * Answers the call if memory can.
   *
   * @param randomBits 64 fresh ones
   * @return the status the caller got, or {@link #ASK}
   * @throws CallFailure if a header cannot be followed, or the caller wants an answer from memory
   *     only and there is none
   */
  int answer(RouteCaching of, RequestScan scan, long randomBits) throws IOException {
    caching = of;
    MemoryScratch with = shared.borrow();
    int status;
    try {
      status = lookUp(with, of, scan, randomBits);
    } finally {
      shared.giveBack(with);
    }
    return status == TOGETHER ? together(of) : status;
  }

  /** After {@link #ASK}, when it was known that a provider is to be asked. */
  long askedNanos() {
    return askedNanos;
  }

  private int lookUp(MemoryScratch with, RouteCaching of, RequestScan scan, long randomBits)
      throws IOException {
    CacheControls controls = with.controls;
    try {
      controls.read(call.http);
    } catch (InvalidControl e) {
      throw CallFailure.invalid("invalid_header", e.header(), e.getMessage());
    }
    int reasons = of.eligibility().early(scan, controls);
    if (call.operation == Operation.COMPLETIONS && call.stream) {
      reasons |= NotCached.OPERATION.bit();
    }
    if (reasons == 0) {
      with.seed.read(
          of,
          controls.scope(),
          of.share() == null ? call.caller.tenantBytes() : Call.NOBODY,
          call.dynamicModel,
          call.betas);
      with.fingerprint.read(
          scan, call.operation, with.seed.high(), with.seed.low(), controls.mark());
      reasons = of.eligibility().exactReasons(with.fingerprint);
    }
    if (reasons != 0) {
      return without(of, controls, NotCached.first(reasons));
    }
    return lookUp(with, of, randomBits);
  }

  private int without(RouteCaching of, CacheControls controls, NotCached reason)
      throws CallFailure {
    call.cacheReason = reason.label();
    boolean off = reason == NotCached.ROUTE_OFF || reason == NotCached.CALLER_OFF;
    if (controls.only()) {
      throw absent(of, "This request is not answered from memory: " + reason.label() + ".");
    }
    if (!off) {
      of.ineligible()[reason.ordinal()].increment();
    }
    of.counters().count(off ? CacheResult.OFF : CacheResult.INELIGIBLE);
    askedNanos = System.nanoTime();
    return ASK;
  }

  private int lookUp(MemoryScratch with, RouteCaching of, long randomBits) throws IOException {
    CacheControls controls = with.controls;
    Lookup lookup = with.lookup;
    Question question = ask(with, of);
    call.cacheKeyed = true;
    call.cacheKeyHigh = question.keyHigh();
    call.cacheKeyLow = question.keyLow();
    call.cacheState.clear();
    call.cacheState.ascii("miss");
    replaces = !controls.mayLookUp();
    if (replaces) {
      if (controls.only()) {
        throw absent(of, "The caller wants no answer that is stored already.");
      }
      lookup.prepare(of.memory(), question);
      leave(with, of);
      askedNanos = System.nanoTime();
      return fresh(of, CacheResult.REFRESHED);
    }
    long began = System.nanoTime();
    long now = WallClock.millisAt(began);
    askedMillis = now;
    additions = cache.additions();
    // Who wants an answer from memory only is not to get none because it is time for a check.
    long draw = controls.only() ? NO_CHECK : randomBits;
    CacheEntry entry = lookup.find(of.memory(), question, now, draw);
    askedNanos = System.nanoTime();
    metrics.lookup().record(askedNanos - began);
    if (entry != null
        && !entry.removed() // while a judge was asked
        && controls.accepts(entry.storedAtMillis(), entry.expiresAtMillis(), now)
        && with.answer.canAnswer(call, entry)) {
      // What is said of an answer may come as soon as it is there: all is noted before.
      cache.served(lookup, entry);
      served(of, entry, result(lookup.tier()));
      with.answer.send(call, entry, lookup.tier(), lookup.score(), now);
      return 200;
    }
    if (controls.only()) {
      throw absent(of, "There is no answer to this request in memory.");
    }
    replaces = entry != null;
    leave(with, of);
    return mayStore ? TOGETHER : fresh(of, CacheResult.MISS);
  }

  private Question ask(MemoryScratch with, RouteCaching of) {
    RequestFingerprint fingerprint = with.fingerprint;
    CacheControls controls = with.controls;
    long maxAge = controls.maxAgeMillis();
    Question question =
        with.question.of(
            tenant(of),
            fingerprint.wholeHigh(),
            fingerprint.wholeLow(),
            Math.min(maxAge, of.exactTtlMillis()));
    if (of.memory() != null
        && of.eligibility().nearReasons(fingerprint, call.operation) == 0
        && call.operation == Operation.CHAT) {
      question.fuzzy(
          fingerprint.partitionHigh(),
          fingerprint.partitionLow(),
          fingerprint.payload(),
          fingerprint.payloadStart(),
          fingerprint.payloadEnd(),
          controls.mark() != null,
          Math.min(maxAge, of.nearTtlMillis()));
    }
    return question;
  }

  private String tenant(RouteCaching of) {
    String share = of.share();
    return share == null ? call.caller.tenant() : share;
  }

  /** Takes along what is needed after the provider's answer. */
  private void leave(MemoryScratch with, RouteCaching of) {
    long given = with.controls.ttlMillis();
    ttlMillis = Math.min(given, of.ttlMillis());
    maxAgeMillis = Math.min(with.controls.maxAgeMillis(), of.exactTtlMillis());
    minFreshMillis = with.controls.minFreshMillis();
    mayStore = with.controls.mayStore() && ttlMillis > 0;
    pending = with.lookup.pending();
    if (mayStore) {
      remembering.keep(with.question);
    }
  }

  private static CacheResult result(Tier tier) {
    return switch (tier) {
      case EXACT -> CacheResult.EXACT;
      case CANONICAL -> CacheResult.CANONICAL;
      case PROSE -> CacheResult.SEMANTIC;
      case LINES -> CacheResult.LINES;
    };
  }

  private void served(RouteCaching of, CacheEntry entry, CacheResult result) {
    entry.hit();
    of.counters().count(result);
    metrics.saved(entry.promptTokens(), entry.completionTokens(), entry.costUsd());
  }

  private CallFailure absent(RouteCaching of, String why) {
    of.counters().count(CacheResult.ABSENT);
    return CallFailure.notInMemory(why);
  }

  /** Leads, or waits for an equal call that does. */
  private int together(RouteCaching of) throws IOException {
    long oldest = askedMillis - maxAgeMillis;
    Flight place =
        cache
            .flights()
            .enter(usedPlace, call.cacheKeyHigh, call.cacheKeyLow, askedMillis, oldest, additions);
    usedPlace = null;
    flight = place;
    Flight.Stage stage = place.stage();
    if (stage == Flight.Stage.WAITS) {
      call.flight = place;
      if (call.left()) { // before it could be told to stop waiting
        place.cancel();
      }
      long began = System.nanoTime();
      // The other half is for asking alone: whoever leads may have a caller who reads slowly.
      long left = call.control.callDeadlineNanos() - began;
      stage = place.await(began + left / 2);
      call.flight = null;
      askedNanos = System.nanoTime();
      call.earlierAttemptsNanos += askedNanos - began;
    }
    return switch (stage) {
      case LANDED -> landed(of, place.entry());
      case CANCELLED -> {
        of.counters().count(CacheResult.MISS);
        call.http.abort();
        yield CLIENT_CLOSED_REQUEST;
      }
      default -> fresh(of, isCheck() ? CacheResult.CHECKED : CacheResult.MISS);
    };
  }

  /** Whether asking once more, one after the other, would get everybody the same refusal. */
  private static boolean isFinal(int status) {
    return status >= 400 && status < 500 && status != 408 && status != 429 && status != 499;
  }

  private boolean isCheck() {
    Pending after = pending;
    return after != null && after.isCheck();
  }

  private int landed(RouteCaching of, CacheEntry entry) throws IOException {
    long now = WallClock.millisAt(askedNanos);
    if (!entry.alive(now)
        || now - entry.storedAtMillis() > maxAgeMillis
        || entry.expiresAtMillis() - now < minFreshMillis) {
      return fresh(of, CacheResult.MISS);
    }
    MemoryScratch with = shared.borrow();
    try {
      if (!with.answer.canAnswer(call, entry)) {
        return fresh(of, CacheResult.MISS);
      }
      served(of, entry, CacheResult.JOINED);
      with.answer.send(call, entry, Tier.EXACT, 1, now);
      return 200;
    } finally {
      shared.giveBack(with);
    }
  }

  /** A provider is to be asked; what it says is collected. */
  private int fresh(RouteCaching of, CacheResult result) {
    of.counters().count(result);
    if (mayStore || isCheck()) {
      call.capture.begin(of.maxAnswerBytes(), call.stream);
    }
    return ASK;
  }

  /**
   * The call is over.
   *
   * @param whole whether the caller got one whole answer
   * @param status what the caller got
   * @param endedNanos when, if it was whole
   */
  void settle(boolean whole, int status, long endedNanos) {
    RouteCaching of = caching;
    if (of == null) {
      return;
    }
    Flight place = flight;
    try {
      if (whole && call.capture.isOn()) {
        boolean awaited = replaces || (place != null && place.isFollowed());
        CacheEntry entry =
            remembering.remember(
                of,
                tenant(of),
                pending,
                mayStore ? ttlMillis : 0,
                awaited,
                WallClock.millisAt(endedNanos));
        if (place != null && entry != null) {
          place.land(entry);
        } else if (place != null) {
          place.landUnshared();
        }
      } else if (place != null && (whole || isFinal(status))) {
        place.landUnshared();
      }
    } finally {
      close(place);
    }
  }

  private void close(@Nullable Flight place) {
    flight = null;
    if (place != null) {
      place.close();
      usedPlace = place.isReusable() ? place : null;
    }
  }

  /** Lets go of the request and the answer. */
  void end() {
    if (caching == null) {
      return;
    }
    caching = null;
    call.capture.end();
    pending = null;
    mayStore = false;
    remembering.forget();
  }
}
