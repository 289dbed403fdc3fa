package fairlead.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * In which order the targets of one route are tried.
 *
 * <p>Thread-safe. Lower priority numbers come first; within one priority the strategy decides; and
 * over all that, targets that can be used now come before those that cannot. A target of weight 0
 * is drained: it gets nothing, unless all targets of the route are. {@link #order} costs
 * O(targets²) simple operations (there are few) and allocates nothing.
 */
public final class TargetOrder {
  /** Above the index of a target while it is sorted: how usable it is, 0 the most. */
  private static final int TIER_SHIFT = 24;

  private static final int INDEX = (1 << TIER_SHIFT) - 1;
  private static final int SLOWED = 1 << TIER_SHIFT;
  private static final int FULL = 2 << TIER_SHIFT;
  private static final int OUT = 3 << TIER_SHIFT;

  /** A target whose times are not known gets so many calls at once to show them. */
  private static final int CALLS_TO_LEARN = 4;

  private final Strategy strategy;
  private final Candidate[] candidates;
  private final double[] weights;
  private final int[] priorities;
  private final int[] sorted; // by priority (and price), then as configured, drained ones left out
  private final int[] groupEnd; // at each position of sorted: where its group of equals ends
  private final AtomicInteger turn;

  public TargetOrder(Strategy strategy, List<Candidate> candidates) {
    this(strategy, candidates, inForce(candidates), priorities(candidates), new AtomicInteger());
  }

  private TargetOrder(
      Strategy strategy,
      List<Candidate> candidates,
      double[] weights,
      int[] priorities,
      AtomicInteger turn) {
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("a route without targets");
    }
    this.strategy = strategy;
    this.candidates = candidates.toArray(new Candidate[0]);
    this.weights = weights;
    this.priorities = priorities;
    this.turn = turn;
    Comparator<Integer> first = Comparator.comparingInt(i -> priorities[i]);
    if (strategy == Strategy.CHEAPEST) {
      first = first.thenComparingDouble(this::price);
    }
    this.sorted =
        IntStream.range(0, weights.length)
            .filter(i -> weights[i] > 0)
            .boxed()
            .sorted(first)
            .mapToInt(Integer::intValue)
            .toArray();
    this.groupEnd = new int[sorted.length];
    for (int i = sorted.length - 1; i >= 0; i--) {
      boolean last = i == sorted.length - 1 || first.compare(sorted[i], sorted[i + 1]) != 0;
      groupEnd[i] = last ? i + 1 : groupEnd[i + 1];
    }
  }

  /**
   * This order with {@code more} targets that come after all of its own, in the order given.
   *
   * <p>Both take turns together where the strategy has turns, so that an order made for one call
   * does not begin anew.
   */
  public TargetOrder followedBy(List<Candidate> more) {
    int own = size();
    List<Candidate> all = new ArrayList<>(own + more.size());
    double[] allWeights = new double[own + more.size()];
    int[] allPriorities = new int[own + more.size()];
    int lowest = priorities[0];
    for (int i = 0; i < own; i++) {
      all.add(candidates[i]);
      allWeights[i] = weights[i];
      allPriorities[i] = priorities[i];
      lowest = Math.max(lowest, priorities[i]);
    }
    for (int i = own; i < allWeights.length; i++) {
      all.add(more.get(i - own));
      allWeights[i] = 1;
      allPriorities[i] = lowest + 1 + i - own;
    }
    return new TargetOrder(strategy, all, allWeights, allPriorities, turn);
  }

  /** How many targets there are, drained ones included: the size {@link #order} needs at most. */
  public int size() {
    return candidates.length;
  }

  public Candidate candidate(int target) {
    return candidates[target];
  }

  /** The weight in force: as configured, or 1 if all targets of the route are drained. */
  public double weight(int target) {
    return weights[target];
  }

  public int priority(int target) {
    return priorities[target];
  }

  /**
   * Fills {@code order} with target indices, first choice first: those usable now, those that
   * should get less for now, those with all places taken, and those that are out or whose keys all
   * are, the one due back first before the others.
   *
   * @param seed random bits of this call, or of its session
   * @param sticky whether calls of one seed should stay on one target: where the strategy would
   *     move them, the seed alone decides, by weight
   * @return how many were filled in
   */
  public int order(long seed, long nowNanos, boolean sticky, int[] order) {
    int n = sorted.length;
    System.arraycopy(sorted, 0, order, 0, n);
    if (n == 1) {
      return 1;
    }
    int step =
        strategy == Strategy.ROUND_ROBIN && !sticky
            ? turn.getAndIncrement() & Integer.MAX_VALUE
            : 0;
    for (int from = 0; from < n; from = groupEnd[from]) {
      if (groupEnd[from] - from > 1) {
        arrange(order, from, groupEnd[from], seed, nowNanos, sticky, step);
      }
    }
    usableFirst(order, n, seed, nowNanos);
    return n;
  }

  private void arrange(
      int[] order, int from, int to, long seed, long nowNanos, boolean sticky, int step) {
    switch (strategy) {
      case PRIORITY -> {}
      case WEIGHTED, CHEAPEST -> shuffleByWeight(order, from, to, seed);
      case ROUND_ROBIN -> {
        if (sticky) {
          shuffleByWeight(order, from, to, seed);
        } else {
          rotate(order, from, to, step % (to - from));
        }
      }
      case LEAST_BUSY -> {
        shuffleByWeight(order, from, to, seed); // equals stay at random
        if (!sticky) {
          sortByScore(order, from, to, nowNanos);
        }
      }
      case FASTEST -> {
        shuffleByWeight(order, from, to, seed);
        if (!sticky) {
          sortByScore(order, from, from + 2, nowNanos);
          sortByScore(order, from + 1, to, nowNanos);
        }
      }
    }
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
      for (int j = pick; j > i; j--) {
        order[j] = order[j - 1];
      }
      order[i] = chosen;
    }
  }

  /** Stable insertion sort; scores that move meanwhile do no harm. */
  private void sortByScore(int[] order, int from, int to, long nowNanos) {
    for (int i = from + 1; i < to; i++) {
      int target = order[i];
      double score = score(target, nowNanos);
      int j = i;
      while (j > from && score < score(order[j - 1], nowNanos)) {
        order[j] = order[j - 1];
        j--;
      }
      order[j] = target;
    }
  }

  /** Lower is better. */
  private double score(int target, long nowNanos) {
    TargetHealth health = candidates[target].health();
    int inFlight = health.limit().inFlight();
    if (strategy == Strategy.LEAST_BUSY) {
      return inFlight / weights[target];
    }
    double nanos = health.usualNanos(nowNanos);
    if (nanos > 0) {
      return nanos * (inFlight + 1);
    }
    return inFlight < CALLS_TO_LEARN ? 0 : Double.MAX_VALUE;
  }

  private void usableFirst(int[] order, int n, long seed, long nowNanos) {
    int tiers = 0;
    for (int i = 0; i < n; i++) {
      int tier = tier(order[i], seed, nowNanos);
      order[i] |= tier;
      tiers |= tier;
    }
    if (tiers == 0) {
      return;
    }
    for (int i = 1; i < n; i++) {
      int entry = order[i];
      int j = i;
      while (j > 0 && comesBefore(entry, order[j - 1], nowNanos)) {
        order[j] = order[j - 1];
        j--;
      }
      order[j] = entry;
    }
    for (int i = 0; i < n; i++) {
      order[i] &= INDEX;
    }
  }

  private int tier(int target, long seed, long nowNanos) {
    Candidate candidate = candidates[target];
    if (!candidate.usable(nowNanos)) {
      return OUT;
    }
    if (candidate.health().limit().full()) {
      return FULL;
    }
    double share = candidate.health().share(nowNanos);
    return share >= 1 || Mix.unit(seed, 5_000 + target) < share ? 0 : SLOWED;
  }

  private boolean comesBefore(int entry, int other, long nowNanos) {
    int tier = entry & ~INDEX;
    int otherTier = other & ~INDEX;
    if (tier != otherTier) {
      return tier < otherTier;
    }
    return tier == OUT
        && candidates[entry & INDEX].dueNanos(nowNanos)
                - candidates[other & INDEX].dueNanos(nowNanos)
            < 0;
  }

  private double price(int target) {
    double price = candidates[target].price();
    return price >= 0 ? price : Double.POSITIVE_INFINITY;
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

  private static double[] inForce(List<Candidate> candidates) {
    double[] weights = new double[candidates.size()];
    boolean allDrained = true;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = candidates.get(i).weight();
      allDrained &= weights[i] <= 0;
    }
    if (allDrained) {
      Arrays.fill(weights, 1);
    }
    return weights;
  }

  private static int[] priorities(List<Candidate> candidates) {
    int[] priorities = new int[candidates.size()];
    for (int i = 0; i < priorities.length; i++) {
      priorities[i] = candidates.get(i).priority();
    }
    return priorities;
  }
}
