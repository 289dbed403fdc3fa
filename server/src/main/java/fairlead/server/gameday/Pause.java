package fairlead.server.gameday;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits that are part of a scenario. Stateless. */
final class Pause {
  private Pause() {}

  static void ms(long ms) {
    until(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms));
  }

  static void until(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(Pause.class, left);
    }
  }
}
