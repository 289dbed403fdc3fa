package fairlead.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.ZoneId;
import java.util.concurrent.locks.LockSupport;

/**
 * The process's descriptors: how many connections their limit allows, and which of them must exist
 * before it is reached.
 *
 * <p>Stateless; asks the operating system once per call.
 */
final class Descriptors {
  private static final System.Logger LOGGER = System.getLogger(Descriptors.class.getName());
  private static final long PAUSE_NANOS = 100_000;
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

  /**
   * Opens now what the JDK opens at first use and cannot do without. If no descriptor was left at
   * that moment, its class would stay broken for the life of the process: the pollers of virtual
   * threads, and the time zones that every log line asks for.
   */
  static void prepare() throws IOException {
    LOGGER.log(
        System.Logger.Level.DEBUG, "the time zone is {0}", ZoneId.systemDefault().getRules());
    Pipe pipe = Pipe.open();
    try (Pipe.SourceChannel source = pipe.source();
        Pipe.SinkChannel sink = pipe.sink()) {
      Thread reader =
          Thread.ofVirtual().name("fairlead-poller-start").start(() -> readOnce(source));
      // the poller is there once the reader waits for it
      while (reader.isAlive() && reader.getState() != Thread.State.WAITING) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      sink.write(ByteBuffer.wrap(new byte[1]));
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting", e);
    }
  }

  private static void readOnce(Pipe.SourceChannel source) {
    try {
      int count = source.read(ByteBuffer.allocate(1));
      LOGGER.log(System.Logger.Level.DEBUG, "pollers started after {0} byte", count);
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.WARNING, "the pollers of virtual threads do not start", e);
    }
  }
}
