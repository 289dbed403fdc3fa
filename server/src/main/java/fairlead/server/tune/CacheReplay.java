package fairlead.server.tune;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.AnswerAgreement;
import fairlead.cache.earn.AnswerLikeness;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.Observation;
import fairlead.cache.earn.RouteTrust;
import fairlead.cache.earn.TrustSettings;
import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.guard.Refusal;
import fairlead.cache.guard.Strictness;
import fairlead.cache.text.Shape;
import fairlead.cache.text.Shapes;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.CacheEvents;
import fairlead.cache.tiers.Lookup;
import fairlead.cache.tiers.Question;
import fairlead.cache.tiers.RouteMemory;
import fairlead.cache.tiers.Tier;
import fairlead.cache.tiers.TierPolicy;
import fairlead.providers.Operation;
import fairlead.providers.wire.RequestScan;
import fairlead.server.caching.Eligibility;
import fairlead.server.caching.RequestFingerprint;
import fairlead.server.config.RouteCache;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Replays calls through the gateway's own tiers, in memory, with every near candidate checked and
 * none served.
 *
 * <p>Not thread-safe. Time is that of the recorded answers, so that entries age as they would have.
 * The second judge is not asked: it is another score, for which the built-in log has to be used.
 */
public final class CacheReplay implements ReplayTarget {
  private static final String TENANT = "recorded";
  private static final int ENTRIES = 100_000;
  private static final long MAX_BYTES = 1L << 30;

  private final Function<String, RouteCache> settings;
  private final Function<String, String> routeOf;
  private final AnswerCache cache;
  private final Lookup lookup;
  private final RequestScan scan = new RequestScan();
  private final RequestFingerprint fingerprint;
  private final Question question = new Question();
  private final AnswerAgreement agreement = new AnswerAgreement(new Likeness());
  private final Map<String, RouteMemory> routes = new HashMap<>();
  private final Map<String, Map<NearTier, Long>> lookups = new TreeMap<>();
  private volatile long nowMillis = 1;

  /**
   * @param routeOf the route that a model name belongs to
   * @param settings of a route
   */
  public CacheReplay(Function<String, String> routeOf, Function<String, RouteCache> settings) {
    this.routeOf = routeOf;
    this.settings = settings;
    cache =
        AnswerCache.inMemory(
            new AnswerCache.Limits(MAX_BYTES, ENTRIES, ENTRIES * 10, 0),
            () -> nowMillis,
            answer -> answer,
            null,
            CacheEvents.NONE);
    lookup = cache.lookup();
    fingerprint = new RequestFingerprint(cache.secret());
  }

  @Override
  public Outcome replay(RecordedCall call, Consumer<Observation> seen) {
    nowMillis = Math.max(nowMillis, call.timeMillis());
    byte[] request = call.request();
    if (!scan.scan(request, 0, request.length) || scan.problem() != null) {
      return new Outcome(Found.INVALID, null);
    }
    String route = routeOf.apply(call.model());
    RouteCache its = settings.apply(route);
    fingerprint.read(scan, Operation.CHAT, route.hashCode(), call.model().hashCode(), null);
    Eligibility eligibility =
        new Eligibility(true, true, 0, Double.POSITIVE_INFINITY, its.maxTemperature());
    if (eligibility.exactReasons(fingerprint) != 0) {
      return new Outcome(Found.NOT_ELIGIBLE, null);
    }
    boolean near = eligibility.nearReasons(fingerprint, Operation.CHAT) == 0;
    question.of(TENANT, fingerprint.wholeHigh(), fingerprint.wholeLow(), Long.MAX_VALUE >> 1);
    if (near) {
      question.fuzzy(
          fingerprint.partitionHigh(),
          fingerprint.partitionLow(),
          fingerprint.payload(),
          fingerprint.payloadStart(),
          fingerprint.payloadEnd(),
          false,
          its.semanticTtlSeconds() * 1_000L);
    }
    RouteMemory memory = memory(route, its);
    CacheEntry found = lookup.find(memory, question, nowMillis, 0);
    Outcome outcome = outcome(call, route, memory, found, near, seen);
    byte[] answer = call.answer();
    if (answer != null && outcome.found() != Found.EXACT) {
      cache.remember(lookup.pending(), entry(call, route, answer, its, near));
      cache.flush(); // the next call is compared with this one
    }
    lookup.forget();
    fingerprint.forget();
    return outcome;
  }

  private Outcome outcome(
      RecordedCall call,
      String route,
      RouteMemory memory,
      @Nullable CacheEntry found,
      boolean near,
      Consumer<Observation> seen) {
    if (found != null) {
      return lookup.tier() == Tier.EXACT
          ? new Outcome(Found.EXACT, null)
          : new Outcome(Found.CANONICAL, compared(found, call));
    }
    Shape shape =
        near
            ? Shapes.of(fingerprint.payload(), fingerprint.payloadStart(), fingerprint.payloadEnd())
            : Shape.OTHER;
    if (shape == Shape.OTHER) {
      return new Outcome(Found.NOTHING, null);
    }
    NearTier tier = shape == Shape.LOG ? NearTier.LINES : memory.prose().settings().tier();
    lookups.computeIfAbsent(route, _ -> new LinkedHashMap<>()).merge(tier, 1L, Long::sum);
    CacheEntry candidate = lookup.candidate();
    if (candidate == null) {
      return new Outcome(Found.NOTHING, null);
    }
    AnswerAgreement.Verdict verdict = compared(candidate, call);
    seen.accept(
        Observation.decided(
                nowMillis, route, tier, lookup.score(), RouteTrust.Decision.CHECK, verdict)
            .withTexts(
                new String(
                    fingerprint.payload(),
                    fingerprint.payloadStart(),
                    fingerprint.payloadEnd() - fingerprint.payloadStart(),
                    StandardCharsets.UTF_8),
                new String(candidate.payload(), StandardCharsets.UTF_8)));
    return new Outcome(Found.NEAR, verdict);
  }

  private AnswerAgreement.@Nullable Verdict compared(CacheEntry stored, RecordedCall call) {
    byte[] answer = call.answer();
    return answer == null
        ? null
        : agreement.compare(stored.answer(), 0, stored.answer().length, answer, 0, answer.length);
  }

  private CacheEntry entry(
      RecordedCall call, String route, byte[] answer, RouteCache its, boolean near) {
    CacheEntry.Builder entry =
        new CacheEntry.Builder()
            .key(fingerprint.wholeHigh(), fingerprint.wholeLow())
            .partition(fingerprint.partitionHigh(), fingerprint.partitionLow())
            .owner(TENANT, route)
            .answeredBy(TENANT, call.model())
            .answer(answer)
            .lives(nowMillis, nowMillis + its.ttlSeconds() * 1_000L);
    if (near) {
      entry.payload(
          Arrays.copyOfRange(
              fingerprint.payload(), fingerprint.payloadStart(), fingerprint.payloadEnd()));
    }
    return entry.build();
  }

  /** Everything is looked at down to the lowest step, and every candidate is a check. */
  private RouteMemory memory(String route, RouteCache its) {
    return routes.computeIfAbsent(
        route,
        name ->
            cache.route(
                name,
                new TierPolicy(
                    TrustSettings.Mode.EARN,
                    Strictness.valueOf(its.guards().name()),
                    NearTier.PROSE.lowest(),
                    NearTier.LINES.lowest(),
                    NearTier.JUDGED.lowest(),
                    its.errorBudgetPercent() / 100,
                    1,
                    its.allow().contains(RouteCache.Allowed.TIME_WORDS))));
  }

  @Override
  public void finish(Consumer<Observation> seen) {
    lookups.forEach(
        (route, byTier) ->
            byTier.forEach(
                (tier, count) -> seen.accept(Observation.lookups(nowMillis, route, tier, count))));
    routes.forEach(
        (route, memory) -> {
          for (Refusal reason : Refusal.values()) {
            long count = memory.refusals(reason);
            if (count > 0) {
              seen.accept(
                  Observation.refused(
                          nowMillis, route, memory.prose().settings().tier(), 0, reason.name())
                      .times(count));
            }
          }
        });
  }

  @Override
  public void close() {
    cache.close();
  }

  private static final class Likeness implements AnswerLikeness {
    private final Embedder one = new Embedder(TokenTable.load());
    private final Embedder other = new Embedder(TokenTable.load());

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
