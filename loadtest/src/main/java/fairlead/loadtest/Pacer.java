package fairlead.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread that lets requests go when they are due, whatever became of those before.
 *
 * <p>Thread-safe. It ends by itself at the end of its time, or soon after {@link #stop}.
 */
final class Pacer {
  private static final String TIMER_SLACK_NANOS = "1000";

  private final Schedule schedule;
  private final long until;
  private final LongConsumer sender;
  private final Thread thread;
  private long from;
  private volatile boolean stopped;
  private volatile @Nullable RuntimeException failure;

  /**
   * A pacer that is not started yet.
   *
   * @param until when the last request leaves, by {@link System#nanoTime}
   * @param sender gets the time at which a request is due, when it is or was
   */
  Pacer(Schedule schedule, long until, LongConsumer sender) {
    this.schedule = schedule;
    this.until = until;
    this.sender = sender;
    thread = Thread.ofPlatform().daemon().name("bench-pacer").unstarted(this::run);
  }

  /**
   * Starts it.
   *
   * @param beginning what the schedule's times count from
   */
  void start(long beginning) {
    from = beginning;
    thread.start();
  }

  private void run() {
    sharpenTimers();
    try {
      for (long due = next(); due - until < 0 && !stopped; due = next()) {
        for (long left = due - System.nanoTime();
            left > 0 && !stopped;
            left = due - System.nanoTime()) {
          LockSupport.parkNanos(this, left);
        }
        if (!stopped) {
          sender.accept(due);
        }
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private long next() {
    return from + schedule.nextNanos();
  }

  /** Linux wakes a thread up to 50 µs after its time; this one may be woken sharper. */
  private static void sharpenTimers() {
    try {
      Path self = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName();
      Files.writeString(Path.of("/proc", String.valueOf(self), "timerslack_ns"), TIMER_SLACK_NANOS);
    } catch (IOException | UnsupportedOperationException _) {
      // elsewhere requests leave that much later, for all contestants alike
    }
  }

  /** Throws what ended it early, if something did. */
  void check() {
    RuntimeException why = failure;
    if (why != null) {
      throw new IllegalStateException(why.getMessage(), why);
    }
  }

  /** Lets no more requests go; returns when the last one is sent. */
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) { // not before it is started
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
