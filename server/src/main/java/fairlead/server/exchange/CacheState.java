package fairlead.server.exchange;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.RouteTrust;
import fairlead.cache.earn.TrustState;
import fairlead.cache.store.Replay;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.RouteMemory;
import fairlead.cache.tiers.SecondJudge;
import fairlead.server.admin.CacheKey;
import fairlead.server.admin.CacheSelection;
import fairlead.server.admin.CacheView;
import fairlead.server.caching.CacheOpening;
import fairlead.server.config.CacheConfig;
import fairlead.server.config.Config;
import fairlead.server.config.RouteCache;
import fairlead.server.observe.RouteCacheCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The memory for answers as operators see it. Thread-safe; looks at all entries where it must. */
public final class CacheState implements CacheView {
  private final AnswerCache cache;
  private final Supplier<Snapshot> snapshots;

  public CacheState(AnswerCache cache, Supplier<Snapshot> snapshots) {
    this.cache = cache;
    this.snapshots = snapshots;
  }

  @Override
  public Status status() {
    Snapshot snapshot = snapshots.get();
    Config config = snapshot.config();
    List<Route> routes = new ArrayList<>();
    Map<String, RouteCaching> cachings = snapshot.cachings();
    config
        .routes()
        .forEach((name, route) -> routes.add(route(name, route.cache(), cachings.get(name))));
    routes.add(
        route(
            SnapshotBuilder.DIRECT, config.cache().direct(), cachings.get(SnapshotBuilder.DIRECT)));
    return new Status(
        !cachings.isEmpty(),
        cache.entries(),
        cache.bytes(),
        CacheOpening.effectiveBytes(config.cache()),
        journal(config.cache()),
        judge(),
        routes);
  }

  private static Route route(String name, RouteCache settings, @Nullable RouteCaching caching) {
    List<Tier> tiers = new ArrayList<>();
    RouteMemory memory = caching == null ? null : caching.memory();
    if (memory != null) {
      tiers.add(tier(memory.prose()));
      tiers.add(tier(memory.lines()));
    }
    RouteCacheCounters counters = caching == null ? null : caching.counters();
    return new Route(
        name,
        settings.exact(),
        settings.semantic(),
        settings.mode(),
        settings.guards(),
        tiers,
        counters == null ? Map.of() : counters.results(),
        memory == null ? Map.of() : memory.refusals());
  }

  private static Tier tier(RouteTrust trust) {
    TrustState state = trust.state();
    float threshold = trust.threshold();
    int last = NearTier.STEPS - 1;
    return new Tier(
        trust.settings().tier().name().toLowerCase(Locale.ROOT),
        threshold <= 1 ? threshold : Double.NaN,
        trust.settings().floor(),
        state.checks(last),
        state.wrong(last));
  }

  private Journal journal(CacheConfig config) {
    fairlead.cache.store.Journal open = cache.journal();
    if (open == null) {
      return Journal.NONE;
    }
    Replay replay = open.replay();
    JournalState state =
        open.failing()
            ? JournalState.FAILING
            : replay == null ? JournalState.LOADING : JournalState.READY;
    return new Journal(
        state,
        config.directory(),
        open.bytes(),
        config.maxDiskBytes(),
        replay == null ? 0 : replay.restored(),
        replay == null ? 0 : replay.damagedRecords() + replay.brokenSegments(),
        open.lost());
  }

  private @Nullable Judge judge() {
    SecondJudge judge = cache.judge();
    return judge == null ? null : new Judge(judge.name(), judge.asked(), judge.silent());
  }

  @Override
  public List<CacheEntry> find(CacheSelection selection, int limit) {
    CacheKey key = selection.key();
    if (key != null) {
      CacheEntry entry = cache.entry(key.high(), key.low());
      return entry != null && selection.matches(entry) ? List.of(entry) : List.of();
    }
    List<CacheEntry> found = new ArrayList<>();
    long now = System.currentTimeMillis();
    cache.forEach(
        entry -> {
          if (found.size() < limit && entry.alive(now) && selection.matches(entry)) {
            found.add(entry);
          }
        });
    return found;
  }

  @Override
  public long remove(CacheSelection selection) {
    CacheKey key = selection.key();
    if (key != null
        && selection.route() == null
        && selection.tag() == null
        && selection.tenant() == null) {
      return cache.remove(key.high(), key.low()) == null ? 0 : 1;
    }
    return cache.removeIf(selection::matches);
  }

  @Override
  public boolean durable() {
    return !cache.journalFailing();
  }

  @Override
  public boolean feedback(Feedback feedback) {
    CacheKey key = feedback.key();
    CacheKey request = feedback.request() == null ? key : feedback.request();
    return switch (feedback.verdict()) {
      case WRONG -> cache.wrong(key.high(), key.low(), request.high(), request.low());
      case RIGHT -> cache.right(key.high(), key.low());
    };
  }
}
