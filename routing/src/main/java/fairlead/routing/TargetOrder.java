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
  private final AtomicInteger turn;

  /**
   * @param weights 0 or more, one per target
   * @param priorities one per target; lower is tried first
   */
  public TargetOrder(Strategy strategy, double[] weights, int[] priorities) {
    this(strategy, weights, priorities, new AtomicInteger());
  }

  private TargetOrder(Strategy strategy, double[] weights, int[] priorities, AtomicInteger turn) {
    if (weights.length == 0 || weights.length != priorities.length) {
      throw new IllegalArgumentException(
          "weights and priorities must be of one length above 0: "
              + weights.length
              + " and "
              + priorities.length);
    }
    boolean allDrained = Arrays.stream(weights).allMatch(w -> w <= 0);
    this.strategy = strategy;
    this.turn = turn;
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

  /**
   * This order with {@code more} targets that come after all of its own, in the order given.
   *
   * <p>Both take turns together where the strategy has turns, so that an order made for one call
   * does not begin anew.
   */
  public TargetOrder followedBy(int more) {
    int own = size();
    double[] allWeights = Arrays.copyOf(weights, own + more);
    int[] allPriorities = Arrays.copyOf(priorities, own + more);
    int lowest = priorities[0];
    for (int priority : priorities) {
      lowest = Math.max(lowest, priority);
    }
    for (int i = own; i < own + more; i++) {
      allWeights[i] = 1;
      allPriorities[i] = lowest + 1 + i - own;
    }
    return new TargetOrder(strategy, allWeights, allPriorities, turn);
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
