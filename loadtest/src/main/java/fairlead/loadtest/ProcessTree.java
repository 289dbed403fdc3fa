package fairlead.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process with all its descendants, and what they cost, as Linux tells in {@code /proc}.
 *
 * <p>Elsewhere the costs are unknown: NaN. The clock of processor time ticks 100 times a second.
 */
final class ProcessTree {
  private static final long TICKS_PER_SECOND = 100;
  private static final int UTIME_AFTER_NAME = 11;

  private final ProcessHandle root;

  ProcessTree(ProcessHandle root) {
    this.root = root;
  }

  /** User and system time since the processes started, in microseconds. */
  double cpuMicros() {
    double ticks = 0;
    for (ProcessHandle process : all()) {
      try {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        // The name is in parentheses and may hold anything; fields are counted after it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        ticks += Long.parseLong(fields[UTIME_AFTER_NAME]);
        ticks += Long.parseLong(fields[UTIME_AFTER_NAME + 1]);
      } catch (IOException e) {
        return Double.NaN;
      }
    }
    return ticks * TimeUnit.SECONDS.toMicros(1) / TICKS_PER_SECOND;
  }

  /** Resident memory now, in MiB. */
  double residentMib() {
    double kib = 0;
    for (ProcessHandle process : all()) {
      try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
        kib +=
            lines
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
      } catch (IOException e) {
        return Double.NaN;
      }
    }
    return kib / 1_024;
  }

  private List<ProcessHandle> all() {
    return Stream.concat(Stream.of(root), root.descendants()).toList();
  }
}
