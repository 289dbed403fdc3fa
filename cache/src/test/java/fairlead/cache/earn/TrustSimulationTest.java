package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.earn.RouteTrust.Decision;
import fairlead.cache.earn.TrustSettings.Mode;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Trust on made-up traffic whose truth is known: the share of wrong answers among those served
 * stays within the budget, whatever the scores are worth.
 */
final class TrustSimulationTest {
  private static final int EVENTS = 32_918;

  /** How scores are spread, and how likely a candidate with a score is wrong. */
  private record Traffic(String name, DoubleUnaryOperator spread, DoubleUnaryOperator wrong) {
    /** As measured: the higher the score the better, never clean. */
    static final Traffic NOISY =
        new Traffic("noisy", u -> u, score -> 0.02 + 0.6 * Math.pow((1 - score) / 0.24, 1.5));

    /** Nothing is wrong. */
    static final Traffic CLEAN = new Traffic("clean", u -> u, _ -> 0);

    /** Clean above a cliff. */
    static final Traffic CLIFF = new Traffic("cliff", u -> u, score -> score < 0.9 ? 0.7 : 0.002);

    /** Wrong where the score is highest: other word order. */
    static final Traffic WRONG_ON_TOP =
        new Traffic("wrong on top", u -> u, score -> score > 0.98 ? 0.5 : 0.001);

    /** A wrong band between clean ones. */
    static final Traffic WRONG_BAND =
        new Traffic("wrong band", u -> u, score -> score > 0.91 && score < 0.93 ? 0.6 : 0.003);

    /** Bands that are good and bad in turn. */
    static final Traffic STRIPES =
        new Traffic("stripes", u -> u, score -> (int) (score * 100) % 2 == 0 ? 0.001 : 0.3);

    /** Few high scores, many low ones that are just over any budget. */
    static final Traffic BOTTOM_HEAVY =
        new Traffic("bottom heavy", u -> u * u * u, score -> score > 0.95 ? 0.001 : 0.25);

    /** Many high scores, which are good, and a bad rest. */
    static final Traffic TOP_HEAVY =
        new Traffic(
            "top heavy", u -> 1 - (1 - u) * (1 - u) * (1 - u), score -> score > 0.97 ? 0.01 : 0.4);

    /** Scores say nothing. */
    static final Traffic BLIND = new Traffic("blind", u -> u, _ -> 0.18);

    static final List<Traffic> ALL =
        List.of(
            NOISY, CLEAN, CLIFF, WRONG_ON_TOP, WRONG_BAND, STRIPES, BOTTOM_HEAVY, TOP_HEAVY, BLIND);

    float score(SplittableRandom random) {
      return (float) (0.76 + 0.24 * spread.applyAsDouble(random.nextDouble()));
    }

    boolean wrong(float score, SplittableRandom random) {
      return random.nextDouble() < wrong.applyAsDouble(score);
    }
  }

  /** What one run served. */
  private record Served(int hits, int wrong) {
    double share() {
      return hits == 0 ? 0 : (double) wrong / hits;
    }
  }

  private static Served run(Traffic traffic, double budget, long seed) {
    RouteTrust trust =
        new RouteTrust(
            new TrustSettings(Mode.EARN, NearTier.JUDGED, budget, 0.02, 0.76f, "v"), null);
    SplittableRandom random = new SplittableRandom(seed);
    int hits = 0;
    int wrong = 0;
    for (int i = 0; i < EVENTS; i++) {
      float score = traffic.score(random);
      boolean isWrong = traffic.wrong(score, random);
      switch (trust.decide(score, random.nextLong())) {
        case SERVE -> {
          hits++;
          wrong += isWrong ? 1 : 0;
        }
        case CHECK -> trust.judged(score, isWrong, i);
        case MISS -> {}
      }
    }
    return new Served(hits, wrong);
  }

  /** 9 kinds of traffic, 3 budgets, 9 orders each: 243 runs. */
  @Test
  void noRunServesMoreWrongAnswersThanItsBudgetAllows() {
    for (double budget : new double[] {0.05, 0.10, 0.15}) {
      for (Traffic traffic : Traffic.ALL) {
        double worst = 0;
        long hits = 0;
        for (long seed = 0; seed < 9; seed++) {
          Served served = run(traffic, budget, seed);
          worst = Math.max(worst, served.share());
          hits += served.hits();
          assertThat(served.share())
              .as("%s, budget %s, seed %s: %s", traffic, budget, seed, served)
              .isLessThanOrEqualTo(budget);
        }
        System.out.printf(
            "%-12s budget %.2f: served %4.1f %% of candidates, worst run %.3f%n",
            traffic.name(), budget, 100.0 * hits / 9 / EVENTS, worst);
      }
    }
  }

  @Test
  void theDefaultBudgetHoldsToo() {
    for (Traffic traffic : Traffic.ALL) {
      for (long seed = 0; seed < 9; seed++) {
        Served served = run(traffic, TrustSettings.DEFAULT_BUDGET, seed);
        assertThat(served.share())
            .as("%s, seed %s: %s", traffic, seed, served)
            .isLessThanOrEqualTo(TrustSettings.DEFAULT_BUDGET);
      }
    }
  }

  @Test
  void cleanTrafficIsServedAlmostWhole() {
    assertThat(run(Traffic.CLEAN, 0.02, 1).hits()).isGreaterThan((int) (0.96 * EVENTS));
    assertThat(run(Traffic.CLIFF, 0.02, 1).hits()).isGreaterThan((int) (0.35 * EVENTS));
  }

  /** A step that is as wrong as the budget allows is certified by chance in few runs. */
  @Test
  void whatIsJustOverTheBudgetIsSeldomServed() {
    int served = 0;
    for (long seed = 0; seed < 200; seed++) {
      RouteTrust trust =
          new RouteTrust(TrustSettings.of(Mode.EARN, NearTier.JUDGED, 0.76f, "v"), null);
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < 4_000 && trust.threshold() > 1; i++) {
        trust.judged(0.76f + 0.24f * (float) random.nextDouble(), random.nextInt(40) == 0, i);
      }
      served += trust.threshold() <= 1 ? 1 : 0;
    }
    System.out.println("a share of 2.5 % passes for 2 % in " + served + " of 200 runs");
    assertThat(served).isLessThanOrEqualTo(8);
  }

  /** The share of wrong answers jumps after long clean serving. */
  @Test
  void driftIsNoticedWithinFewServedAnswers() {
    for (double share : new double[] {0.1, 0.2, 0.5}) {
      long checksSum = 0;
      long hitsSum = 0;
      int runs = 20;
      for (long seed = 0; seed < runs; seed++) {
        RouteTrust trust =
            new RouteTrust(TrustSettings.of(Mode.EARN, NearTier.JUDGED, 0.76f, "v"), null);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 120_000; i++) {
          float score = Traffic.CLEAN.score(random);
          if (trust.decide(score, random.nextLong()) == Decision.CHECK) {
            trust.judged(score, false, i);
          }
        }
        float before = trust.threshold();
        assertThat(before).isEqualTo(0.76f);
        int checks = 0;
        int hits = 0;
        while (trust.threshold() <= 1) {
          float score = Traffic.CLEAN.score(random);
          boolean served = score >= trust.threshold();
          if (trust.decide(score, random.nextLong()) == Decision.CHECK) {
            trust.judged(score, random.nextDouble() < share, hits);
            checks += served ? 1 : 0;
          } else {
            hits++;
          }
        }
        checksSum += checks;
        hitsSum += hits;
      }
      System.out.printf(
          "wrong share jumps to %.2f: nothing is served after %d checks of hits, %d served%n",
          share, checksSum / runs, hitsSum / runs);
      assertThat(checksSum / runs).isLessThan(share < 0.15 ? 700 : 250);
    }
  }
}
