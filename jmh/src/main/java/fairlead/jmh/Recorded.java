package fairlead.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last recorded run: where, when, and what each benchmark came to.
 *
 * <p>Immutable. The file has a line {@code date}, a line {@code machine}, and one {@code NAME BYTES
 * NANOS} per benchmark.
 */
final class Recorded {
  /** With fewer benchmarks in common, their median says more about them than about the machine. */
  private static final int ENOUGH_TO_TELL_THE_MACHINE = 10;

  private final String date;
  private final String machine;
  private final Map<String, Entry> entries;

  private record Entry(double bytes, double nanos) {}

  private Recorded(String date, String machine, Map<String, Entry> entries) {
    this.date = date;
    this.machine = machine;
    this.entries = entries;
  }

  /** A run that has just been made. */
  static Recorded of(String date, String machine, Collection<Measured> run) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Measured each : run) {
      entries.put(each.name(), new Entry(each.bytes(), each.nanos()));
    }
    return new Recorded(date, machine, entries);
  }

  /**
   * Reads a recorded run.
   *
   * @throws IllegalArgumentException naming file and line, if one has another form
   */
  static Recorded read(Path file) throws IOException {
    String date = "?";
    String machine = "?";
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Fields line : Fields.read(file)) {
      switch (line.text(0)) {
        case "date" -> date = line.rest();
        case "machine" -> machine = line.rest();
        default -> {
          line.require(3, "NAME BYTES NANOS");
          Entry entry = new Entry(line.number(1), line.number(2));
          if (entries.put(line.text(0), entry) != null) {
            throw line.bad("the second record of " + line.text(0));
          }
        }
      }
    }
    return new Recorded(date, machine, entries);
  }

  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("# The last recorded run, written by '.ci/budgets --record' and compared with by\n")
        .append("# '.ci/budgets': benchmark, bytes and nanoseconds per operation.\n")
        .append("date ")
        .append(date)
        .append("\nmachine ")
        .append(machine)
        .append('\n');
    entries.forEach(
        (name, entry) ->
            text.append(
                String.format(
                    Locale.ROOT, "%-48s %10.2f %12.1f\n", name, entry.bytes, entry.nanos)));
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  String where() {
    return date + ", " + machine;
  }

  /**
   * How much slower than the recording machine this one is: the median over all benchmarks of the
   * time now by the time then; 1 if there are too few in common to tell.
   */
  double slowness(Collection<Measured> run) {
    double[] ratios =
        run.stream().mapToDouble(this::ratio).filter(Double::isFinite).sorted().toArray();
    if (ratios.length < ENOUGH_TO_TELL_THE_MACHINE) {
      return 1;
    }
    int middle = ratios.length / 2;
    return ratios.length % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2;
  }

  /** Bytes per operation more than then; exactly 0 where the difference is the harness's. */
  double moreBytes(Measured now) {
    Entry then = entries.get(now.name());
    double more = then == null ? Double.NaN : now.bytes() - then.bytes;
    return Math.abs(more) <= Budget.TOLERANCE_BYTES ? 0 : more;
  }

  /** Time now by time then; NaN if there is no then. */
  double ratio(Measured now) {
    @Nullable Entry then = entries.get(now.name());
    return then == null || then.nanos == 0 ? Double.NaN : now.nanos() / then.nanos;
  }
}
