package fairlead.jmh;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The table of a run: each figure beside its budget and what became of it since the recorded run.
 *
 * <p>Not thread-safe. Lifecycle: 1. {@link #line} per budget; 2. {@link #text}. The change of a
 * time is divided by the median change of all, so that another machine does not look like a change
 * of the code.
 */
final class Report {
  /** A change of time that deserves a mark: less is what times do by themselves. */
  private static final double NOTABLE_RATIO = 1.5;

  private final Recorded recorded;
  private final double slowness;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param slowness how much slower than the recorded run this one is
   */
  Report(Recorded recorded, double slowness) {
    this.recorded = recorded;
    this.slowness = slowness;
    text.append("recorded: ").append(recorded.where()).append('\n');
    text.append(
        String.format(
            Locale.ROOT,
            "this run takes %.2f times as long as that one, by the median; times are compared after"
                + " dividing by it%n",
            slowness));
    text.append(
        String.format(
            Locale.ROOT,
            "%-48s %10s %8s %8s %12s %10s %7s %9s%n",
            "benchmark",
            "B/op",
            "budget",
            "change",
            "cpu ns/op",
            "guard",
            "change",
            "locks/op"));
  }

  /**
   * Adds a line.
   *
   * @param found null if there is no such benchmark
   * @return whether it is within its budget
   */
  boolean line(Budget budget, @Nullable Measured found) {
    if (found == null) {
      text.append(String.format(Locale.ROOT, "%-48s NO SUCH BENCHMARK%n", budget.name()));
      return false;
    }
    double moreBytes = recorded.moreBytes(found);
    double ratio = recorded.ratio(found) / slowness;
    String excess = budget.excess(found, slowness);
    text.append(
        String.format(
            Locale.ROOT,
            "%-48s %10.2f %8.0f %8s %12.1f %10.0f %7s %9.4f%s%s%n",
            budget.name(),
            found.bytes(),
            budget.bytes(),
            Double.isNaN(moreBytes)
                ? "new"
                : moreBytes == 0 ? "=" : String.format(Locale.ROOT, "%+.0f", moreBytes),
            found.nanos(),
            budget.nanos(),
            Double.isNaN(ratio) ? "new" : String.format(Locale.ROOT, "x%.2f", ratio),
            found.locks(),
            excess,
            ratio > NOTABLE_RATIO ? "  slower than recorded" : ""));
    return excess.isEmpty();
  }

  String text() {
    return text.toString();
  }
}
