package fairlead.routing;

import static fairlead.routing.Fixtures.MS;
import static fairlead.routing.Fixtures.NEAR_OVERFLOW;
import static fairlead.routing.Fixtures.SECOND;
import static fairlead.routing.Fixtures.eject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TargetOrderTest {
  private static final long NOW = NEAR_OVERFLOW;
  private static final int[] FLAT = {0, 0, 0};

  private final int[] out = new int[3];

  private static List<Candidate> candidates(double[] weights, int[] priorities) {
    List<Candidate> list = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      list.add(Fixtures.candidate(weights[i], priorities[i], NOW));
    }
    return list;
  }

  private static TargetOrder order(Strategy strategy, double[] weights, int[] priorities) {
    return new TargetOrder(strategy, candidates(weights, priorities));
  }

  private static TargetOrder priced(double... prices) {
    List<Candidate> list = new ArrayList<>();
    for (double price : prices) {
      list.add(new Candidate(Fixtures.health(NOW), Fixtures.keys(1, NOW), 1, 0, price, 0, 0));
    }
    return new TargetOrder(Strategy.CHEAPEST, list);
  }

  private static void busy(TargetOrder order, int target, int calls) {
    for (int i = 0; i < calls; i++) {
      order.candidate(target).health().admit(NOW);
    }
  }

  private static double[] firstShares(TargetOrder order, int calls, long now) {
    SplittableRandom random = new SplittableRandom(20261121);
    double[] shares = new double[order.size()];
    int[] out = new int[order.size()];
    for (int i = 0; i < calls; i++) {
      order.order(random.nextLong(), now, false, out);
      shares[out[0]]++;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= calls;
    }
    return shares;
  }

  @Test
  void weightsDecideHowOftenEachTargetComesFirst() {
    TargetOrder order = order(Strategy.WEIGHTED, new double[] {70, 20, 10}, FLAT);
    assertThat(order.order(1, NOW, false, out)).isEqualTo(3);
    assertThat(out).containsExactlyInAnyOrder(0, 1, 2);
    double[] shares = firstShares(order, 100_000, NOW);
    assertThat(shares[0]).isCloseTo(0.7, within(0.01));
    assertThat(shares[1]).isCloseTo(0.2, within(0.01));
    assertThat(shares[2]).isCloseTo(0.1, within(0.01));
  }

  @Test
  void lowerPriorityNumbersComeFirstUnderEveryStrategy() {
    int[] four = new int[4];
    for (Strategy strategy : Strategy.values()) {
      TargetOrder order = order(strategy, new double[] {1, 100, 1, 1}, new int[] {1, 2, 1, 0});
      for (long seed = 0; seed < 1_000; seed++) {
        assertThat(order.order(seed, NOW, seed % 2 == 0, four)).isEqualTo(4);
        assertThat(four[0]).as("%s", strategy).isEqualTo(3);
        assertThat(four[3]).as("%s", strategy).isEqualTo(1);
        assertThat(four).containsExactlyInAnyOrder(0, 1, 2, 3);
      }
    }
  }

  @Test
  void priorityKeepsTheConfiguredOrderAlsoForSessions() {
    TargetOrder order = order(Strategy.PRIORITY, new double[] {1, 5, 9}, FLAT);
    for (long seed = 0; seed < 100; seed++) {
      order.order(seed, NOW, seed % 2 == 0, out);
      assertThat(out).containsExactly(0, 1, 2);
    }
  }

  @Test
  void roundRobinStartsOneFurtherWithEveryCall() {
    TargetOrder order = order(Strategy.ROUND_ROBIN, new double[] {1, 1, 1}, FLAT);
    int[][] seen = new int[4][];
    for (int i = 0; i < 4; i++) {
      order.order(7, NOW, false, out);
      order.order(7, NOW, true, new int[3]); // takes no turn
      seen[i] = out.clone();
    }
    assertThat(seen[0]).containsExactly(0, 1, 2);
    assertThat(seen[1]).containsExactly(1, 2, 0);
    assertThat(seen[2]).containsExactly(2, 0, 1);
    assertThat(seen[3]).containsExactly(0, 1, 2);
  }

  @Test
  void theLeastBusyPerWeightComesFirstAndEqualsAreDrawn() {
    TargetOrder order = order(Strategy.LEAST_BUSY, new double[] {1, 4, 1}, FLAT);
    busy(order, 0, 2);
    busy(order, 1, 4);
    busy(order, 2, 3);
    for (long seed = 0; seed < 100; seed++) {
      order.order(seed, NOW, false, out);
      assertThat(out).containsExactly(1, 0, 2);
    }
    TargetOrder idle = order(Strategy.LEAST_BUSY, new double[] {1, 1}, new int[2]);
    assertThat(firstShares(idle, 10_000, NOW)[0]).isCloseTo(0.5, within(0.03));
  }

  @Test
  void ofTwoTheFasterWinsUntilItIsBusy() {
    TargetOrder order = order(Strategy.FASTEST, new double[] {1, 1}, new int[2]);
    order.candidate(0).health().firstToken().record(1_000 * MS, NOW);
    order.candidate(1).health().firstToken().record(300 * MS, NOW);
    assertThat(firstShares(order, 1_000, NOW)[1]).isEqualTo(1);
    busy(order, 1, 4);
    assertThat(firstShares(order, 1_000, NOW)[0]).isEqualTo(1);
  }

  @Test
  void ofThreeTheSlowestNeverComesFirstAndTheOthersFollowByTime() {
    TargetOrder order = order(Strategy.FASTEST, new double[] {1, 1, 1}, FLAT);
    for (int i = 0; i < 3; i++) {
      order.candidate(i).health().firstToken().record((i + 1) * (100 * MS), NOW);
    }
    double[] shares = firstShares(order, 30_000, NOW);
    // Drawn by weight: target 0 wins two pairs of three, target 1 the pair without it.
    assertThat(shares[0]).isCloseTo(2 / 3.0, within(0.02));
    assertThat(shares[1]).isCloseTo(1 / 3.0, within(0.02));
    assertThat(shares[2]).isZero();
    for (long seed = 0; seed < 200; seed++) {
      order.order(seed, NOW, false, out);
      assertThat(out[1]).isLessThan(out[2]);
    }
  }

  @Test
  void aTargetWithoutTimesIsTriedByAFewCallsAndNoMore() {
    TargetOrder order = order(Strategy.FASTEST, new double[] {1, 1}, new int[2]);
    order.candidate(0).health().firstToken().record(100 * MS, NOW);
    assertThat(firstShares(order, 1_000, NOW)[1]).isEqualTo(1);
    busy(order, 1, 4);
    assertThat(firstShares(order, 1_000, NOW)[0]).isEqualTo(1);
  }

  @Test
  void aSlowTargetThatNobodyAsksIsAskedAgainSomeDay() {
    TargetOrder order = order(Strategy.FASTEST, new double[] {1, 1}, new int[2]);
    order.candidate(0).health().firstToken().record(100 * MS, NOW);
    order.candidate(1).health().firstToken().record(5 * SECOND, NOW);
    long later = NOW + 60 * SECOND;
    order.candidate(0).health().firstToken().record(100 * MS, later);
    assertThat(firstShares(order, 100, later)[1]).isEqualTo(1);
  }

  @Test
  void theCheapestComesFirstAndTheUnpricedLast() {
    TargetOrder order = priced(Double.NaN, 3, 0);
    for (long seed = 0; seed < 100; seed++) {
      order.order(seed, NOW, seed % 2 == 0, out);
      assertThat(out).containsExactly(2, 1, 0);
    }
    double[] shares = firstShares(priced(2, -1, 2), 10_000, NOW);
    assertThat(shares[0]).isCloseTo(0.5, within(0.03));
    assertThat(shares[1]).isZero();
  }

  @Test
  void aSessionStaysWithItsTargetAndYieldsToHealth() {
    for (Strategy strategy : Strategy.values()) {
      TargetOrder order = order(strategy, new double[] {1, 1, 1}, FLAT);
      SplittableRandom random = new SplittableRandom(5);
      for (int session = 0; session < 50; session++) {
        long seed = random.nextLong();
        order.order(seed, NOW, true, out);
        int first = out[0];
        int second = out[1];
        busy(order, first, 3);
        order.candidate(first).health().firstToken().record(SECOND, NOW);
        order.order(random.nextLong(), NOW, false, new int[3]);
        order.order(seed, NOW, true, out);
        assertThat(out[0]).as("%s", strategy).isEqualTo(first);
        order.candidate(first).keys().rest(0, NOW + SECOND);
        order.order(seed, NOW, true, out);
        assertThat(out[0]).as("%s", strategy).isEqualTo(second);
        assertThat(out[2]).as("%s", strategy).isEqualTo(first);
        order.candidate(first).keys().restore(0);
      }
    }
  }

  @Test
  void whatCanBeUsedComesBeforeWhatCannotAcrossPriorities() {
    List<Candidate> list = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      list.add(new Candidate(Fixtures.health(1, NOW), Fixtures.keys(1, NOW), 1, i, -1, 0, 0));
    }
    TargetOrder order = new TargetOrder(Strategy.PRIORITY, list);
    eject(list.get(0).health(), NOW); // due in about 5 s
    list.get(1).keys().rest(0, NOW + 2 * SECOND);
    list.get(2).health().admit(NOW); // full
    list.get(3).health().quota().report(0, NOW + 60 * SECOND, NOW); // slowed
    int[] five = new int[5];
    int slowed = 0;
    for (long seed = 0; seed < 1_000; seed++) {
      assertThat(order.order(seed, NOW, false, five)).isEqualTo(5);
      assertThat(Arrays.copyOfRange(five, 2, 5)).containsExactly(2, 1, 0);
      slowed += five[0] == 4 ? 1 : 0;
    }
    assertThat(slowed).isBetween(920, 980); // a share of 0.05 is left
  }

  @Test
  void aReturningTargetGetsItsShareStepByStep() {
    TargetOrder order = order(Strategy.PRIORITY, new double[] {1, 1}, new int[2]);
    TargetHealth health = order.candidate(0).health();
    eject(health, NOW);
    long due = health.breaker().dueNanos();
    assertThat(firstShares(order, 100, due - 1)[0]).isZero();
    assertThat(firstShares(order, 100, due)[0]).as("the probe").isEqualTo(1);
    int probe = health.admit(due);
    assertThat(firstShares(order, 100, due)[0]).as("while it is probed").isZero();
    health.succeeded(probe, due);
    assertThat(firstShares(order, 10_000, due)[0]).isCloseTo(0.1, within(0.02));
    assertThat(firstShares(order, 10_000, due + 5 * SECOND)[0]).isCloseTo(0.55, within(0.02));
    assertThat(firstShares(order, 100, due + 10 * SECOND)[0]).isEqualTo(1);
  }

  @Test
  void weightZeroDrainsATargetUnlessAllAreDrained() {
    TargetOrder order = order(Strategy.WEIGHTED, new double[] {0, 1, 1}, FLAT);
    for (long seed = 0; seed < 1_000; seed++) {
      int n = order.order(seed, NOW, false, out);
      assertThat(n).isEqualTo(2);
      assertThat(Arrays.copyOf(out, n)).containsExactlyInAnyOrder(1, 2);
    }
    TargetOrder drained = order(Strategy.WEIGHTED, new double[] {0, 0, 0}, FLAT);
    assertThat(drained.order(1, NOW, false, out)).isEqualTo(3);
    assertThat(drained.weight(2)).isEqualTo(1);
  }

  @Test
  void targetsThatFollowComeLastInTheirOrderAndTurnsGoOn() {
    TargetOrder order = order(Strategy.ROUND_ROBIN, new double[] {1, 1}, new int[2]);
    List<Candidate> more = candidates(new double[] {0, 9}, new int[2]);
    int[] four = new int[4];
    TargetOrder longer = order.followedBy(more);
    assertThat(longer.size()).isEqualTo(4);
    assertThat(longer.candidate(3)).isSameAs(more.get(1));
    assertThat(longer.priority(3)).isEqualTo(2);
    longer.order(1, NOW, false, four);
    assertThat(four).containsExactly(0, 1, 2, 3);
    order.followedBy(more).order(1, NOW, false, four);
    assertThat(four).containsExactly(1, 0, 2, 3);
  }

  @Test
  void aRouteNeedsTargets() {
    assertThatThrownBy(() -> new TargetOrder(Strategy.PRIORITY, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without targets");
  }
}
