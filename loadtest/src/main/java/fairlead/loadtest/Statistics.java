package fairlead.loadtest;

import java.util.Arrays;

/** Median and spread of the few values that rounds give. Stateless. */
final class Statistics {
  private Statistics() {}

  /** The middle one, or the mean of the two in the middle; NaN of none. */
  static double median(double... values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * Half the way from the smallest to the largest value, in percent of the median: the "± n %" of
   * the reports. NaN of fewer than two values, or around 0.
   */
  static double spreadPercent(double... values) {
    double median = median(values);
    if (values.length < 2 || median == 0) {
      return Double.NaN;
    }
    double smallest = Arrays.stream(values).min().orElseThrow();
    double largest = Arrays.stream(values).max().orElseThrow();
    return (largest - smallest) / 2 / Math.abs(median) * 100;
  }
}
