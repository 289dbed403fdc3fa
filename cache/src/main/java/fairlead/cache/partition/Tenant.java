package fairlead.cache.partition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The partitions of one tenant that have entries, and how many entries they have together.
 *
 * <p>The writer's own. Drawing a partition in proportion to its size costs a binary search over
 * running sums, which are made anew once a sixteenth of the entries has changed.
 */
final class Tenant<P extends Partition<?>> {
  private final List<P> partitions = new ArrayList<>();
  private int entries;

  // Partitions that came after the sums were made are not drawn, those that went are found empty.
  private List<P> summed = List.of();
  private int[] sums = {};
  private int changes;

  int entries() {
    return entries;
  }

  boolean isEmpty() {
    return partitions.isEmpty();
  }

  void list(P partition) {
    partition.listed = true;
    partition.place = partitions.size();
    partitions.add(partition);
  }

  void unlist(P partition) {
    P last = partitions.removeLast();
    if (!last.equals(partition)) {
      partitions.set(partition.place, last);
      last.place = partition.place;
    }
    partition.listed = false;
  }

  void count(int more) {
    entries += more;
    changes += Math.abs(more);
  }

  /** A partition, drawn with a chance in proportion to its size; it may have become empty. */
  P draw(RandomGenerator random) {
    if (summed.isEmpty() || changes > entries >> 4) {
      sum();
    }
    int at = Arrays.binarySearch(sums, random.nextInt(sums[sums.length - 1]));
    return summed.get(at >= 0 ? at + 1 : -at - 1);
  }

  private void sum() {
    summed = List.copyOf(partitions);
    sums = new int[summed.size()];
    int sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += summed.get(i).entries();
      sums[i] = sum;
    }
    changes = 0;
  }
}
