package fairlead.cache.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.earn.TrustSettings;
import fairlead.cache.guard.Strictness;
import org.junit.jupiter.api.Test;

final class RecentHitsTest {
  private final RouteMemory route =
      new RouteMemory(
          "r",
          new TierPolicy(
              TrustSettings.Mode.SERVE, Strictness.BALANCED, 0.9f, 0.8f, 0.8f, 0.02, 0, false),
          null,
          CacheEvents.NONE,
          (_, _) -> null);

  private RecentHits.Hit hit(long request, long entry, float score) {
    return new RecentHits.Hit(request, ~request, route, entry, ~entry, 1, 2, score, Tier.PROSE);
  }

  @Test
  void theNewestHitOfThisRequestAndEntryIsFound() {
    RecentHits hits = new RecentHits();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < RecentHits.KEPT / 2 - 1; i++) {
        hits.add(hit(i + 10L, 5, 0.5f));
      }
      hits.add(hit(1, 5, 0.91f));
      hits.add(hit(1, 6, 0.92f));
      hits.add(hit(1, 5, 0.93f));
      assertThat(hits.find(1, ~1L, 5, ~5L)).isEqualTo(hit(1, 5, 0.93f));
      assertThat(hits.find(1, ~1L, 6, ~6L)).isEqualTo(hit(1, 6, 0.92f));
      assertThat(hits.find(1, ~1L, 7, ~7L)).isNull();
      assertThat(hits.find(2, ~2L, 5, ~5L)).isNull();
    }
  }
}
