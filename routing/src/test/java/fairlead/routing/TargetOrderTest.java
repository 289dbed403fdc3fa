package fairlead.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TargetOrderTest {
  private static final int[] FLAT = {0, 0, 0};

  @Test
  void weightsDecideHowOftenEachTargetComesFirst() {
    TargetOrder order = new TargetOrder(Strategy.WEIGHTED, new double[] {70, 20, 10}, FLAT);
    long seed = 20261121;
    SplittableRandom random = new SplittableRandom(seed);
    System.out.println("seed " + seed);
    int[] first = new int[3];
    int[] out = new int[3];
    int calls = 100_000;
    for (int i = 0; i < calls; i++) {
      assertThat(order.order(random.nextLong(), out)).isEqualTo(3);
      first[out[0]]++;
      assertThat(out).containsExactlyInAnyOrder(0, 1, 2);
    }
    assertThat(first[0] / (double) calls).isCloseTo(0.7, within(0.01));
    assertThat(first[1] / (double) calls).isCloseTo(0.2, within(0.01));
    assertThat(first[2] / (double) calls).isCloseTo(0.1, within(0.01));
  }

  @Test
  void lowerPriorityNumbersComeFirstUnderEveryStrategy() {
    for (Strategy strategy : Strategy.values()) {
      TargetOrder order =
          new TargetOrder(strategy, new double[] {1, 100, 1, 1}, new int[] {1, 2, 1, 0});
      int[] out = new int[4];
      for (long seed = 0; seed < 1_000; seed++) {
        order.order(seed, out);
        assertThat(out[0]).as("%s", strategy).isEqualTo(3);
        assertThat(out[3]).as("%s", strategy).isEqualTo(1);
      }
    }
  }

  @Test
  void priorityKeepsTheConfiguredOrder() {
    TargetOrder order = new TargetOrder(Strategy.PRIORITY, new double[] {1, 5, 9}, FLAT);
    int[] out = new int[3];
    for (long seed = 0; seed < 100; seed++) {
      order.order(seed, out);
      assertThat(out).containsExactly(0, 1, 2);
    }
  }

  @Test
  void roundRobinStartsOneFurtherWithEveryCall() {
    TargetOrder order = new TargetOrder(Strategy.ROUND_ROBIN, new double[] {1, 1, 1}, FLAT);
    int[] out = new int[3];
    int[][] seen = new int[4][];
    for (int i = 0; i < 4; i++) {
      order.order(7, out);
      seen[i] = out.clone();
    }
    assertThat(seen[0]).containsExactly(0, 1, 2);
    assertThat(seen[1]).containsExactly(1, 2, 0);
    assertThat(seen[2]).containsExactly(2, 0, 1);
    assertThat(seen[3]).containsExactly(0, 1, 2);
  }

  @Test
  void weightZeroDrainsATarget() {
    TargetOrder order = new TargetOrder(Strategy.WEIGHTED, new double[] {0, 1, 1}, FLAT);
    int[] out = new int[3];
    for (long seed = 0; seed < 1_000; seed++) {
      int n = order.order(seed, out);
      assertThat(n).isEqualTo(2);
      assertThat(Arrays.copyOf(out, n)).containsExactlyInAnyOrder(1, 2);
    }
  }

  @Test
  void allDrainedMeansNoneIs() {
    TargetOrder order = new TargetOrder(Strategy.WEIGHTED, new double[] {0, 0, 0}, FLAT);
    assertThat(order.order(1, new int[3])).isEqualTo(3);
  }

  @Test
  void refusesListsThatDoNotMatch() {
    assertThatThrownBy(() -> new TargetOrder(Strategy.PRIORITY, new double[] {1}, FLAT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 and 3");
  }
}
