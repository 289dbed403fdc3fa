package fairlead.jmh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one benchmark may cost per operation.
 *
 * <p>Immutable; read from a file of lines {@code NAME BYTES NANOS [LOCKS]}.
 *
 * @param name class and method, such as {@code RequestScanBenchmark.chat2k}
 * @param bytes allocated, over all threads
 * @param nanos a wide guard: several times of what a fast machine needs
 * @param locks how often it may ask for a lock or wait
 */
record Budget(String name, double bytes, double nanos, double locks) {
  /** What counts as the same: the harness itself allocates a little per iteration. */
  static final double TOLERANCE_BYTES = 4;

  /** Less than one lock in a hundred operations is none on the usual way. */
  static final double TOLERANCE_LOCKS = 0.01;

  /**
   * Reads the budgets of a file in its order.
   *
   * @throws IllegalArgumentException naming file and line, if one is not a budget or stands twice
   */
  static List<Budget> read(Path file) throws IOException {
    List<Budget> budgets = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields line : Fields.read(file)) {
      boolean withLocks = line.count() == 4;
      line.require(withLocks ? 4 : 3, "NAME BYTES NANOS [LOCKS]");
      String name = line.text(0);
      if (!name.matches("\\w+\\.\\w+")) {
        throw line.bad("expected CLASS.METHOD, found: " + name);
      }
      if (!names.add(name)) {
        throw line.bad("the second budget of " + name);
      }
      budgets.add(new Budget(name, line.number(1), line.number(2), withLocks ? line.number(3) : 0));
    }
    return budgets;
  }

  /**
   * What is over this budget, in words; empty if nothing is.
   *
   * @param slowness how much slower than the recording machine this one is, from 1 on
   */
  String excess(Measured measured, double slowness) {
    StringBuilder over = new StringBuilder();
    if (!(measured.bytes() <= bytes + TOLERANCE_BYTES)) {
      over.append("  OVER BUDGET");
    }
    if (!(measured.locks() <= locks + TOLERANCE_LOCKS)) {
      over.append("  MORE LOCKS");
    }
    if (!(measured.nanos() <= nanos * Math.max(1, slowness))) {
      over.append("  TOO SLOW");
    }
    return over.toString();
  }
}
