package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.earn.RouteTrust.Decision;
import fairlead.cache.earn.ThresholdTable.Row;
import fairlead.cache.earn.ThresholdTable.Table;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Counts, estimates and the choice. */
final class ThresholdTableTest {
  @Test
  void countsFromTheStrictestDown() {
    ThresholdTable table = new ThresholdTable();
    table.add(Observation.lookups(1, "r", NearTier.JUDGED, 50));
    table.add(hit(0.995f, null));
    table.add(hit(0.985f, Verdict.AGREES));
    table.add(hit(0.985f, Verdict.UNSURE));
    table.add(hit(0.5f, Verdict.DIFFERS));
    table.add(Observation.refused(1, "r", NearTier.JUDGED, 0.99f, "NUMBERS"));
    table.add(Observation.refused(1, "r", NearTier.JUDGED, 0.99f, "NUMBERS"));
    Table only = only(table, 0);
    assertThat(only.lookups()).isEqualTo(50);
    assertThat(only.refused()).containsEntry("NUMBERS", 2L);
    Row first = only.rows().getFirst();
    assertThat(first.threshold()).isEqualTo(0.99f);
    assertThat(first.hits()).isEqualTo(1);
    assertThat(first.hitPercent()).isEqualTo(2);
    assertThat(first.wrongPercent()).isNaN();
    Row last = only.rows().getLast();
    assertThat(last.hits()).isEqualTo(3);
    assertThat(last.checked()).isEqualTo(2);
    assertThat(last.wrong()).isEqualTo(1);
    assertThat(only.rows()).noneMatch(Row::chosen);
  }

  @Test
  void theEstimateWeighsStepsByTheirHits() {
    ThresholdTable table = new ThresholdTable();
    for (int i = 0; i < 1_000; i++) {
      table.add(hit(0.995f, i < 20 ? Verdict.AGREES : null));
    }
    for (int i = 0; i < 100; i++) {
      table.add(hit(0.985f, i < 50 ? Verdict.DIFFERS : Verdict.AGREES));
    }
    Row second = only(table, 0).rows().get(1);
    assertThat(second.checked()).isEqualTo(120);
    assertThat(second.wrong()).isEqualTo(50);
    assertThat(second.wrongPercent()).isCloseTo(100.0 * 50 / 1_100, within(1e-9));
  }

  @Test
  void theChoiceIsWhatTheRouteWouldHaveEarned() {
    long seed = 21;
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 50; run++) {
      ThresholdTable table = new ThresholdTable();
      RouteTrust trust =
          new RouteTrust(
              TrustSettings.of(TrustSettings.Mode.SHADOW, NearTier.JUDGED, 0.8f, "v"), null);
      double slope = random.nextDouble();
      for (int i = 0; i < 3_000; i++) {
        float score = 0.76f + 0.24f * (float) random.nextDouble();
        boolean wrong = random.nextDouble() < slope * (1 - score);
        trust.judged(score, wrong, i);
        table.add(hit(score, wrong ? Verdict.DIFFERS : Verdict.AGREES));
      }
      float earned =
          new RouteTrust(
                  TrustSettings.of(TrustSettings.Mode.EARN, NearTier.JUDGED, 0.8f, "v"),
                  trust.state())
              .threshold();
      float chosen =
          only(table, 0.8f).rows().stream()
              .filter(Row::chosen)
              .map(Row::threshold)
              .findFirst()
              .orElse(Float.POSITIVE_INFINITY);
      assertThat(chosen).as("seed %d, run %d", seed, run).isEqualTo(earned);
    }
  }

  @Test
  void routesAndTiersAreKeptApart() {
    ThresholdTable table = new ThresholdTable();
    assertThat(table.parts()).isEmpty();
    table.add(Observation.lookups(1, "b", NearTier.LINES, 1));
    table.add(Observation.lookups(1, "a", NearTier.LINES, 1));
    table.add(Observation.lookups(1, "a", NearTier.PROSE, 1));
    assertThat(table.parts())
        .extracting(part -> part.route() + " " + part.tier())
        .containsExactly("a PROSE", "a LINES", "b LINES");
  }

  private static Table only(ThresholdTable table, float floor) {
    return table.table(table.parts().getFirst(), 0.02, floor);
  }

  private static Observation hit(float score, @Nullable Verdict verdict) {
    Decision decision = verdict == null ? Decision.SERVE : Decision.CHECK;
    return Observation.decided(1, "r", NearTier.JUDGED, score, decision, verdict);
  }
}
