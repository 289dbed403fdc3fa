package fairlead.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many connections the process's descriptor limit allows.
 *
 * <p>Stateless; asks the operating system once per call.
 */
final class Descriptors {
  private static final int WITHOUT_LIMIT = 4096;
  private static final int LEAST = 8;
  private static final int LARGEST_RESERVE = 256;
  private static final int MOST = 1_000_000;

  private Descriptors() {}

  /** Half of what the limit leaves after a reserve for files, stores and probes. */
  static int connections() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? connections(unix.getMaxFileDescriptorCount())
        : WITHOUT_LIMIT;
  }

  static int connections(long limit) {
    if (limit <= 0) {
      return WITHOUT_LIMIT;
    }
    long reserve = Math.min(LARGEST_RESERVE, limit / 4);
    return (int) Math.max(LEAST, Math.min(MOST, (limit - reserve) / 2));
  }
}
