package fairlead.cache.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.Observation;
import fairlead.cache.earn.ObservationLog;
import fairlead.cache.earn.RouteTrust.Decision;
import fairlead.cache.earn.TrustSettings;
import fairlead.cache.guard.Strictness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What near answers do is found in the log afterwards. */
final class NearLogTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void checksAndCountsAreWritten() throws IOException {
    List<Observation> seen = play(TrustSettings.Mode.SHADOW, false);
    assertThat(seen)
        .anySatisfy(
            one -> {
              assertThat(one.decision()).isEqualTo(Decision.CHECK);
              assertThat(one.verdict()).isEqualTo(Verdict.AGREES);
              assertThat(one.question()).isNull();
            });
    assertThat(seen.stream().filter(Observation::countsLookups).mapToLong(Observation::count).sum())
        .isEqualTo(2);
  }

  @Test
  void textsAreWrittenOnlyOnRequest() throws IOException {
    assertThat(play(TrustSettings.Mode.SHADOW, true))
        .anySatisfy(
            one -> {
              assertThat(one.question()).isEqualTo("How could I reset my password?");
              assertThat(one.stored()).isEqualTo("How can I reset my password?");
            });
  }

  @Test
  void servedHitsAreCounted() throws IOException {
    assertThat(play(TrustSettings.Mode.SERVE, false))
        .anySatisfy(
            one -> {
              assertThat(one.decision()).isEqualTo(Decision.SERVE);
              assertThat(one.tier()).isEqualTo(NearTier.PROSE);
              assertThat(one.score()).isGreaterThanOrEqualTo(0.9f);
            });
  }

  /** Two questions that are near each other, the second answered from memory or checked. */
  private List<Observation> play(TrustSettings.Mode mode, boolean texts) throws IOException {
    AnswerCache.Limits limits = new AnswerCache.Limits(1 << 20, 1_000, 1_000, 0);
    try (AnswerCache cache =
        AnswerCache.inMemory(limits, () -> 1_000L, answer -> answer, null, CacheEvents.NONE)) {
      cache.observe(new ObservationLog(folder, 1 << 20, texts));
      RouteMemory route =
          cache.route(
              "r", new TierPolicy(mode, Strictness.BALANCED, 0.88f, 0.8f, 0.8f, 0.02, 0, false));
      ask(cache, route, 1, "How can I reset my password?");
      ask(cache, route, 2, "How could I reset my password?");
    }
    List<Observation> seen = new ArrayList<>();
    ObservationLog.read(folder, seen::add);
    return seen;
  }

  private static void ask(AnswerCache cache, RouteMemory route, long key, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] answer = "Open the settings and reset it.".getBytes(StandardCharsets.UTF_8);
    Question question =
        new Question().of("t", key, key, 1_000).fuzzy(7, 7, utf8, 0, utf8.length, false, 1_000);
    Lookup lookup = cache.lookup();
    if (lookup.find(route, question, 1_000, 0) == null) {
      Pending after = Objects.requireNonNull(lookup.pending());
      cache.check(after, answer);
      cache.remember(
          after,
          new CacheEntry.Builder()
              .key(key, key)
              .partition(7, 7)
              .owner("t", "r")
              .payload(utf8)
              .answer(answer)
              .lives(1_000, 100_000)
              .build());
    }
    cache.flush();
    lookup.forget();
  }
}
