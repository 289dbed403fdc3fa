package fairlead.loadtest;

import java.util.Arrays;

/** Median and spread of the few values that rounds give. Stateless. */
final class Statistics {
  private Statistics() {}

  /** The middle one, or the mean of the two in the middle; NaN of none. */
  static double median(double... values) {
    return quantile(0.5, values);
  }

  /**
   * The value below which a part of them lies, between two of them in proportion; NaN of none.
   *
   * @param part from 0, which is the smallest, to 1, which is the largest
   */
  static double quantile(double part, double... values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = part * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
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
