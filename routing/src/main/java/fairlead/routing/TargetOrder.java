package fairlead.routing;

import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * In which order the targets of one route are tried.
 *
 * <p>Thread-safe. Lower priority numbers come first; within one priority the strategy decides. A
 * target of weight 0 is drained: it gets nothing, unless all targets of the route are. {@link
 * #order} costs O(targets²) simple operations (there are few) and allocates nothing.
 */
public final class TargetOrder {
  private final Strategy strategy;
  private final double[] weights;
  private final int[] priorities;
  private final int[] sorted; // indices by priority, then as configured, drained ones left out
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * @param weights 0 or more, one per target
   * @param priorities one per target; lower is tried first
   */
  public TargetOrder(Strategy strategy, double[] weights, int[] priorities) {
    if (weights.length == 0 || weights.length != priorities.length) {
      throw new IllegalArgumentException(
          "weights and priorities must be of one length above 0: "
              + weights.length
              + " and "
              + priorities.length);
    }
    boolean allDrained = Arrays.stream(weights).allMatch(w -> w <= 0);
    this.strategy = strategy;
    this.weights = weights.clone();
    if (allDrained) {
      Arrays.fill(this.weights, 1);
    }
    this.priorities = priorities.clone();
    this.sorted =
        IntStream.range(0, weights.length)
            .filter(i -> this.weights[i] > 0)
            .boxed()
            .sorted(Comparator.comparingInt(i -> priorities[i]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /** How many targets there are, drained ones included: the size {@link #order} needs at most. */
  public int size() {
    return weights.length;
  }

  /** The weight in force: as configured, or 1 if all targets of the route are drained. */
  public double weight(int target) {
    return weights[target];
  }

  public int priority(int target) {
    return priorities[target];
  }

  /**
   * Fills {@code order} with target indices, first choice first.
   *
   * @param seed random bits of this call
   * @return how many were filled in
   */
  public int order(long seed, int[] order) {
    int n = sorted.length;
    System.arraycopy(sorted, 0, order, 0, n);
    if (n == 1) {
      return 1;
    }
    int step = strategy == Strategy.ROUND_ROBIN ? turn.getAndIncrement() & Integer.MAX_VALUE : 0;
    int from = 0;
    while (from < n) {
      int to = from + 1;
      while (to < n && priorities[order[to]] == priorities[order[from]]) {
        to++;
      }
      switch (strategy) {
        case WEIGHTED -> shuffleByWeight(order, from, to, seed);
        case ROUND_ROBIN -> rotate(order, from, to, step % (to - from));
        case PRIORITY -> {}
      }
      from = to;
    }
    return n;
  }

  private void shuffleByWeight(int[] order, int from, int to, long seed) {
    double total = 0;
    for (int i = from; i < to; i++) {
      total += weights[order[i]];
    }
    for (int i = from; i < to - 1; i++) {
      double point = Mix.unit(seed, i) * total;
      int pick = i;
      double sum = weights[order[pick]];
      while (sum <= point && pick < to - 1) {
        sum += weights[order[++pick]];
      }
      int chosen = order[pick];
      total -= weights[chosen];
      // Keep the rest in order, so that equal weights stay as configured.
      System.arraycopy(order, i, order, i + 1, pick - i);
      order[i] = chosen;
    }
  }

  private static void rotate(int[] order, int from, int to, int by) {
    reverse(order, from, from + by);
    reverse(order, from + by, to);
    reverse(order, from, to);
  }

  private static void reverse(int[] order, int from, int to) {
    for (int a = from, b = to - 1; a < b; a++, b--) {
      int swap = order[a];
      order[a] = order[b];
      order[b] = swap;
    }
  }
}
