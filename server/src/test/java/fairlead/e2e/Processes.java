package fairlead.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system says about processes; stateless. */
final class Processes {
  private Processes() {}

  /** Resident memory in KiB from {@code /proc}, or -1 where there is none. */
  static long residentKib(long pid) {
    return status(pid, "VmRSS:");
  }

  /** The most that was ever resident in KiB, or -1 where there is no {@code /proc}. */
  static long mostResidentKib(long pid) {
    return status(pid, "VmHWM:");
  }

  private static long status(long pid, String field) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith(field)) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return -1;
    }
    return -1;
  }
}
