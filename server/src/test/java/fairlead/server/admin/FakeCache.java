package fairlead.server.admin;

import fairlead.cache.CacheEntry;
import fairlead.server.config.RouteCache;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A memory for answers made by hand: a list that is searched from its beginning. */
public final class FakeCache implements CacheView {
  final List<CacheEntry> entries = new ArrayList<>();
  final List<Feedback> said = new ArrayList<>();

  /** Adds an entry that was stored at 1,000 ms and lives until 61,000 ms. */
  public FakeCache with(long low, String tenant, String route, String... tags) {
    entries.add(
        new CacheEntry.Builder()
            .key(0xABCDL, low)
            .owner(tenant, route)
            .tags(tags)
            .payload("why \"x\"?".getBytes(StandardCharsets.UTF_8))
            .answer("{\"id\":\"é\"}".getBytes(StandardCharsets.UTF_8))
            .answeredBy("p", "m")
            .saves(12, -1, 0.00123)
            .lives(1_000, 61_000)
            .ownThreshold(0.98766f)
            .build());
    return this;
  }

  @Override
  public Status status() {
    Map<String, Long> results = new LinkedHashMap<>();
    results.put("miss", 3L);
    results.put("exact", 4L);
    return new Status(
        true,
        entries.size(),
        2_048,
        1_048_576,
        new Journal(JournalState.READY, "/var/\"c\"", 77, 1_000, 5, 1, 2),
        new Judge("onnx", 9, 1),
        List.of(
            new Route(
                "r",
                true,
                true,
                RouteCache.Mode.EARN,
                RouteCache.Guards.STRICT,
                List.of(
                    new Tier("prose", 0.98512f, 0.92, 412, 1),
                    new Tier("lines", Double.NaN, 0.95, 0, 0)),
                results,
                Map.of("numbers", 2L))));
  }

  @Override
  public List<CacheEntry> find(CacheSelection selection, int limit) {
    return entries.stream().filter(selection::matches).limit(limit).toList();
  }

  @Override
  public long remove(CacheSelection selection) {
    long before = entries.size();
    entries.removeIf(selection::matches);
    return before - entries.size();
  }

  @Override
  public boolean feedback(Feedback feedback) {
    boolean known = entries.stream().anyMatch(e -> CacheKey.of(e).equals(feedback.key()));
    if (known) {
      said.add(feedback);
    }
    return known;
  }
}
